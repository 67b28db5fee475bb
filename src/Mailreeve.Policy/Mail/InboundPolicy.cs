namespace Mailreeve.Policy.Mail;

/// <summary>When incoming mail is put off.</summary>
public enum Greylisting
{
    /// <summary>Never for this reason.</summary>
    Off,

    /// <summary>When something speaks against the sender, and nothing for it.</summary>
    Suspicious,

    /// <summary>Whenever nothing speaks for the sender.</summary>
    All,
}

/// <summary>How hard incoming mail is judged (C8). Weights are points; what speaks for a sender has points below 0.</summary>
public sealed record InboundPolicy
{
    /// <summary>From so many points on, a message is spam to the program, and the user's choice decides. Default 6.</summary>
    public int SpamAt { get; init; } = 6;

    /// <summary>From so many points of DNS lists alone on, the client is refused. Default 10.</summary>
    public int RefuseListedAt { get; init; } = 10;

    /// <summary>Whether the wish of an author's domain that forged mail be refused is granted (RFC 7489 §6.3). Default yes.</summary>
    public bool HonoursReject { get; init; } = true;

    /// <summary>Points when SPF says that the client may not send for the domain. Default 4.</summary>
    public int SpfFail { get; init; } = 4;

    /// <summary>Points when SPF says that it probably may not. Default 2.</summary>
    public int SpfSoftFail { get; init; } = 2;

    /// <summary>Points when the client's address has no name, or one that is not true. Default 2.</summary>
    public int NoTrueName { get; init; } = 2;

    /// <summary>Points when the name in HELO is none that a server could have. Default 2.</summary>
    public int OddHelo { get; init; } = 2;

    /// <summary>Points when nobody can say whose a message is: no author, or authors of several domains. Default 3.</summary>
    public int NoAuthor { get; init; } = 3;

    /// <summary>Domains whose word about the messages they hand on is taken (ARC, RFC 8617 §7.2). Default none.</summary>
    public IReadOnlyList<string> TrustedSealers { get; init; } = [];

    /// <summary>When mail is put off (RFC 6647). Default never.</summary>
    public Greylisting Greylisting { get; init; } = Greylisting.Off;
}
