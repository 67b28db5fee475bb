namespace Mailreeve.Policy.Blocks;

/// <summary>Which sites a block hits that it is not meant for (D5). Pure.</summary>
public static class SiteReach
{
    /// <summary>So many that are known are looked at; more of them change nothing.</summary>
    public const long KnownMax = 10_000;

    /// <summary>The sites of others, each once, in order of their names.</summary>
    /// <param name="sites">All that are known at the addresses.</param>
    /// <param name="meant">Whom the block is meant for, with those below and above them.</param>
    /// <remarks>
    /// A site that nobody has on record is taken for whoever has its address: a sender of spam has very many names. At an address of a third
    /// party every site is somebody else's.
    /// </remarks>
    public static IReadOnlyList<string> Others(IEnumerable<KnownSite> sites, IReadOnlySet<CustomerId> meant) =>
        [.. sites.Where(s => s.Owner is { } owner ? !meant.Contains(owner) : s.Holder is null).Select(s => s.Host).Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>A host that reports named, where it led when it was last looked up.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Owner">The customer who has its domain; null when none has.</param>
/// <param name="Holder">The customer who has its address; null when none has.</param>
public sealed record KnownSite(string Host, CustomerId? Owner, CustomerId? Holder);
