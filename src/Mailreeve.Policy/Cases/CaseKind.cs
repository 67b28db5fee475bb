namespace Mailreeve.Policy.Cases;

/// <summary>What a case alleges; each kind has a ladder in the policy file.</summary>
public enum CaseKind
{
    /// <summary>UBE/UCE sent over the customer's connection (C1, C4).</summary>
    Spam,

    /// <summary>A site advertised through UBE/UCE, wherever the mail came from (DEF, C2).</summary>
    AdvertisedSite,

    /// <summary>Hacking or port scanning (C5).</summary>
    NetworkAbuse,

    /// <summary>A service bought here that supports UBE/UCE sent elsewhere (C2, C6).</summary>
    SupportService,

    /// <summary>A mail server that relays for anyone (C7).</summary>
    OpenRelay,

    /// <summary>A mail server whose domain has no postmaster@ that takes mail, or that anybody reads (C7).</summary>
    Postmaster,
}
