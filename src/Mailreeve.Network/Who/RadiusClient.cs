using Mailreeve.Network.Access;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>An access server, or a proxy in front of several, whose accounting is taken.</summary>
public sealed record RadiusClient
{
    /// <summary>The name it has here; sessions carry it, so it does not change.</summary>
    public required string Name { get; init; }

    /// <summary>From where it speaks.</summary>
    public required IReadOnlyList<Prefix> From { get; init; }

    /// <summary>What it shares with us.</summary>
    public required RadiusSecret Secret { get; init; }

    /// <summary>How often it says that a session goes on (Acct-Interim-Interval, RFC 2869 §5.16); null when it does not.</summary>
    public Duration? InterimEvery { get; init; }

    /// <summary>Whether packets without a Message-Authenticator are dropped.</summary>
    public bool RequiresMessageAuthenticator { get; init; }

    /// <summary>How its sessions are ended or changed when an address of theirs is blocked; null when they are left alone.</summary>
    public SessionControl? Control { get; init; }
}
