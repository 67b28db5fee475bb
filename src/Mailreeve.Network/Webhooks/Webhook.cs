using Mailreeve.Policy.Accounts;

namespace Mailreeve.Network.Webhooks;

/// <summary>A system that runs services and is told about blocks: a hosting panel, a telephone exchange, an IRC server.</summary>
public sealed record Webhook
{
    /// <summary>Its name here; rows carry it, so it does not change.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is told. Nothing secret stands in it.</summary>
    public required Uri Url { get; init; }

    /// <summary>What it shares with us. It is never printed.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>It is told of blocks of customers who have one of these services; empty for all blocks.</summary>
    public IReadOnlyList<ServiceKind> Services { get; init; } = [];

    /// <summary>Whether it runs services of this kind, as far as is known.</summary>
    public bool Runs(ServiceKind kind) => Services.Count == 0 || Services.Contains(kind);

    /// <summary>How long one answer is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
