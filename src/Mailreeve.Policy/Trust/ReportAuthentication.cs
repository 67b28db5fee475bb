namespace Mailreeve.Policy.Trust;

/// <summary>What shows who sent a report.</summary>
public enum ReporterProof
{
    /// <summary>The domain in From lets the client send its mail (RFC 7208), and says so for the envelope of this message.</summary>
    Spf,

    /// <summary>A signature of the domain in From over the whole message (RFC 6376).</summary>
    Dkim,

    /// <summary>A key that we gave to the reporter, shown to the API.</summary>
    ApiKey,
}

/// <summary>Who sent a report, as far as that is proved. What nobody proves has none of these.</summary>
/// <param name="Proof">What proves it.</param>
/// <param name="Domain">Whose report it is: the domain in From, or the one that the key was given to. Lower case, A-labels.</param>
/// <param name="Organisation">The organisational domain of that (RFC 7489 §3.2): two names below it are one reporter.</param>
public sealed record ReportAuthentication(ReporterProof Proof, string Domain, string Organisation)
{
    /// <summary>Whether the proof speaks for this mailbox: it is in the domain, or in one of the same organisation.</summary>
    public bool Covers(string? mailbox)
    {
        var at = mailbox?.LastIndexOf('@') ?? -1;
        if (at < 0)
            return false;
        var domain = mailbox.AsSpan(at + 1).TrimEnd('.');
        return domain.Equals(Domain, StringComparison.OrdinalIgnoreCase) || domain.Equals(Organisation, StringComparison.OrdinalIgnoreCase)
            || (domain.EndsWith(Organisation, StringComparison.OrdinalIgnoreCase) && domain[domain.Length - Organisation.Length - 1] == '.');
    }
}
