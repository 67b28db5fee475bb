namespace Mailreeve.Policy.Blocks;

/// <summary>What kind of traffic a block stops.</summary>
public enum BlockScope
{
    /// <summary>All of it.</summary>
    All,

    /// <summary>Mail between servers only (C7).</summary>
    Port25,
}
