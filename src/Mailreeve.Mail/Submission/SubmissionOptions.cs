namespace Mailreeve.Mail.Submission;

/// <summary>How mail is taken from customers. Read at start.</summary>
public sealed record SubmissionOptions
{
    /// <summary>Whether passwords and mail are taken without TLS. Default no: both would be there for others to read.</summary>
    public bool AllowsPlain { get; init; }

    /// <summary>Whether a customer's own server may send through us, known by its address, if the customer has the service <c>mail-relay</c>. Default no.</summary>
    public bool TakesServers { get; init; }

    /// <summary>Whether such a server may write under any name; otherwise only under those in the customer's domains. Default no.</summary>
    public bool ServersNameAnySender { get; init; }
}
