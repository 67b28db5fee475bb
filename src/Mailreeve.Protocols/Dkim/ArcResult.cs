namespace Mailreeve.Protocols.Dkim;

/// <summary>What a chain is worth (RFC 8617 §4.4).</summary>
public enum ArcResult
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It is whole, and the newest of its signatures is right.</summary>
    Pass,

    /// <summary>It is broken. It cannot be mended, and nobody may go on with it.</summary>
    Fail,

    /// <summary>A key could not be looked up now. Not a state of the chain, but of us.</summary>
    TempError,
}
