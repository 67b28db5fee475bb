using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Mail.Pop3;

/// <summary>What a POP3 listener is made of.</summary>
public sealed record Pop3ServerParts
{
    /// <summary>Our name, as in the greeting.</summary>
    public required string HostName { get; init; }

    /// <summary>Limits.</summary>
    public Pop3Limits Limits { get; init; } = new();

    /// <summary>TLS; <see langword="null"/> when there is no certificate, and STLS is then not offered.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Whether passwords are taken without TLS, too. Off: only from the loopback.</summary>
    public bool AllowsPlain { get; init; }

    /// <summary>Checks name and password of a client at this address.</summary>
    public required Func<string, string, Address, CancellationToken, Task<MailSignIn>> SignIn { get; init; }

    /// <summary>Finds the owners of mailboxes.</summary>
    public required IGrainFactory Grains { get; init; }

    /// <summary>What mailboxes look like now.</summary>
    public required MailboxBoard Board { get; init; }

    /// <summary>Where messages lie.</summary>
    public required SegmentStore Segments { get; init; }

    /// <summary>Days after which a message is removed (C9), as of now; <see langword="null"/> for never. Told to clients as EXPIRE (RFC 2449 §6.7).</summary>
    public required Func<int?> RetentionDays { get; init; }

    /// <summary>Measures time-outs. Not a clock: a clock that is moved, or runs fast, must not end connections.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;
}
