using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>What a source says about a session.</summary>
public enum SightingKind
{
    /// <summary>It begins.</summary>
    Start,

    /// <summary>It goes on.</summary>
    Alive,

    /// <summary>It has ended.</summary>
    Stop,
}

/// <summary>One thing that a source says.</summary>
public abstract record SessionNews
{
    private SessionNews()
    {
    }

    /// <summary>Who says so.</summary>
    public required SessionSource Source { get; init; }

    /// <summary>The access server, DHCP server or translator.</summary>
    public required string Nas { get; init; }

    /// <summary>When it was so, by the source's clock or ours.</summary>
    public required Instant At { get; init; }

    /// <summary>A session begins, goes on or ends.</summary>
    public sealed record Sighting : SessionNews
    {
        /// <summary>What is said of it.</summary>
        public required SightingKind Kind { get; init; }

        /// <summary>The source's id of it.</summary>
        public required string Session { get; init; }

        /// <summary>When it began, if that is said; <see cref="SessionNews.At"/> for a start.</summary>
        public Instant? StartedAt { get; init; }

        /// <summary>Login name.</summary>
        public string? Login { get; init; }

        /// <summary>Hardware address, telephone number or inside address.</summary>
        public string? Station { get; init; }

        /// <summary>Whose that is; null when nobody's.</summary>
        public CustomerId? Customer { get; init; }

        /// <summary>The service with that login.</summary>
        public long? Service { get; init; }

        /// <summary>What it has. A stop need not say it.</summary>
        public IReadOnlyList<Prefix> Prefixes { get; init; } = [];

        /// <summary>Lowest port.</summary>
        public long FirstPort { get; init; }

        /// <summary>Highest port.</summary>
        public long LastPort { get; init; } = AddressSession.PortMax;

        /// <summary>When something must be heard of it again; null when it may be silent.</summary>
        public Instant? ExpectedBy { get; init; }

        /// <summary>How it ended, when it is a stop.</summary>
        public SessionEnd End { get; init; } = SessionEnd.Stopped;
    }

    /// <summary>The source begins anew or stops counting: none of its sessions is any more (RFC 2866 §5.1).</summary>
    public sealed record Restart : SessionNews;
}
