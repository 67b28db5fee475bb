namespace Mailreeve.Protocols.Dkim;

/// <summary>What became of a signature; the words of Authentication-Results (RFC 8601 §2.7.1).</summary>
public enum DkimResult
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It is right.</summary>
    Pass,

    /// <summary>It is wrong: header or body are not what was signed.</summary>
    Fail,

    /// <summary>It may be right, and is not taken: it has expired, or the key is too short.</summary>
    Policy,

    /// <summary>It is written in a way that cannot be understood.</summary>
    Neutral,

    /// <summary>The key could not be looked up now.</summary>
    TempError,

    /// <summary>It can never be verified: there is no key, or none that fits.</summary>
    PermError,
}
