using System.Net;
using System.Security.Authentication;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Pop3.Commands;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Pop3;
using Mailreeve.Protocols.Smtp;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Pop3;

/// <summary>One POP3 session: who is there, the maildrop once they have signed in, and the loop that answers each command.</summary>
internal sealed class Pop3Session(Pop3ServerParts parts, ClientWire wire, Address client, string id, ILogger log)
{
    // Octets that may wait within one answer; then the client has to read before we go on.
    private const long UnflushedBytesMax = 64 << 10;

    private readonly LineFramer framer = new(Pop3Command.LineBytesMax);
    private readonly byte[] line = new byte[Pop3Command.LineBytesMax];
    private int errors;
    private int signIns;

    public Pop3ServerParts Parts { get; } = parts;

    public ClientWire Wire { get; } = wire;

    /// <summary>For the log, and for the lock.</summary>
    public string Id { get; } = id;

    public ILogger Log { get; } = log;

    /// <summary>The name that USER gave; <see langword="null"/> unless PASS may follow.</summary>
    public string? User { get; set; }

    /// <summary>The customer's INBOX; <see langword="null"/> before they have signed in.</summary>
    public Maildrop? Maildrop { get; private set; }

    /// <summary>Whether a password would be safe on its way here, or nobody minds.</summary>
    public bool TakesPasswords => Wire.Tls is not null || Parts.AllowsPlain || IPAddress.IsLoopback(client.ToIPAddress());

    // Somebody who has not signed in has less time (RFC 1939 §3 gives ten minutes to those who have).
    private TimeSpan Longest => Maildrop is null ? Parts.Limits.SignInTimeout : Parts.Limits.IdleTimeout;

    /// <summary>Greets, then answers until one side has had enough. Whatever happens, the maildrop is unlocked then.</summary>
    public async Task RunAsync()
    {
        try
        {
            await AnswerAllAsync();
        }
        finally
        {
            await LeaveAsync();
        }
    }

    /// <summary>Checks name and password, and opens the INBOX.</summary>
    public async ValueTask<Pop3Reply> SignInAsync(string user, string password)
    {
        try
        {
            return await Parts.SignIn(user, password, client, CancellationToken.None) switch
            {
                MailSignIn.Accepted(var mailbox) => await OpenAsync(mailbox),
                MailSignIn.Unavailable(var text) => Pop3Reply.ErrUnavailable(text),
                MailSignIn.TryLater(var wait) => Pop3Reply.ErrTryLater((long)Math.Ceiling(wait.TotalSeconds)),
                _ => ++signIns >= Parts.Limits.SignInsMax ? Pop3Reply.ErrTooManySignIns : Pop3Reply.ErrSignInRefused,
            };
        }
        catch (Exception e)
        {
            // Whatever failed, the disk or another node, was ours: the client must not think that the password is wrong.
            Log.Pop3CommandFailed(e, Id);
            return Pop3Reply.ErrNotOpened;
        }
    }

    /// <summary>The answer of the client to a challenge of AUTH; <see langword="null"/> when there is none that can be read.</summary>
    public async ValueTask<byte[]?> AnswerToChallengeAsync()
    {
        var answer = new byte[Pop3Command.AuthLineBytesMax];
        var (waited, length) = await Wire.NextLineAsync(new LineFramer(answer.Length), answer, Longest);
        if (waited is WaitedFor.HungUp or WaitedFor.Overdue or WaitedFor.Stopping)
            throw new EndOfStreamException("The client did not answer the challenge.");
        return waited == WaitedFor.Line ? answer[..length] : null;
    }

    /// <summary>To be called every now and then within a long answer.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask FlushWhenFullAsync() => Wire.Output.UnflushedBytes > UnflushedBytesMax ? Wire.FlushAsync() : default;

    /// <summary>Gives the maildrop up: others may have it.</summary>
    public async Task LeaveAsync()
    {
        if (Maildrop is not { } left)
            return;
        Maildrop = null;
        try
        {
            await left.UnlockAsync();
        }
        catch (Exception e)
        {
            Log.Pop3NotUnlocked(e, Id);
        }
    }

    private async Task AnswerAllAsync()
    {
        Pop3Reply.Greeting(Parts.HostName).WriteTo(Wire.Output);
        while (true)
        {
            var (waited, length) = await Wire.NextLineAsync(framer, line, Longest);
            // RFC 1939 §3: an idle session ends without a word, and without UPDATE.
            if (waited is WaitedFor.HungUp or WaitedFor.Overdue)
            {
                await Wire.CloseAsync();
                return;
            }

            var reply = waited switch
            {
                WaitedFor.Line => await AnswerAsync(line.AsMemory(0, length)),
                WaitedFor.TooLong => Pop3Reply.ErrLineTooLong,
                WaitedFor.Malformed => Pop3Reply.ErrBadLine,
                _ => Pop3Reply.ErrShuttingDown,
            };
            if (reply is null)
                continue;
            reply = Patience(reply);
            reply.WriteTo(Wire.Output);
            if (reply.Closes)
            {
                await Wire.CloseAsync();
                return;
            }
        }
    }

    // Null: everything is said, or there is nothing to say, as after a TLS handshake.
    private async ValueTask<Pop3Reply?> AnswerAsync(ReadOnlyMemory<byte> command)
    {
        try
        {
            return await Dispatch.HandleAsync(this, command);
        }
        catch (Exception e) when (e is not IOException and not OperationCanceledException and not AuthenticationException)
        {
            Log.Pop3CommandFailed(e, Id);
            return Pop3Reply.ErrLocal;
        }
    }

    private async ValueTask<Pop3Reply> OpenAsync(MailboxId mailbox)
    {
        Maildrop = await Maildrop.OpenAsync(Parts, mailbox, Id);
        if (Maildrop is not { } maildrop)
            return Pop3Reply.ErrInUse;
        Log.Pop3Opened(Id, $"{mailbox}", maildrop.Count);
        return Pop3Reply.OkSignedIn(maildrop.LeftCount, maildrop.LeftBytes);
    }

    // A message that is not there was removed by someone else, or the client counts on: no reason to lose patience.
    private Pop3Reply Patience(Pop3Reply reply)
    {
        if (reply.IsPositive)
            return reply;
        Log.Pop3Refused(Id, $"{reply}");
        if (reply.Closes || ReferenceEquals(reply, Pop3Reply.ErrNoSuchMessage) || ReferenceEquals(reply, Pop3Reply.ErrMessageGone))
            return reply;
        return ++errors >= Parts.Limits.ErrorsMax ? Pop3Reply.ErrTooManyErrors : reply;
    }
}
