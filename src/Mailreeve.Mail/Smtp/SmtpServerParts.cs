using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Mail.Smtp;

/// <summary>What an SMTP listener is made of.</summary>
public sealed record SmtpServerParts
{
    /// <summary>Our name, as in the greeting and in Received lines.</summary>
    public required string HostName { get; init; }

    /// <summary>The domains whose role addresses get mail here.</summary>
    public required OwnDomains Domains { get; init; }

    /// <summary>Where relay tests come back; null where none are made.</summary>
    public RelayCollector? Collector { get; init; }

    /// <summary>The mailboxes, and how to deliver to them; null where there are none, and only role addresses get mail.</summary>
    public MailDelivery? Mailboxes { get; init; }

    /// <summary>Where someone who is blocked finds the way out, as in <c>https://provider.example/case</c>.</summary>
    public required string WhereToTurn { get; init; }

    /// <summary>Limits.</summary>
    public SmtpLimits Limits { get; init; } = new();

    /// <summary>TLS; <see langword="null"/> when there is no certificate, and STARTTLS is then not offered.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>The blocks in force, as of now. Asked for each MAIL and each RCPT.</summary>
    public required Func<BlockView> Blocks { get; init; }

    /// <summary>Takes mail from customers; null where it is not taken. On a listener of submission it must be there.</summary>
    public SubmissionDoor? Submission { get; init; }

    /// <summary>
    /// Makes a message durable and says under what name, as in <c>report R-123</c>. The 250 is sent when it has returned; when it
    /// throws, the client gets 451 and keeps the message. Usually <see cref="MailIntake.KeepAsync"/>.
    /// </summary>
    public required Func<ReceivedMessage, CancellationToken, Task<string>> Keep { get; init; }

    /// <summary>Checks mail from outside; <see langword="null"/> when all of it is taken. LMTP does not ask it.</summary>
    public InboundChecks? Checks { get; init; }

    /// <summary>What time it is: for blocks and for Received lines.</summary>
    public required IClock Clock { get; init; }

    /// <summary>Measures time-outs. Not the clock: a clock that is moved, or runs fast, must not end connections.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;
}
