using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>Says what a block stops, as it stands in a sentence to the customer.</summary>
public static class BlockWords
{
    /// <summary>Prefixes that are named; further ones are counted.</summary>
    private const int NamedMax = 8;

    /// <summary>For example "all traffic to and from 192.0.2.7".</summary>
    public static string Of(BlockScope scope, IReadOnlyList<Prefix> prefixes)
    {
        var named = string.Join(", ", prefixes.Take(NamedMax));
        var more = prefixes.Count > NamedMax ? $" and {prefixes.Count - NamedMax} more" : "";
        var traffic = scope == BlockScope.Port25 ? "port 25 (mail between servers)" : "all traffic";
        return $"{traffic} to and from {named}{more}";
    }
}
