using System.Globalization;

namespace Mailreeve.Protocols.Smtp;

// The replies of the server. The name says the code; the enhanced code is RFC 3463's.
public sealed partial record Reply
{
    /// <summary>RSET, and whatever else needs no more words.</summary>
    public static readonly Reply C250Ok = Of(250, "2.0.0", "OK");

    /// <summary>The sender is taken.</summary>
    public static readonly Reply C250SenderOk = Of(250, "2.1.0", "Sender OK");

    /// <summary>The recipient is taken.</summary>
    public static readonly Reply C250RecipientOk = Of(250, "2.1.5", "Recipient OK");

    /// <summary>QUIT.</summary>
    public static readonly Reply C221Bye = Of(221, "2.0.0", "Bye");

    /// <summary>VRFY: we do not tell (RFC 5321 §7.3).</summary>
    public static readonly Reply C252WillNotVerify = Of(252, "2.1.5", "Cannot verify; try to send, and the answer to RCPT says");

    /// <summary>STARTTLS: begin the handshake.</summary>
    public static readonly Reply C220ReadyForTls = Of(220, "2.0.0", "Ready to start TLS");

    /// <summary>AUTH: signed in (RFC 4954 §6).</summary>
    public static readonly Reply C235SignedIn = Of(235, "2.7.0", "Signed in");

    /// <summary>AUTH: the answer is asked for with nothing to go by, as PLAIN does.</summary>
    public static readonly Reply C334 = Of(334, "", "");

    /// <summary>AUTH LOGIN asks for the name.</summary>
    public static readonly Reply C334User = Of(334, "", "VXNlcm5hbWU6");

    /// <summary>AUTH LOGIN asks for the password.</summary>
    public static readonly Reply C334Password = Of(334, "", "UGFzc3dvcmQ6");

    /// <summary>DATA: send the message.</summary>
    public static readonly Reply C354SendMessage = Of(354, "", "Send the message; end with CRLF.CRLF");

    /// <summary>The server is going down.</summary>
    public static readonly Reply C421ShuttingDown = Of(421, "4.3.2", "Service is shutting down; try again later");

    /// <summary>The client said nothing for too long.</summary>
    public static readonly Reply C421Timeout = Of(421, "4.4.2", "Nothing received for too long; closing");

    /// <summary>One address has too many connections open.</summary>
    public static readonly Reply C421TooManyConnections = Of(421, "4.7.0", "Too many connections from your address; try again later");

    /// <summary>The server as a whole has too many connections open.</summary>
    public static readonly Reply C421Busy = Of(421, "4.3.2", "Too busy; try again later");

    /// <summary>Too many commands were refused on this connection.</summary>
    public static readonly Reply C421TooManyErrors = Of(421, "4.7.0", "Too many errors; closing");

    /// <summary>A customer has too many sessions open.</summary>
    public static readonly Reply C421TooManySessions = Of(421, "4.7.0", "Too many sessions of this account at once; try again later");

    /// <summary>A customer was put off too often on this connection.</summary>
    public static readonly Reply C421PutOffTooOften = Of(421, "4.7.0", "Nothing of this account is taken now; closing");

    /// <summary>Too many commands that lead nowhere.</summary>
    public static readonly Reply C421TooMuchJunk = Of(421, "4.7.0", "Too many commands without a message; closing");

    /// <summary>The message could not be made durable; nothing was taken.</summary>
    public static readonly Reply C451NotStored = Of(451, "4.3.0", "Could not be stored; try again later");

    /// <summary>A rule failed. Never an acceptance.</summary>
    public static readonly Reply C451LocalError = Of(451, "4.3.0", "Local error; try again later");

    /// <summary>More comes from a network than may.</summary>
    public static readonly Reply C451TooFast = Of(451, "4.7.1", "Too much mail from your network at once; try again later");

    /// <summary>Somebody who is not known comes for the first time (RFC 6647 §2.6).</summary>
    public static readonly Reply C451Greylisted = Of(451, "4.7.1", "Greylisted; try again in a few minutes");

    /// <summary>The DNS does not say at the moment whether a message is from whom it says.</summary>
    public static readonly Reply C451AuthorUnsure = Of(451, "4.4.3", "Cannot verify the author at the moment; try again later");

    /// <summary>A filter wants to see it later.</summary>
    public static readonly Reply C451FilterAsksLater = Of(451, "4.7.1", "Message cannot be judged now; try again later");

    /// <summary>As much of this sender's mail is held as may be; a person must look at it first (C1).</summary>
    public static readonly Reply C450SendingHeld =
        Of(450, "4.7.1", "Mail from here is held until our staff has looked at it; see your customer page or call us. Try again later");

    /// <summary>More recipients than one message may have (RFC 5321 §4.5.3.1.10).</summary>
    public static readonly Reply C452TooManyRecipients = Of(452, "4.5.3", "Too many recipients; send the rest separately");

    /// <summary>This recipient cannot share a message with the others.</summary>
    public static readonly Reply C452SendSeparately = Of(452, "4.5.3", "Send to this recipient separately");

    /// <summary>The command line was too long.</summary>
    public static readonly Reply C500LineTooLong = Of(500, "5.5.2", "Line too long");

    /// <summary>The command line ended in a bare LF, or had a control character in it.</summary>
    public static readonly Reply C500BadLine = Of(500, "5.5.2", "Lines end in CRLF and have no control characters");

    /// <summary>No such command.</summary>
    public static readonly Reply C500UnknownCommand = Of(500, "5.5.2", "Command not recognised");

    /// <summary>EHLO or HELO without a usable name.</summary>
    public static readonly Reply C501BadHelo = Of(501, "5.5.4", "Say who you are: EHLO your.host.name");

    /// <summary>MAIL was not MAIL FROM.</summary>
    public static readonly Reply C501BadMailSyntax = Of(501, "5.5.4", "Syntax: MAIL FROM:<address>");

    /// <summary>The sender is no address.</summary>
    public static readonly Reply C501BadSender = Of(501, "5.1.7", "Sender address is malformed; syntax: MAIL FROM:<address>");

    /// <summary>RCPT was not RCPT TO.</summary>
    public static readonly Reply C501BadRcptSyntax = Of(501, "5.5.4", "Syntax: RCPT TO:<address>");

    /// <summary>The recipient is no address.</summary>
    public static readonly Reply C501BadRecipient = Of(501, "5.1.3", "Recipient address is malformed; syntax: RCPT TO:<address>");

    /// <summary>A parameter was announced, but its value is wrong.</summary>
    public static readonly Reply C501BadParameter = Of(501, "5.5.4", "Parameter is malformed");

    /// <summary>AUTH without a mechanism, or with too much.</summary>
    public static readonly Reply C501BadAuth = Of(501, "5.5.4", "Syntax: AUTH PLAIN or AUTH LOGIN");

    /// <summary>The client sent <c>*</c> (RFC 4954 §4).</summary>
    public static readonly Reply C501AuthCancelled = Of(501, "5.7.0", "Cancelled");

    /// <summary>The command takes no argument.</summary>
    public static readonly Reply C501NoArgument = Of(501, "5.5.4", "This command takes no argument");

    /// <summary>BDAT whose length cannot be read: what follows cannot be told from commands.</summary>
    public static readonly Reply C501BadBdat = Of(501, "5.5.4", "Syntax: BDAT size [LAST]; closing").ThenClose();

    /// <summary>A known command that is not offered here.</summary>
    public static readonly Reply C502NotImplemented = Of(502, "5.5.1", "Command not implemented");

    /// <summary>EHLO comes first.</summary>
    public static readonly Reply C503NeedHelo = Of(503, "5.5.1", "Say EHLO first");

    /// <summary>LHLO comes first.</summary>
    public static readonly Reply C503NeedLhlo = Of(503, "5.5.1", "Say LHLO first");

    /// <summary>MAIL comes first (RFC 5321 §4.1.4).</summary>
    public static readonly Reply C503NeedMail = Of(503, "5.5.1", "MAIL first");

    /// <summary>RCPT comes first; also when every RCPT was refused (RFC 5321 §3.3).</summary>
    public static readonly Reply C503NeedRcpt = Of(503, "5.5.1", "No valid recipients");

    /// <summary>A transaction is open.</summary>
    public static readonly Reply C503NestedMail = Of(503, "5.5.1", "A message is already begun; RSET to drop it");

    /// <summary>BDAT was begun; nothing but BDAT and RSET may follow (RFC 3030 §2).</summary>
    public static readonly Reply C503InBdat = Of(503, "5.5.1", "BDAT was begun; end it or RSET");

    /// <summary>TLS is on already.</summary>
    public static readonly Reply C503TlsActive = Of(503, "5.5.1", "TLS is active");

    /// <summary>AUTH was successful before; it can be only once (RFC 4954 §4).</summary>
    public static readonly Reply C503SignedIn = Of(503, "5.5.1", "You are signed in");

    /// <summary>STARTTLS comes before AUTH, or who signed in could be another than who speaks now.</summary>
    public static readonly Reply C503TlsTooLate = Of(503, "5.5.1", "STARTTLS comes before AUTH");

    /// <summary>A way of signing in that is not offered.</summary>
    public static readonly Reply C504UnknownMechanism = Of(504, "5.5.4", "Only PLAIN and LOGIN are known here");

    /// <summary>Nothing before STARTTLS here (RFC 3207 §4).</summary>
    public static readonly Reply C530NeedTls = Of(530, "5.7.0", "STARTTLS first");

    /// <summary>Mail is taken here from customers only (RFC 4954 §6).</summary>
    public static readonly Reply C530SignInFirst = Of(530, "5.7.0", "Sign in first: AUTH");

    /// <summary>Name and password do not belong together; which of the two is wrong is not said.</summary>
    public static readonly Reply C535Wrong = Of(535, "5.7.8", "Name or password is wrong");

    /// <summary>Passwords are taken under TLS only (RFC 4954 §6).</summary>
    public static readonly Reply C538NeedTls = Of(538, "5.7.11", "Passwords are taken under TLS only: STARTTLS first");

    /// <summary>The null sender where a mailbox's user hands mail in: bounces are written by servers.</summary>
    public static readonly Reply C550NullSender = Of(550, "5.7.1", "A mail program says who sends: MAIL FROM:<your address>");

    /// <summary>Neither sender nor sign-in says whose message it is: it has no From.</summary>
    public static readonly Reply C550NoFrom = Of(550, "5.6.0", "Message has no From line");

    /// <summary>More than one From: each reader would show another.</summary>
    public static readonly Reply C550SeveralFroms = Of(550, "5.6.0", "Message has more than one From line");

    /// <summary>An address of From or Sender cannot be read.</summary>
    public static readonly Reply C550BadFrom = Of(550, "5.6.0", "An address in From or Sender is malformed");

    /// <summary>A line of the header is no field.</summary>
    public static readonly Reply C550BadHeader = Of(550, "5.6.0", "A line of the message header is malformed");

    /// <summary>A recipient without a domain, where mail goes out.</summary>
    public static readonly Reply C550NeedsDomain = Of(550, "5.1.2", "Write the recipient with a domain");

    /// <summary>The customer, or who answers for them, is suspended.</summary>
    public static readonly Reply C550SenderSuspended = Of(550, "5.7.1", "This account is suspended; call us");

    /// <summary>No such mailbox at one of our domains.</summary>
    public static readonly Reply C550NoSuchUser = Of(550, "5.1.1", "No such user here");

    /// <summary>Not ours, or a way of writing an address that only relays understand.</summary>
    public static readonly Reply C550RelayDenied = Of(550, "5.7.1", "Relay denied: not a domain of this server");

    /// <summary>The address is a customer's, who has not asked for mail of own servers to be relayed.</summary>
    public static readonly Reply C550NoRelayService =
        Of(550, "5.7.1", "Relay denied: the service mail-relay is not booked for this address; ask for it, or sign in on port 587 or 465");

    /// <summary>The mailbox is full; it may have room again when its user has read and deleted.</summary>
    public static readonly Reply C452MailboxFull = Of(452, "4.2.2", "Mailbox is full");

    /// <summary>The sender has reached a limit, and may send again later.</summary>
    public static readonly Reply C450OverLimit = Of(450, "4.7.1", "You have sent as much as you may for now; try again later");

    /// <summary>A message from nobody to many is no bounce (RFC 5321 §4.5.5).</summary>
    public static readonly Reply C550BounceToMany = Of(550, "5.7.1", "A message from <> has one recipient");

    /// <summary>The mailbox is suspended, and comes back.</summary>
    public static readonly Reply C450MailboxSuspended = Of(450, "4.2.1", "Mailbox is suspended; try again later");

    /// <summary>The mailbox was closed because nobody used it.</summary>
    public static readonly Reply C550MailboxInactive = Of(550, "5.2.1", "Mailbox is closed: nobody has used it for a long time");

    /// <summary>The content has a CR or LF on its own (RFC 5321 §2.3.8).</summary>
    public static readonly Reply C550BareCrOrLf = Of(550, "5.6.0", "Message has a bare CR or LF; lines end in CRLF");

    /// <summary>The content has a NUL.</summary>
    public static readonly Reply C550Nul = Of(550, "5.6.0", "Message has a NUL octet");

    /// <summary>A line of the content is too long.</summary>
    public static readonly Reply C550ContentLineTooLong = Of(550, "5.6.0", "Message has a line that is too long");

    /// <summary>Larger than SIZE (RFC 1870 §6.1).</summary>
    public static readonly Reply C552TooBig = Of(552, "5.3.4", "Message is too big");

    /// <summary>The header alone is larger than any header has to be.</summary>
    public static readonly Reply C552HeaderTooBig = Of(552, "5.3.4", "Message header is too big");

    /// <summary>A sender that no one could answer to: a source route, no domain, too long.</summary>
    public static readonly Reply C553SenderNotAllowed = Of(553, "5.1.7", "Sender address is not allowed");

    /// <summary>An address outside ASCII in a transaction without SMTPUTF8 (RFC 6531 §3.5).</summary>
    public static readonly Reply C553NeedsSmtpUtf8 = Of(553, "5.6.7", "This address needs SMTPUTF8");

    /// <summary>Something that is no TLS followed STARTTLS: injected, whoever did it.</summary>
    public static readonly Reply C554NotTls = Of(554, "5.5.1", "Only a TLS handshake may follow STARTTLS; closing").ThenClose();

    /// <summary>A browser, or someone's browser misused.</summary>
    public static readonly Reply C554NotHttp = Of(554, "5.5.1", "This is not HTTP; closing").ThenClose();

    /// <summary>It went round in circles (RFC 5321 §6.3).</summary>
    public static readonly Reply C554Loop = Of(554, "5.4.6", "Too many Received lines: this message is in a loop");

    /// <summary>A parameter that was not announced (RFC 5321 §4.1.1.11).</summary>
    public static readonly Reply C555UnknownParameter = Of(555, "5.5.4", "Parameter not recognised");

    /// <summary>The greeting.</summary>
    /// <param name="host">Our name.</param>
    public static Reply C220Greeting(string host) => Of(220, "", $"{host} ESMTP Mailreeve");

    /// <summary>The greeting of LMTP.</summary>
    /// <param name="host">Our name.</param>
    public static Reply C220LmtpGreeting(string host) => Of(220, "", $"{host} LMTP Mailreeve");

    /// <summary>The answer to HELO.</summary>
    /// <param name="host">Our name.</param>
    public static Reply C250Helo(string host) => Of(250, "", host);

    /// <summary>The message is durable, and this is the number to ask for.</summary>
    /// <param name="reference">As in <c>report R-123</c>.</param>
    public static Reply C250Accepted(string reference) => Of(250, "2.0.0", $"Accepted as {reference}");

    /// <summary>Every octet of a chunk was taken (RFC 3030 §2).</summary>
    /// <param name="octets">How many.</param>
    public static Reply C250Chunk(long octets) => Of(250, "2.0.0", string.Create(CultureInfo.InvariantCulture, $"{octets} octets received"));

    /// <summary>The mail is not wanted, for what was found about it.</summary>
    /// <param name="enhanced">As in <c>5.7.1</c>.</param>
    /// <param name="why">Why.</param>
    /// <param name="clause">The clause of the policy.</param>
    /// <param name="whereToTurn">Where whoever is refused can ask.</param>
    public static Reply C550Unwanted(string enhanced, string why, string clause, string whereToTurn) =>
        Of(550, enhanced, $"{why} (clause {clause}); write to our postmaster, or see {whereToTurn}");

    /// <summary>The message is durable, and a person looks at it before it goes (C1).</summary>
    /// <param name="reference">What to call it.</param>
    public static Reply C250Held(string reference) => Of(250, "2.0.0", $"Accepted as {reference}; held until our staff has looked at it");

    /// <summary>There were too many attempts to sign in; this one was not looked at.</summary>
    /// <param name="seconds">How long until the next one is.</param>
    public static Reply C454TooManyAttempts(long seconds) =>
        Of(454, "4.7.0", string.Create(CultureInfo.InvariantCulture, $"Too many attempts; try again in {seconds} seconds"));

    /// <summary>Too many wrong passwords on one connection.</summary>
    public static readonly Reply C421TooManyPasswords = Of(421, "4.7.0", "Too many wrong passwords; closing");

    /// <summary>Name and password are right, but the mailbox cannot be used now (RFC 5248's 5.7.13).</summary>
    /// <param name="why">Why, for the customer to read.</param>
    public static Reply C535Unavailable(string why) => Of(535, "5.7.13", why);

    /// <summary>The envelope sender is someone else's (C2).</summary>
    /// <param name="address">The address.</param>
    public static Reply C553NotYours(string address) =>
        Of(553, "5.7.1", $"You cannot send as {address}: use your own address or an alias of it");

    /// <summary>The author in the header is someone else (C2).</summary>
    /// <param name="address">The address.</param>
    public static Reply C550NotYours(string address) =>
        Of(550, "5.7.1", $"From or Sender names {address}, which is not yours: use your own address or an alias of it");

    /// <summary>The connecting address is blocked.</summary>
    /// <param name="clause">The clause of the policy.</param>
    /// <param name="caseNumber">The case; <see langword="null"/> for a block that belongs to none.</param>
    /// <param name="whereToTurn">Where the way out begins, as in <c>https://provider.example/case</c>: mail is what is blocked.</param>
    public static Reply C550Blocked(string clause, string? caseNumber, string whereToTurn) =>
        Of(550, "5.7.1", caseNumber is null
            ? $"Blocked under clause {clause}; see {whereToTurn}"
            : $"Blocked under clause {clause}, case {caseNumber}; see {whereToTurn}");

    /// <summary>The mailbox that the mail is for is blocked.</summary>
    /// <param name="clause">The clause of the policy.</param>
    /// <param name="whereToTurn">Where the way out begins.</param>
    public static Reply C550MailboxBlocked(string clause, string whereToTurn) =>
        Of(550, "5.2.1", $"This mailbox is blocked under clause {clause}; see {whereToTurn}");

    /// <summary>The one who sends is suspended, or is no customer any more.</summary>
    /// <param name="what">What is, as in <c>account</c>, <c>mailbox</c> or <c>service</c>.</param>
    /// <param name="state">How it is, as in <c>suspended</c> or <c>blocked</c>.</param>
    /// <param name="clause">The clause of the policy.</param>
    /// <param name="whereToTurn">Where the way out begins.</param>
    public static Reply C550NoSending(string what, string state, string clause, string whereToTurn) =>
        Of(550, "5.7.1", $"This {what} is {state} under clause {clause}; see {whereToTurn}");
}
