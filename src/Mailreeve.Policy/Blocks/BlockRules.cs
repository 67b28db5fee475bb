namespace Mailreeve.Policy.Blocks;

/// <summary>Keeps a block from harming those it is not meant for. Pure.</summary>
public static class BlockRules
{
    /// <summary>Whether a block may be placed by itself, by a person, or not at all.</summary>
    public static BlockVerdict Decide(AbusePolicy policy, BlockFacts facts)
    {
        if (facts.Prefixes.Count == 0)
            return new BlockVerdict.Never("There is no address to block.");
        if (facts.NeverBlock is { } never)
            return new BlockVerdict.Never($"{never.Prefix} is on the never-block list: {never.Reason}.");
        if (facts.OtherCustomers > 0)
            return new BlockVerdict.AskFirst($"It would also hit {facts.OtherCustomers} other customer(s).");

        var most = policy.Terms.BlockAddressesAtMost.Value;
        return facts.Addresses > (ulong)most
            ? new BlockVerdict.AskFirst($"It would cover {facts.Addresses} addresses; more than {most} need an operator's word.")
            : new BlockVerdict.Allowed();
    }
}

/// <summary>What <see cref="BlockRules"/> says about a block.</summary>
public abstract record BlockVerdict
{
    private BlockVerdict()
    {
    }

    /// <summary>It harms no one else.</summary>
    public sealed record Allowed : BlockVerdict;

    /// <summary>Only when an operator, told why, says so.</summary>
    public sealed record AskFirst(string Why) : BlockVerdict;

    /// <summary>Not even then.</summary>
    public sealed record Never(string Why) : BlockVerdict;
}
