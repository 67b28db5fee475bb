namespace Mailreeve.Protocols.Spf;

/// <summary>Whether a domain lets an address send its mail (RFC 7208 §2.6).</summary>
public enum SpfResult
{
    /// <summary>The domain says nothing, or is no domain.</summary>
    None,

    /// <summary>The domain says that it does not say.</summary>
    Neutral,

    /// <summary>It may.</summary>
    Pass,

    /// <summary>It may not.</summary>
    Fail,

    /// <summary>It probably may not.</summary>
    SoftFail,

    /// <summary>The DNS did not answer. Later it may.</summary>
    TempError,

    /// <summary>What the domain says cannot be understood, or costs too many lookups.</summary>
    PermError,
}

/// <summary>What an SPF check has found.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain that was asked, as the client wrote it.</param>
public sealed record SpfVerdict(SpfResult Result, string Domain)
{
    /// <summary>For <see cref="SpfResult.Fail"/>: what the domain wants its senders to be told, in ASCII (RFC 7208 §6.2). Written by a stranger.</summary>
    public string? Explanation { get; init; }

    /// <summary>For <see cref="SpfResult.PermError"/> and <see cref="SpfResult.TempError"/>: what is wrong, for people.</summary>
    public string? Problem { get; init; }
}

/// <summary>Who sends what, from where.</summary>
/// <param name="Client">The address of the client.</param>
/// <param name="LocalPart">Local part of the envelope sender; empty counts as <c>postmaster</c> (RFC 7208 §4.3).</param>
/// <param name="Domain">Domain of the envelope sender; the name in HELO when there is no sender (RFC 7208 §2.4).</param>
/// <param name="Helo">The name in HELO.</param>
/// <param name="Receiver">Our name.</param>
/// <param name="UnixSeconds">What time it is, for explanations.</param>
public sealed record SpfQuery(Net.Address Client, string LocalPart, string Domain, string Helo, string Receiver, long UnixSeconds);
