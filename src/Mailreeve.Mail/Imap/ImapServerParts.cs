using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Mail.Imap;

/// <summary>What an IMAP listener is made of.</summary>
public sealed record ImapServerParts
{
    /// <summary>Our name, as in the greeting.</summary>
    public required string HostName { get; init; }

    /// <summary>Limits.</summary>
    public ImapServerLimits Limits { get; init; } = new();

    /// <summary>TLS; <see langword="null"/> when there is no certificate, and STARTTLS is then not offered.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Whether passwords are taken without TLS, too. Off: only from the loopback.</summary>
    public bool AllowsPlain { get; init; }

    /// <summary>Checks name and password of a client at this address.</summary>
    public required Func<string, string, Address, CancellationToken, Task<MailSignIn>> SignIn { get; init; }

    /// <summary>Finds the owners of mailboxes.</summary>
    public required IGrainFactory Grains { get; init; }

    /// <summary>What mailboxes look like now.</summary>
    public required MailboxBoard Board { get; init; }

    /// <summary>What may lie in a mailbox.</summary>
    public required MailboxCapacity Capacity { get; init; }

    /// <summary>
    /// Told at each command that a mailbox is being used: a session may last for weeks (C9). False when its user must go, because it
    /// was suspended meanwhile (C6); null when nobody asks.
    /// </summary>
    public Func<MailboxId, bool>? Use { get; init; }

    /// <summary>Where messages lie.</summary>
    public required SegmentStore Segments { get; init; }

    /// <summary>Puts messages there.</summary>
    public required MailDelivery Delivery { get; init; }

    /// <summary>Finds envelopes, structures and the like.</summary>
    public required Summaries Summaries { get; init; }

    /// <summary>What time it is: for YOUNGER and OLDER.</summary>
    public required IClock Clock { get; init; }

    /// <summary>Measures time-outs. Not the clock: a clock that is moved, or runs fast, must not end connections.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;
}
