using System.Globalization;

namespace Mailreeve.Protocols.Pop3;

// The replies of the server. AUTH, SYS/TEMP and SYS/PERM are RFC 3206's codes, IN-USE and LOGIN-DELAY those of RFC 2449 §8.1.
public sealed partial class Pop3Reply
{
    /// <summary>Whatever needs no more words.</summary>
    public static readonly Pop3Reply OkDone = Ok("Done");

    /// <summary>USER: whoever it is, the password decides.</summary>
    public static readonly Pop3Reply OkSendPassword = Ok("Send the password");

    /// <summary>STLS: begin the handshake.</summary>
    public static readonly Pop3Reply OkReadyForTls = Ok("Begin TLS");

    /// <summary>DELE: the message goes with QUIT.</summary>
    public static readonly Pop3Reply OkMarked = Ok("Marked; QUIT removes it");

    /// <summary>RETR and TOP: the message follows.</summary>
    public static readonly Pop3Reply OkMessageFollows = Ok("Message follows");

    /// <summary>CAPA, LIST, UIDL and AUTH alone: a list follows.</summary>
    public static readonly Pop3Reply OkListFollows = Ok("List follows");

    /// <summary>QUIT: everything marked is removed.</summary>
    public static readonly Pop3Reply OkBye = Ok("Bye").ThenClose();

    /// <summary>QUIT: something marked is still there (RFC 1939 §6).</summary>
    public static readonly Pop3Reply ErrNotRemoved = Err("SYS/TEMP", "some deleted messages not removed").ThenClose();

    /// <summary>Name or password is wrong; which of them is not said.</summary>
    public static readonly Pop3Reply ErrSignInRefused = Err("AUTH", "Wrong name or password");

    /// <summary>The same, once too often on this connection.</summary>
    public static readonly Pop3Reply ErrTooManySignIns = Err("AUTH", "Wrong name or password, too many times; closing").ThenClose();

    /// <summary>What was sent for AUTH PLAIN cannot be read.</summary>
    public static readonly Pop3Reply ErrBadCredentials = Err("AUTH", "Not understood: name and password for SASL PLAIN, in base64");

    /// <summary>AUTH was cancelled by the client (RFC 5034 §4).</summary>
    public static readonly Pop3Reply ErrCancelled = Err("", "Cancelled");

    /// <summary>AUTH with something that is not offered.</summary>
    public static readonly Pop3Reply ErrUnknownMechanism = Err("", "Mechanism not offered; see CAPA");

    /// <summary>The password would have been readable on its way.</summary>
    public static readonly Pop3Reply ErrNeedTls = Err("", "No password is taken without TLS; say STLS first");

    /// <summary>Another POP3 session has the mailbox (RFC 1939 §4).</summary>
    public static readonly Pop3Reply ErrInUse = Err("IN-USE", "Another session has this mailbox; try again when it has ended");

    /// <summary>The mailbox cannot be opened now.</summary>
    public static readonly Pop3Reply ErrNotOpened = Err("SYS/TEMP", "The mailbox cannot be opened now; try again later");

    /// <summary>There is no message with this number, or it is marked.</summary>
    public static readonly Pop3Reply ErrNoSuchMessage = Err("", "No such message");

    /// <summary>The message went, or cannot be read, while the session kept its number.</summary>
    public static readonly Pop3Reply ErrMessageGone = Err("SYS/TEMP", "The message is gone or cannot be read");

    /// <summary>No such command.</summary>
    public static readonly Pop3Reply ErrUnknownCommand = Err("", "Command not recognised");

    /// <summary>The argument of a command is missing, or wrong, or there should be none.</summary>
    public static readonly Pop3Reply ErrBadArgument = Err("", "Argument is missing or wrong");

    /// <summary>The command is for those who have signed in.</summary>
    public static readonly Pop3Reply ErrSignInFirst = Err("", "Sign in first");

    /// <summary>The command is for those who have not signed in.</summary>
    public static readonly Pop3Reply ErrSignedIn = Err("", "Not after signing in");

    /// <summary>PASS comes right behind USER.</summary>
    public static readonly Pop3Reply ErrUserFirst = Err("", "USER first");

    /// <summary>TLS is on already.</summary>
    public static readonly Pop3Reply ErrTlsActive = Err("", "TLS is active");

    /// <summary>There is no certificate.</summary>
    public static readonly Pop3Reply ErrNoTls = Err("", "TLS is not offered");

    /// <summary>Something that is no TLS followed STLS: injected, whoever did it.</summary>
    public static readonly Pop3Reply ErrNotTls = Err("", "Only a TLS handshake may follow STLS; closing").ThenClose();

    /// <summary>A browser, or someone's browser misused.</summary>
    public static readonly Pop3Reply ErrNotHttp = Err("", "This is not HTTP; closing").ThenClose();

    /// <summary>The line was too long.</summary>
    public static readonly Pop3Reply ErrLineTooLong = Err("", "Line too long");

    /// <summary>The line ended in a bare LF, or had a control character in it.</summary>
    public static readonly Pop3Reply ErrBadLine = Err("", "Lines end in CRLF and have no control characters");

    /// <summary>Too many commands were refused on this connection.</summary>
    public static readonly Pop3Reply ErrTooManyErrors = Err("", "Too many errors; closing").ThenClose();

    /// <summary>One address has too many connections open.</summary>
    public static readonly Pop3Reply ErrTooManyConnections = Err("SYS/TEMP", "Too many connections from your address").ThenClose();

    /// <summary>The server as a whole has too many connections open.</summary>
    public static readonly Pop3Reply ErrBusy = Err("SYS/TEMP", "Too busy; try again later").ThenClose();

    /// <summary>The server is going down; nothing was removed.</summary>
    public static readonly Pop3Reply ErrShuttingDown = Err("SYS/TEMP", "Service is shutting down; try again later").ThenClose();

    /// <summary>A command failed by our fault.</summary>
    public static readonly Pop3Reply ErrLocal = Err("SYS/TEMP", "Local error; try again later");

    /// <summary>The greeting. It has nothing in angle brackets, which would offer APOP (RFC 1939 §7).</summary>
    /// <param name="host">Our name.</param>
    public static Pop3Reply Greeting(string host) => Ok($"{host} POP3 ready");

    /// <summary>STAT, and whatever else says what is there.</summary>
    /// <param name="count">Messages that are not marked.</param>
    /// <param name="octets">Their size.</param>
    public static Pop3Reply OkStat(int count, long octets) => Ok(string.Create(CultureInfo.InvariantCulture, $"{count} {octets}"));

    /// <summary>The mailbox is open.</summary>
    /// <param name="count">Messages in it.</param>
    /// <param name="octets">Their size.</param>
    public static Pop3Reply OkSignedIn(int count, long octets) =>
        Ok(string.Create(CultureInfo.InvariantCulture, $"{count} messages ({octets} octets)"));

    /// <summary>The mailbox cannot be used until someone does something about it.</summary>
    /// <param name="text">Why, for the customer.</param>
    public static Pop3Reply ErrUnavailable(string text) => Err("SYS/PERM", text);

    /// <summary>There were too many attempts.</summary>
    /// <param name="seconds">How long until the next one is looked at.</param>
    public static Pop3Reply ErrTryLater(long seconds) =>
        Err("LOGIN-DELAY", string.Create(CultureInfo.InvariantCulture, $"Too many attempts; try again in {seconds} seconds"));
}
