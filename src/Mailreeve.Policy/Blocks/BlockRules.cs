using Mailreeve.Policy.Accounts;

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

        // How many, and not which: the customer of the case may read this, and the sites are others'.
        var sites = policy.Terms.BlockSitesAtMost.Value;
        if (facts.OtherSites.Count > sites)
            return new BlockVerdict.AskFirst($"It would also hit {facts.OtherSites.Count} sites of others; more than {sites} need an operator's word.");

        var most = policy.Terms.BlockAddressesAtMost.Value;
        return facts.Addresses > (ulong)most
            ? new BlockVerdict.AskFirst($"It would cover {facts.Addresses} addresses; more than {most} need an operator's word.")
            : new BlockVerdict.Allowed();
    }

    /// <summary>
    /// Whether this person may place it: within what the policy lets happen by itself everyone who may block, beyond it an administrator; what
    /// hits other customers or very many addresses, only together with somebody else.
    /// </summary>
    /// <returns>Never <see cref="BlockVerdict.AskFirst"/>: who asks is asked.</returns>
    public static BlockVerdict DecideFor(OperatorRole role, AbusePolicy policy, BlockFacts facts)
    {
        if (!OperatorRules.May(role, DeskAction.PlaceBlocks))
            return new BlockVerdict.Never("Your role does not place blocks.");
        foreach (var prefix in facts.Prefixes)
        {
            if (prefix.IsWiderThanANetwork)
                return new BlockVerdict.Never($"{prefix} is too much of the Internet for one block.");
        }

        return Decide(policy, facts) switch
        {
            BlockVerdict.AskFirst ask when role != OperatorRole.Admin => new BlockVerdict.Never($"{ask.Why} An administrator may place it."),
            BlockVerdict.Never never => never,
            _ => Alone(policy, facts),
        };
    }

    private static BlockVerdict Alone(AbusePolicy policy, BlockFacts facts)
    {
        if (facts.OtherCustomers > 0)
            return new BlockVerdict.FourEyes($"It would also hit {facts.OtherCustomers} other customer(s).");
        var most = policy.Terms.BlockFourEyesAbove.Value;
        return facts.Lines > (ulong)most
            ? new BlockVerdict.FourEyes($"It would cover more than {most} addresses, or networks of /64 of IPv6.")
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

    /// <summary>Only when another operator says so too.</summary>
    public sealed record FourEyes(string Why) : BlockVerdict;

    /// <summary>Not even then.</summary>
    public sealed record Never(string Why) : BlockVerdict;
}
