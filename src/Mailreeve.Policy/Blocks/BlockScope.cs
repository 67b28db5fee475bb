namespace Mailreeve.Policy.Blocks;

/// <summary>What kind of traffic a block stops.</summary>
public enum BlockScope
{
    /// <summary>All of it.</summary>
    All,

    /// <summary>Mail between servers only (C7).</summary>
    Port25,
}

/// <summary>Which way.</summary>
public enum BlockDirection
{
    /// <summary>From the blocked address to us.</summary>
    In,

    /// <summary>From us to the blocked address.</summary>
    Out,
}
