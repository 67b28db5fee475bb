using Mailreeve.Policy.Trust;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>Who sent the reports of a batch, as far as that is proved, and what is known about them.</summary>
internal sealed class Complainants
{
    private readonly IReadOnlyDictionary<string, long> reporters;
    private readonly IReadOnlyDictionary<string, ReporterOrganisation> organisations;

    private Complainants(IReadOnlyDictionary<string, long> reporters, IReadOnlyDictionary<string, ReporterOrganisation> organisations) =>
        (this.reporters, this.organisations) = (reporters, organisations);

    /// <summary>Numbers of all of them.</summary>
    public IEnumerable<long> Reporters => reporters.Values;

    /// <summary>Finds or adds them, and counts what they sent.</summary>
    public static async Task<Complainants> LoadAsync(DbSession db, IReadOnlyList<UnderstoodReport> reports, Instant now, CancellationToken stop)
    {
        var sent = reports.Select(r => r.Report.Authentication?.Organisation).OfType<string>().GroupBy(d => d).ToDictionary(g => g.Key, g => (long)g.Count());
        var organisations = await new ReporterOrganisationStore(db).CountAsync(sent, now, stop);
        var mailboxes = reports.GroupBy(r => r.ReporterMailbox).ToDictionary(g => g.Key, g => (long)g.Count());
        var organisationOf = reports
            .Where(r => r.Report.Authentication is not null)
            .GroupBy(r => r.ReporterMailbox)
            .ToDictionary(g => g.Key, g => organisations[g.First().Report.Authentication!.Organisation].Id);
        return new Complainants(await new ReporterStore(db).CountAsync(mailboxes, organisationOf, now, stop), organisations);
    }

    /// <summary>The reporter's number. All that is not proved has one and the same: anybody can write any name.</summary>
    public long NumberOf(UnderstoodReport report) => reporters[report.ReporterMailbox];

    /// <summary>The organisation that is proved to have sent it; null when none is.</summary>
    public ReporterOrganisation? OrganisationOf(UnderstoodReport report) =>
        report.Report.Authentication is { } proved ? organisations[proved.Organisation] : null;

    /// <summary>Whether it is a click in a feedback loop: by what it says itself, or because its sender runs one.</summary>
    public bool IsClick(UnderstoodReport report) =>
        report.Reading.IsFeedbackLoop || OrganisationOf(report) is { Standing: ReporterStanding.FeedbackLoop };
}
