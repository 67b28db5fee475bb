using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Enforcement;

/// <summary>What a back end can do about a block.</summary>
/// <param name="Proof">Where the block stands once all its elements are in <see cref="IBlockBackEnd.Read"/>; <see cref="EnforcementState.Pending"/> when it takes none of them.</param>
/// <param name="Detail">What it leaves undone, for a person to read; null when nothing.</param>
public readonly record struct BlockReach(EnforcementState Proof, string? Detail)
{
    /// <summary>It stops all that the block is to stop, and shows it.</summary>
    public static readonly BlockReach Whole = new(EnforcementState.Active, null);

    /// <summary>It does nothing about the block.</summary>
    /// <param name="why">Why not.</param>
    public static BlockReach None(string why) => new(EnforcementState.Pending, why);

    /// <summary>Whether it does anything.</summary>
    public bool IsAny => Proof != EnforcementState.Pending;
}
