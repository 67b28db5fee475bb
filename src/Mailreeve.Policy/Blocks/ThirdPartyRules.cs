using Mailreeve.Protocols.Feeds;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Policy.Blocks;

/// <summary>How much of a list of others is believed.</summary>
public sealed record FeedLimits
{
    /// <summary>Entries at most. Default 200,000.</summary>
    public int EntriesMax { get; init; } = 200_000;

    /// <summary>How much smaller than the last time it may be, in percent. Default 50.</summary>
    public int ShrinkPercentMax { get; init; } = 50;
}

/// <summary>Decides whether a list of others (C8) is taken. Pure.</summary>
public static class ThirdPartyRules
{
    // Lines that are no entries: more, and it is something else.
    private const int MalformedPercentMax = 1;

    // Nobody's on the Internet: what a list says about them is about another network.
    private static readonly Prefix[] Private =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3", "::/96", "fc00::/7", "fe80::/10", "ff00::/8",
        ]).Select(Prefix.Parse),
    ];

    /// <summary>Whether an address is nobody's on the Internet: private, or for purposes of its own.</summary>
    public static bool IsNobodys(Address address) => Array.Exists(Private, p => p.Contains(address));

    /// <summary>Whether a list is taken, and what of it.</summary>
    /// <param name="reading">What it said, read up to <see cref="FeedLimits.EntriesMax"/>.</param>
    /// <param name="before">Entries of it that are in force.</param>
    /// <param name="limits">How much is believed.</param>
    /// <param name="own">Our networks: our customers are dealt with by cases.</param>
    /// <param name="never">What is never blocked.</param>
    /// <param name="acceptsShrunken">Whether a person has looked at why it has become so much smaller.</param>
    public static FeedVerdict Decide(FeedReading reading, int before, FeedLimits limits, IEnumerable<Prefix> own, IEnumerable<NeverBlockEntry> never, bool acceptsShrunken)
    {
        if (reading.Problem is { } problem)
            return new FeedVerdict.Refused(problem);
        if (reading.Prefixes.Count == 0)
            return new FeedVerdict.Refused("It is empty.");
        if (reading.Malformed * 100L > (reading.Prefixes.Count + (long)reading.Malformed) * MalformedPercentMax)
            return new FeedVerdict.Refused($"{reading.Malformed} of its lines are no entries: it is something else.");
        foreach (var prefix in reading.Prefixes)
        {
            if (prefix.IsWiderThanANetwork)
                return new FeedVerdict.Refused($"It has {prefix}: too much of the Internet for one entry.");
        }

        Prefix[] untouchable = [.. Private, .. own, .. never.Select(n => n.Prefix)];
        var taken = reading.Prefixes.Where(p => !Array.Exists(untouchable, u => u.Overlaps(p))).ToList();
        if (taken.Count == 0)
            return new FeedVerdict.Refused("All of it is private, ours, or never blocked.");
        return !acceptsShrunken && before - taken.Count > before * (long)limits.ShrinkPercentMax / 100
            ? new FeedVerdict.Refused($"It has {taken.Count} entries, and had {before}: that is {limits.ShrinkPercentMax} % less or worse.")
            : new FeedVerdict.Taken(taken, reading.Prefixes.Count - taken.Count);
    }

    /// <summary>What stands in the way of an entry of our own about others; null when nothing does.</summary>
    public static string? ProblemOf(Prefix prefix, IEnumerable<Prefix> own) =>
        own.FirstOrDefault(o => o.Overlaps(prefix)) is { Length: > 0 } ours ? $"{ours} is ours: a customer is blocked with 'block add', or by a case."
        : Private.FirstOrDefault(p => p.Overlaps(prefix)) is { Length: > 0 } inside ? $"{inside} is nobody's on the Internet."
        : null;
}

/// <summary>What <see cref="ThirdPartyRules"/> says about a list.</summary>
public abstract record FeedVerdict
{
    private FeedVerdict()
    {
    }

    /// <summary>It is taken.</summary>
    /// <param name="Prefixes">What is blocked.</param>
    /// <param name="LeftOut">Entries that are private, ours or never blocked.</param>
    public sealed record Taken(IReadOnlyList<Prefix> Prefixes, int LeftOut) : FeedVerdict;

    /// <summary>It is not; what was taken last stays.</summary>
    public sealed record Refused(string Why) : FeedVerdict;
}
