using Mailreeve.Policy;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>The clicks of feedback loops in a batch of reports, and the rates that they make.</summary>
internal sealed class FeedbackBatch(DbSession db, TrustTerms terms, Complainants complainants, Instant now)
{
    private readonly Dictionary<(CustomerId, string), FeedbackCount> counts = [];

    /// <summary>Keeps the clicks. Those of nobody's are not counted: anybody can send them.</summary>
    public Task KeepAsync(IReadOnlyList<UnderstoodReport> reports, CancellationToken stop) =>
        new FeedbackStore(db).AddAsync([.. reports.SelectMany(ClicksOf)], stop);

    /// <summary>What feedback loops said about the resource of a finding.</summary>
    public async Task<FeedbackCount> CountAsync(Finding finding, CancellationToken stop)
    {
        var key = (Customer: finding.Holder!.Value, finding.Resource!.Name);
        if (!counts.TryGetValue(key, out var count))
            counts[key] = count = await new FeedbackStore(db).CountAsync(key.Customer, key.Name, now - terms.FeedbackWindow.Value, stop);
        return count;
    }

    /// <summary>Whether they are more than the customer's mail allows.</summary>
    public bool Exceeds(FeedbackCount count) => FeedbackRules.Exceeds(terms, count.Clicks, count.NotSpam, count.Sent);

    private IEnumerable<Feedback> ClicksOf(UnderstoodReport report)
    {
        if (complainants.OrganisationOf(report) is not { Standing: not ReporterStanding.Ignored } organisation)
            yield break;
        var isClick = complainants.IsClick(report);
        foreach (var finding in report.Findings.Where(f => f.Holder is not null && f.Resource is not null && (f.IsNotSpam || (isClick && f.MakesCase))))
        {
            yield return new Feedback
            {
                Customer = finding.Holder!.Value,
                Resource = finding.Resource!.Name,
                Organisation = organisation.Id,
                Fingerprint = report.Fingerprint,
                IsSpam = !finding.IsNotSpam,
                At = now,
                Report = report.Report.Id,
            };
        }
    }
}
