using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Protocols.Dmarc;

/// <summary>Finds out whether a message is from whom it says (RFC 7489 §6.6). At most two questions about the record, three about a name.</summary>
/// <param name="suffixes">What tells whose a domain is.</param>
public sealed class DmarcCheck(PublicSuffixList suffixes)
{
    private readonly record struct Discovery(DmarcRecord? Record, string Domain, bool Failed);

    /// <summary>Checks a message.</summary>
    /// <param name="fromDomain">The domain in From; null when there is none, or there are several.</param>
    /// <param name="spf">What SPF says about the envelope sender.</param>
    /// <param name="signatures">What DKIM says.</param>
    /// <param name="sample">0–99, a number drawn for this message: which share of them it falls into (RFC 7489 §6.6.4).</param>
    /// <param name="ask">Asks the DNS.</param>
    /// <param name="stop">Stops the work.</param>
    public async ValueTask<DmarcVerdict> RunAsync(
        string? fromDomain, SpfVerdict spf, IReadOnlyList<DkimVerdict> signatures, int sample, AskDns ask, CancellationToken stop)
    {
        if (fromDomain is null || !DnsName.CanBeAsked(fromDomain))
            return new DmarcVerdict(DmarcResult.PermError, fromDomain ?? "");
        var organization = suffixes.OrganizationalDomain(fromDomain);
        var found = await DiscoverAsync(fromDomain, organization, ask, stop);
        if (found.Record is not { } record)
            return new DmarcVerdict(found.Failed ? DmarcResult.TempError : DmarcResult.None, fromDomain);

        var published = await PublishedAsync(record, found.Domain, fromDomain, ask, stop);
        var verdict = new DmarcVerdict(DmarcResult.Pass, fromDomain)
        {
            Published = published,
            Policy = Sampled(published, record.Percent, sample),
            RecordOf = found.Domain,
        };
        if (spf.Result == SpfResult.Pass && IsAligned(spf.Domain, fromDomain, organization, record.StrictSpf))
            return verdict;
        var isUnsure = spf.Result == SpfResult.TempError && IsAligned(spf.Domain, fromDomain, organization, record.StrictSpf);
        foreach (var signature in signatures)
        {
            if (signature.Domain is not { } domain || !IsAligned(domain, fromDomain, organization, record.StrictDkim))
                continue;
            if (signature.Passes)
                return verdict;
            isUnsure |= signature.Result == DkimResult.TempError;
        }

        return verdict with { Result = isUnsure ? DmarcResult.TempError : DmarcResult.Fail };
    }

    // §6.6.3: the domain's own record, or else that of its organisation.
    private static async ValueTask<Discovery> DiscoverAsync(string fromDomain, string organization, AskDns ask, CancellationToken stop)
    {
        var own = await RecordAsync(fromDomain, ask, stop);
        return own.Record is not null || own.Failed || DomainName.Same(fromDomain, organization) ? own : await RecordAsync(organization, ask, stop);
    }

    private static async ValueTask<Discovery> RecordAsync(string domain, AskDns ask, CancellationToken stop)
    {
        var name = $"_dmarc.{domain}";
        if (!DnsName.CanBeAsked(name))
            return new Discovery(null, domain, Failed: false);
        var answer = await ask(name, DnsType.Txt, stop);
        string? only = null;
        foreach (var text in answer.Texts)
        {
            if (!DmarcRecord.IsOne(text))
                continue;
            // Two are none.
            if (only is not null)
                return new Discovery(null, domain, Failed: false);
            only = text;
        }

        return new Discovery(only is null ? null : DmarcRecord.ParseOrNull(only), domain, answer.Outcome == DnsOutcome.Failed);
    }

    private static async ValueTask<DmarcPolicy> PublishedAsync(DmarcRecord record, string recordOf, string fromDomain, AskDns ask, CancellationToken stop)
    {
        if (DomainName.Same(recordOf, fromDomain))
            return record.Policy;
        return record.NonExistentPolicy is { } policy && !await ExistsAsync(fromDomain, ask, stop) ? policy : record.SubdomainPolicy;
    }

    // RFC 9091 §2.7: a name without any of the three is taken for one that does not exist.
    private static async ValueTask<bool> ExistsAsync(string domain, AskDns ask, CancellationToken stop)
    {
        foreach (var type in new[] { DnsType.A, DnsType.Aaaa, DnsType.Mx })
        {
            if ((await ask(domain, type, stop)).Outcome != DnsOutcome.Nothing)
                return true;
        }

        return false;
    }

    // What falls out of the share is treated one step more gently.
    private static DmarcPolicy Sampled(DmarcPolicy policy, int percent, int sample) =>
        sample < percent || policy == DmarcPolicy.None ? policy : policy - 1;

    private bool IsAligned(string domain, string fromDomain, string organization, bool strict) =>
        DomainName.Same(domain, fromDomain) || (!strict && suffixes.OrganizationalDomain(domain) == organization);
}
