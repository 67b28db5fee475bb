using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Policy.Trust;

/// <summary>Tells from the checks of a mail who sent the report in it. Pure.</summary>
/// <remarks>
/// It decides what may happen to a customer by itself, so it asks for more than a mailbox does: a signature must cover the whole body
/// (what is added behind it is anybody's), and a name server that does not answer proves nothing.
/// </remarks>
public static class AuthenticationRules
{
    /// <summary>Who sent it; <see langword="null"/> when that is not proved.</summary>
    /// <param name="facts">What the checks found.</param>
    /// <param name="suffixes">What tells whose a domain is.</param>
    public static ReportAuthentication? Decide(InboundFacts facts, PublicSuffixList suffixes)
    {
        // The domain's own word comes first: when it says that this is not its mail, nothing else makes it so.
        if (facts.Author is not { Result: DmarcResult.Pass or DmarcResult.None, Domain: { Length: > 0 } from })
            return null;
        var organisation = suffixes.OrganizationalDomain(from);
        foreach (var signature in facts.Signatures)
        {
            if (signature is { Passes: true, IsPartial: false, IsTesting: false, Domain: { } domain } && IsOf(organisation, domain, suffixes))
                return new ReportAuthentication(ReporterProof.Dkim, from, organisation);
        }

        return facts.Spf is { Result: SpfResult.Pass, Domain: var sender } && IsOf(organisation, sender, suffixes)
            ? new ReportAuthentication(ReporterProof.Spf, from, organisation)
            : null;
    }

    private static bool IsOf(string organisation, string domain, PublicSuffixList suffixes) =>
        suffixes.OrganizationalDomain(domain) == organisation;
}
