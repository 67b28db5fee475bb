using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>From the bytes of a report to whose resources it names. Reads memory only, so that many can be read at once.</summary>
internal sealed class ReportUnderstanding(AbusePolicy policy, Provider provider, ReportLimits limits)
{
    // Clocks of mail servers that nobody sets are off by minutes, not by hours.
    private static readonly Duration ClockSkew = Duration.FromMinutes(5);

    /// <summary>Reads a report and finds the customers behind what it names.</summary>
    public UnderstoodReport Understand(WaitingReport report, Directory directory)
    {
        var reading = report.Channel == ReportChannel.Api
            ? ReportReader.ReadJson(report.Raw, limits)
            : ReportReader.Read(report.Raw, limits);
        return new UnderstoodReport
        {
            Report = report,
            Reading = reading,
            Findings = [.. reading.Observations.Select(o => Find(o, directory, report.ReceivedAt))],
            ReporterMailbox = ReporterOf(report, reading),
            Fingerprint = FingerprintOf(report, reading),
            Trace = reading.Original is { } original
                ? TraceSearch.InMessage(original.Bytes, original.HeadersOnly ? TracePlace.Header : TracePlace.Attached)
                : null,
        };
    }

    /// <summary>
    /// The same report when the trace in the message names its sender. That goes before addresses: those tell through which of our servers
    /// it went, and the trace tells who handed it in, even if the reporter left nothing else of it.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="submission">The message that the submission log has under the trace's id.</param>
    /// <param name="directory">Customers and what is theirs.</param>
    /// <param name="now">The time.</param>
    public UnderstoodReport Traced(UnderstoodReport report, TracedSubmission submission, Directory directory, Instant now)
    {
        if (!TraceRules.NamesSender(TraceRules.Decide(TracedSubmission.FactsOf(report.Trace, submission), now)))
            return report;
        // One trace speaks of one message; which of several observations that is cannot be told.
        if (report.Findings.Count(IsAboutMail) != 1 || directory.ChainOf(submission.CustomerId) is not [.., var direct])
            return report;
        var resource = submission.Mailbox is { } mailbox
            ? new Resource(ResourceKind.Mailbox, mailbox)
            : new Resource(ResourceKind.Address, submission.ClientAddress.ToString());
        return report with
        {
            Findings = [.. report.Findings.Select(f => IsAboutMail(f) ? Traced(f) : f)],
        };

        Finding Traced(Finding finding) => finding with
        {
            Resource = resource,
            Kind = policy.KindOf(finding.Type, isSite: false),
            Verdict = new AttributionVerdict.Traced(submission.CustomerId, submission.Id),
            Direct = direct.Id,
            Basis = AttributionBasis.Traced,
        };
    }

    private static bool IsAboutMail(Finding finding) =>
        finding.Observation is { Category: "messaging", Role: ObservationRole.Source };

    /// <summary>How far off a reported time may be, either way.</summary>
    internal static Duration DoubtOf(ReportedTime time) => time.Confidence switch
    {
        TimeConfidence.Exact => ClockSkew,
        TimeConfidence.NoZone => Duration.FromHours(14),
        _ => Duration.FromHours(38),
    };

    // The first resource that is somebody's decides; without one, the best of the others says what is wrong with the report.
    private Finding Find(Observation observation, Directory directory, Instant receivedAt)
    {
        Finding? best = null;
        foreach (var (resource, isSite) in ResourcesOf(observation))
        {
            var finding = Find(observation, resource, isSite, directory, receivedAt);
            if (finding.Holder is not null)
                return finding;
            if (best is null or { Verdict: AttributionVerdict.NotOurs })
                best = finding;
        }

        return best ?? new Finding(observation, null, null, new AttributionVerdict.NotOurs(), null);
    }

    private Finding Find(Observation observation, Resource resource, bool isSite, Directory directory, Instant receivedAt)
    {
        var window = AttributionRules.WindowOf(observation.Time.Utc, DoubtOf(observation.Time), receivedAt);
        var facts = Address.TryParse(resource.Name, out var address)
            ? new AttributionFacts(window, [.. directory.Covering(address)], provider.Owns(address))
            : new AttributionFacts(window, [.. directory.Owning(resource.Name)], provider.Owns(resource.Name));
        var verdict = AttributionRules.Decide(facts);
        var kind = policy.KindOf($"{observation.Category}/{observation.Type}", isSite);
        var finding = new Finding(observation, resource, kind, verdict, null);
        return finding.Holder is { } holder
            ? finding with { Direct = directory.ChainOf(holder)[^1].Id, Basis = resource.Kind == ResourceKind.Address ? AttributionBasis.Address : AttributionBasis.Url }
            : finding;
    }

    private IEnumerable<(Resource Resource, bool IsSite)> ResourcesOf(Observation observation)
    {
        // The victim is not the accused, however often its address stands in the report.
        if (observation.Role == ObservationRole.Victim)
            yield break;

        var isSite = observation.Role == ObservationRole.Site;
        if (observation.Address is { } address)
            yield return (new Resource(ResourceKind.Address, address.ToString()), isSite);
        foreach (var name in new[] { UrlHost.Of(observation.Url), observation.Domain }.OfType<string>())
            yield return (ResourceOf(name), true);

        // Lines below the reporter's own can be forged; only an address of ours is worth a look, and the newest first.
        foreach (var hop in observation.Candidates.Where(h => provider.Owns(h.Address)))
            yield return (new Resource(ResourceKind.Address, hop.Address.ToString()), isSite);
    }

    private static Resource ResourceOf(string host) =>
        Address.TryParse(host, out var address)
            ? new Resource(ResourceKind.Address, address.ToString())
            : new Resource(ResourceKind.Domain, DbText.Clean(host.TrimEnd('.').ToLowerInvariant()));

    private static string ReporterOf(WaitingReport report, ReportReading reading)
    {
        var mailbox = reading.Reporter?.Mailbox ?? reading.Sender?.Mailbox ?? report.EnvelopeFrom;
        if (string.IsNullOrWhiteSpace(mailbox))
            mailbox = $"unknown@[{report.ClientAddress?.ToString() ?? "0.0.0.0"}]";
        // Cut first: that may leave half a surrogate pair.
        return DbText.Clean((mailbox.Length <= 320 ? mailbox : mailbox[..320]).ToLowerInvariant());
    }

    private static byte[] FingerprintOf(WaitingReport report, ReportReading reading) => reading.Original switch
    {
        { MessageId: { Length: > 0 } id } => SHA256.HashData(Encoding.UTF8.GetBytes(id)),
        { } original => SHA256.HashData(original.Bytes.Span),
        null => report.Sha256,
    };
}
