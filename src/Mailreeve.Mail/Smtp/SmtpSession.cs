using System.Security.Authentication;
using Mailreeve.Mail.Lmtp;
using Mailreeve.Mail.Smtp.Commands;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Smtp;

/// <summary>One SMTP session: who is there, what they have said so far, and the loop that answers each command.</summary>
internal sealed class SmtpSession(SmtpServerParts parts, SmtpDoor door, ClientWire wire, Address client, string id, ILogger log) : IDisposable
{
    private readonly LineFramer framer = new(parts.Limits.CommandLineBytesMax);
    private readonly byte[] line = new byte[parts.Limits.CommandLineBytesMax];
    private int errors;
    private int junk;
    private int messages;
    private int putOffs;
    private Submitter? counted;

    public SmtpServerParts Parts { get; } = parts;

    /// <summary>Through which kind of door it came.</summary>
    public SmtpDoor Door { get; } = door;

    public SmtpLimits Limits => Parts.Limits;

    public ClientWire Wire { get; } = wire;

    public Address Client { get; } = client;

    /// <summary>For the log.</summary>
    public string Id { get; } = id;

    public ILogger Log { get; } = log;

    /// <summary>The name the client gave; <see langword="null"/> until EHLO or HELO.</summary>
    public string? Helo { get; private set; }

    /// <summary>Whether it said EHLO.</summary>
    public bool Extended { get; private set; }

    /// <summary>The message that is being sent; <see langword="null"/> before MAIL.</summary>
    public SmtpTransaction? Transaction { get; private set; }

    /// <summary>Who has signed in; <see langword="null"/> for nobody.</summary>
    public Submitter? SignedIn { get; private set; }

    /// <summary>Wrong passwords so far.</summary>
    public int SignInsRefused { get; set; }

    /// <summary>Whether customers' mail and passwords may come over this connection as it is.</summary>
    public bool IsPrivate => Wire.Tls is not null || Parts.Submission is { Options.AllowsPlain: true };

    public Instant Now() => Parts.Clock.GetCurrentInstant();

    /// <summary>Greets, then answers until one side has had enough.</summary>
    public async Task RunAsync()
    {
        Wire.Write(Door == SmtpDoor.Lmtp ? Reply.C220LmtpGreeting(Parts.HostName) : Reply.C220Greeting(Parts.HostName));
        while (true)
        {
            var (waited, length) = await Wire.NextLineAsync(framer, line, Limits.CommandTimeout);
            if (waited == WaitedFor.HungUp)
            {
                await Wire.FlushAsync();
                return;
            }

            var reply = waited switch
            {
                WaitedFor.Line => await AnswerAsync(line.AsMemory(0, length)),
                WaitedFor.TooLong => Reply.C500LineTooLong,
                WaitedFor.Malformed => Reply.C500BadLine,
                WaitedFor.Overdue => Reply.C421Timeout,
                _ => Reply.C421ShuttingDown,
            };
            if (reply is null)
                continue;
            Wire.Write(reply);
            if (Patience(reply) is { } end)
            {
                Wire.Write(end);
                reply = end;
            }

            if (reply.Closes)
            {
                await Wire.CloseAsync();
                return;
            }
        }
    }

    /// <summary>EHLO or HELO was said: whatever was begun is forgotten (RFC 5321 §4.1.4).</summary>
    public void Greeted(string helo, bool extended)
    {
        EndTransaction();
        Helo = helo;
        Extended = extended;
    }

    /// <summary>TLS has begun: everything the client said before it may have come from someone else (RFC 3207 §4.2).</summary>
    public void ForgetEverything()
    {
        EndTransaction();
        Helo = null;
        Extended = false;
        SignedIn = null;
        StopCounting();
        junk = 0;
    }

    public SmtpTransaction Begin(MailArgument mail)
    {
        Transaction = new SmtpTransaction(mail);
        // Whoever is blocked gets to the collector of relay tests at most: to ask the DNS about them would be work that they make us do.
        if (!Parts.Blocks().TryFind(Client, Now(), out _))
            Check(Transaction);
        return Transaction;
    }

    /// <summary>Has mail from others checked, if that has not begun: the client may have been blocked at MAIL and be free at RCPT.</summary>
    public void Check(SmtpTransaction transaction)
    {
        if (Door == SmtpDoor.Exchange)
            transaction.Check ??= Parts.Checks?.Begin(Client, Helo!, transaction.Mail.From);
    }

    /// <summary>The message has come whole, whatever it is worth.</summary>
    /// <returns>The reply, or the last one of LMTP; those before it are written.</returns>
    public ValueTask<Reply> TakeAsync(SmtpTransaction transaction, ContentIntake content) =>
        transaction.Submitter is not null ? SubmissionAcceptance.TakeAsync(this, transaction, content)
        : Door == SmtpDoor.Lmtp ? LmtpAcceptance.TakeAsync(this, transaction, content)
        : Acceptance.TakeAsync(this, transaction, content);

    /// <summary>A customer has signed in.</summary>
    /// <returns>What keeps the session from being theirs: they have too many.</returns>
    public async ValueTask<Reply?> SignInAsync(Submitter submitter)
    {
        if (!TryCount(submitter))
            return await PutOffAsync(submitter, Reply.C421TooManySessions);
        SignedIn = submitter;
        return null;
    }

    /// <summary>What keeps a customer from sending under this name now; null when nothing does. The session counts as theirs.</summary>
    public async ValueTask<Reply?> RefusalAsync(Submitter submitter, Mailbox? from)
    {
        if (SuspendedNow(submitter) is { } suspended)
            return suspended;
        if (!TryCount(submitter))
            return await PutOffAsync(submitter, Reply.C421TooManySessions);
        var refused = await Parts.Submission!.RefusalAsync(submitter, from);
        return refused == Reply.C450SendingHeld ? await PutOffAsync(submitter, refused) : refused;
    }

    /// <summary>Puts a sender off, after a pause that grows when it keeps trying.</summary>
    public async ValueTask<Reply> PutOffAsync(Submitter submitter, Reply reply)
    {
        putOffs++;
        var pause = Parts.Submission!.PauseFor(submitter, Parts.Ticks);
        if (pause > TimeSpan.Zero)
            await Wire.PauseAsync(pause);
        return reply;
    }

    /// <summary>The line that answers a challenge of AUTH, without its end.</summary>
    /// <returns>The line, or the reply that ends the exchange.</returns>
    /// <exception cref="EndOfStreamException">The client hung up.</exception>
    public async ValueTask<(ReadOnlyMemory<byte> Answer, Reply? Failed)> AnswerToAsync(Reply challenge)
    {
        Wire.Write(challenge);
        var (waited, length) = await Wire.NextLineAsync(framer, line, Limits.CommandTimeout);
        return waited switch
        {
            WaitedFor.Line => (line.AsMemory(0, length), null),
            WaitedFor.HungUp => throw new EndOfStreamException("The client hung up within AUTH."),
            WaitedFor.TooLong => (default, Reply.C500LineTooLong),
            WaitedFor.Malformed => (default, Reply.C500BadLine),
            WaitedFor.Overdue => (default, Reply.C421Timeout),
            _ => (default, Reply.C421ShuttingDown),
        };
    }

    public void EndTransaction()
    {
        Transaction?.Dispose();
        Transaction = null;
    }

    /// <summary>Our name for the next message.</summary>
    public string NextMessageId()
    {
        junk = 0;
        return $"{Id}-{++messages}";
    }

    /// <summary>The refusal for a client who is blocked at this moment (C4, C8); <see langword="null"/> for all others.</summary>
    public Reply? BlockedNow()
    {
        if (!Parts.Blocks().TryFind(Client, Now(), out var block))
            return null;
        Log.SmtpBlocked(Id, $"{block.Clause}", $"{block.Case}");
        return Reply.C550Blocked($"{block.Clause}", block.Case is { } number ? $"{number}" : null, Parts.WhereToTurn);
    }

    /// <summary>The refusal for a customer whose mailbox, or whose service for their own servers, is blocked at this moment (C6); <see langword="null"/> for all others.</summary>
    public Reply? SuspendedNow(Submitter submitter)
    {
        if (Parts.Submission?.BlockOf(submitter, Now()) is not { } block)
            return null;
        Log.SmtpBlocked(Id, $"{block.Clause}", $"{block.CaseId}");
        return Reply.C550NoSending(submitter.Mailbox is null ? "service" : "mailbox", "blocked", $"{block.Clause}", Parts.WhereToTurn);
    }

    public void Dispose()
    {
        EndTransaction();
        StopCounting();
    }

    private bool TryCount(Submitter submitter)
    {
        if (counted == submitter)
            return true;
        StopCounting();
        if (!Parts.Submission!.Sessions.TryEnter(submitter, Parts.Submission.SessionsOf(submitter)))
            return false;
        counted = submitter;
        return true;
    }

    private void StopCounting()
    {
        if (counted is { } who)
            Parts.Submission!.Sessions.Leave(who);
        counted = null;
    }

    // Null: there is nothing to say, as after a TLS handshake.
    private async ValueTask<Reply?> AnswerAsync(ReadOnlyMemory<byte> command)
    {
        try
        {
            return await Dispatch.HandleAsync(this, command);
        }
        catch (Exception e) when (e is not IOException and not OperationCanceledException and not AuthenticationException)
        {
            Log.SmtpCommandFailed(e, Id);
            EndTransaction();
            return Reply.C451LocalError;
        }
    }

    private Reply? Patience(Reply reply)
    {
        if (reply.Closes)
            return null;
        if (!reply.IsPositive)
            Log.SmtpRefused(Id, reply.Text);
        if (reply.Code >= 500 && ++errors >= Limits.ErrorsMax)
            return Reply.C421TooManyErrors;
        if (putOffs >= Limits.PutOffsMax)
            return Reply.C421PutOffTooOften;
        return junk > Limits.JunkCommandsMax ? Reply.C421TooMuchJunk : null;
    }

    /// <summary>The command leads nowhere by itself; there may be only so many of them.</summary>
    public void CountJunk() => junk++;
}
