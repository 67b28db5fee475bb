namespace Mailreeve.Policy.Attribution;

/// <summary>What names the customer behind a reported resource, best first. The first three are our own records of the very message.</summary>
/// <remarks>Stored as its text: the words never change their meaning.</remarks>
public enum AttributionBasis
{
    /// <summary>Our signed trace stands in the message, and the submission log agrees with it.</summary>
    Traced,

    /// <summary>Our own queue id or Message-ID stands in the message, and what the submission log has under it agrees.</summary>
    QueueId,

    /// <summary>A DKIM signature of a domain that we sign for verifies on the evidence: it proves the content, and whose domain it is.</summary>
    Dkim,

    /// <summary>The address was assigned to the customer at that time.</summary>
    Address,

    /// <summary>A mailbox or domain of the customer's, borne out by SPF or DKIM as the reporter's own server saw it.</summary>
    Name,

    /// <summary>The host of a URL or site is a domain of the customer's.</summary>
    Url,

    /// <summary>The host of a URL or site led to an address that was assigned to the customer, according to the DNS answers we stored.</summary>
    UrlAddress,

    /// <summary>Nothing: no customer is named.</summary>
    None,
}
