using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Trust;

namespace Mailreeve.Policy.Detections;

/// <summary>Decides whether an address of others that attacks is blocked without a person (C5). Pure.</summary>
public static class AttackerRules
{
    /// <summary>Why it is not, as a sentence; null when it is.</summary>
    /// <param name="policy">The policy: its limits on blocks hold here too.</param>
    /// <param name="terms">The operator's figures.</param>
    /// <param name="seen">What was detected.</param>
    /// <param name="facts">What is known about the address.</param>
    public static string? WhyNot(AbusePolicy policy, DetectionTerms terms, DetectionVerdict seen, AttackerFacts facts) =>
        seen.Level < TrustLevel.Block ? "Too little for a block without a person."
        : facts.Block.Prefixes.Any(p => ThirdPartyRules.IsNobodys(p.First)) ? "Nobody's address on the Internet."
        : facts.Standing is { } block ? $"Blocked already, block {block.Value}."
        : BlockRules.Decide(policy, facts.Block) switch
        {
            BlockVerdict.Never never => never.Why,
            BlockVerdict.AskFirst ask => $"Not without a person. {ask.Why}",
            _ => null,
        }
        ?? (!terms.BlocksOthers ? "It would be blocked; detection.block-others is not set."
        : facts.InForce >= terms.BlocksAtMost ? $"Not blocked: {terms.BlocksAtMost} such blocks are in force."
        : null);
}

/// <summary>What is known about an address of others.</summary>
/// <param name="Block">What a block of it would hit.</param>
/// <param name="Standing">The block that stops all its traffic already; null for none.</param>
/// <param name="InForce">Blocks in force that detections have led to.</param>
public sealed record AttackerFacts(BlockFacts Block, BlockId? Standing, long InForce);
