using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>
/// From the bytes of a report to whose resources it names, in two steps, between which our records are asked for all reports of a batch:
/// <see cref="Understand"/> reads, <see cref="Attribute"/> decides. Both read memory only, so that many can be done at once.
/// </summary>
internal sealed class ReportUnderstanding(AbusePolicy policy, Provider provider, ReportLimits limits)
{
    /// <summary>Findings about nothing of ours that are kept of one report, for people to see what it was about.</summary>
    public const int StrangersMax = 50;

    // A report names a handful; a list of thousands is not looked up.
    private const int HostsMax = 10;

    private const int BlocksMax = 100;

    // More say no more: with two customers among them nobody is accused.
    private const int BlockPartsMax = 1_000;

    // Clocks of mail servers that nobody sets are off by minutes, not by hours.
    private static readonly Duration ClockSkew = Duration.FromMinutes(5);

    // So long an answer of the DNS about an event in the past need not be renewed.
    private static readonly Duration HostKnownFor = Duration.FromHours(1);

    /// <summary>Reads a report, and says what of it is to be looked up.</summary>
    public UnderstoodReport Understand(WaitingReport report, Directory directory)
    {
        var reading = report.Channel == ReportChannel.Api
            ? ReportReader.ReadJson(report.Raw, limits)
            : ReportReader.Read(report.Raw, limits);
        var reporter = ReporterOf(report, reading);
        return new UnderstoodReport
        {
            Report = report,
            Reading = reading,
            Findings = [],
            ReporterMailbox = reporter,
            Complainer = CampaignStore.HashOf(reading.OriginalRecipients.Count > 0 ? reading.OriginalRecipients[0] : reporter),
            CampaignPrint = reading.Original is { } original ? CampaignPrint.Of(original, limits) : null,
            Fingerprint = FingerprintOf(report, reading),
            Clues = Clues.Of(reading.Original, provider),
            Hosts = [.. reading.Observations.SelectMany(o => HostsOf(o, directory)).Distinct().Take(HostsMax)],
            Addresses = [.. reading.Observations.SelectMany(o => QuestionsOf(o, report)).Distinct()],
        };
    }

    /// <summary>Of the hosts that the report names, those whose addresses must be asked for before anything can be said about them.</summary>
    public static IEnumerable<string> HostsToAsk(UnderstoodReport report, OwnRecords records)
    {
        if (report.Report.HostsWantedAt is not null || report.Report.Queue is not (ReportQueue.Abuse or ReportQueue.Postmaster))
            return [];
        var since = report.Report.ReceivedAt - HostKnownFor;
        return report.Hosts.Where(h => !records.Hosts.TryGetValue(h, out var known) || known.State != HostState.Answered || known.AnsweredAt < since);
    }

    /// <summary>The same report with its findings: the customers behind what it names.</summary>
    /// <param name="report">The report.</param>
    /// <param name="records">What our records have under its clues.</param>
    /// <param name="directory">Customers and what is theirs.</param>
    /// <param name="mailboxes">Mailboxes and whose they are.</param>
    /// <param name="now">The time.</param>
    public UnderstoodReport Attribute(UnderstoodReport report, OwnRecords records, Directory directory, MailboxDirectory mailboxes, Instant now)
    {
        var message = AboutTheMessage(report);
        var findings = new List<Finding>();
        var strangers = 0;
        var blocks = 0;
        foreach (var named in report.Reading.Observations)
        {
            // Each is compared with all assignments; a list of thousands names its lowest addresses.
            var observation = named.Block is not null && ++blocks > BlocksMax ? named with { Block = null } : named;
            var window = WindowOf(observation, report.Report);
            var facts = new AttributionFacts
            {
                Window = window,
                Message = ReferenceEquals(named, message)
                    ? new MessageEvidence(provider, directory, mailboxes, records).FactsOf(report, observation.Mailbox, now)
                    : null,
                Resources = [.. ResourcesOf(observation, window, records, directory).Select(r => r with { Host = HostFactsOf(r.Resource, records, directory) })],
            };
            var attributed = AttributionRules.Decide(facts);
            // Whoever sent a message is no site, even if the report calls it one.
            var isSite = observation.Role == ObservationRole.Site || attributed.Basis is AttributionBasis.Url or AttributionBasis.UrlAddress;
            var kind = policy.KindOf($"{observation.Category}/{observation.Type}", isSite);
            var finding = new Finding(observation, kind, attributed, attributed.Holder is { } holder ? directory.ChainIdsOf(holder.Customer) : [])
            {
                IsFromUs = observation.Address is { } seen ? provider.Owns(seen) : null,
                Earliest = attributed.SentAt ?? facts.Window.Start,
            };
            if (finding.Verdict is AttributionVerdict.NotOurs && ++strangers > StrangersMax)
                continue;
            findings.Add(finding);
        }

        return report with { Findings = findings, LeftOut = Math.Max(0, strangers - StrangersMax) };
    }

    /// <summary>How far off a reported time may be, either way.</summary>
    internal static Duration DoubtOf(ReportedTime time) => time.Confidence switch
    {
        TimeConfidence.Exact => ClockSkew,
        TimeConfidence.NoZone => Duration.FromHours(14),
        _ => Duration.FromHours(38),
    };

    // One message has one sender. Of several sources that a report names, the first one is that of the message that comes with it,
    // unless that is an address which somebody else has given up to us as theirs.
    private Observation? AboutTheMessage(UnderstoodReport report)
    {
        var sources = report.Reading.Observations.Where(o => o is { Category: "messaging", Role: ObservationRole.Source }).Take(20).ToList();
        return sources.Find(o => o.Address is null || provider.IsServer(o.Address.Value) || !provider.Owns(o.Address.Value)) ?? sources.FirstOrDefault();
    }

    private IEnumerable<ResourceFacts> ResourcesOf(Observation observation, Interval window, OwnRecords records, Directory directory)
    {
        // The victim is not the accused, however often its address stands in the report.
        if (observation.Role == ObservationRole.Victim)
            yield break;

        if (observation.AccusedBlock is { } block && provider.FirstOwned(block) is { } first)
            yield return OfBlock(block, first, directory);
        else if (observation.Address is { } address)
            yield return Asked(address);
        foreach (var name in NamesOf(observation))
        {
            yield return Address.TryParse(name, out var host)
                ? Asked(host)
                : new ResourceFacts(new Resource(ResourceKind.Domain, name), directory.CandidatesOf(name), provider.Owns(name));
        }

        // Lines below the reporter's own can be forged; only an address of ours is worth a look, and the newest first.
        foreach (var hop in observation.Candidates.Where(h => provider.Owns(h.Address)))
        {
            yield return Asked(hop.Address);
            // What is below a line of ours, only our log can tell.
            if (provider.IsServer(hop.Address))
                yield break;
        }

        ResourceFacts Asked(Address one) => OfAddress(one, directory) with
        {
            Who = records.Addresses.FactsOf(new WhoQuestion(one, PortOf(one, observation), window), directory, provider),
        };
    }

    private static Interval WindowOf(Observation observation, WaitingReport report) =>
        AttributionRules.WindowOf(observation.Time.Utc, DoubtOf(observation.Time), report.ReceivedAt);

    // Everything that may be asked about later; strangers' addresses have no sessions of ours.
    private IEnumerable<WhoQuestion> QuestionsOf(Observation observation, WaitingReport report) =>
        observation.Role == ObservationRole.Victim
            ? []
            : new[] { observation.Address }.Concat(NamesOf(observation).Select(Address.ParseOrNull)).Concat(observation.Candidates.Select(h => (Address?)h.Address))
                .OfType<Address>().Distinct().Where(provider.Owns)
                .Select(a => new WhoQuestion(a, PortOf(a, observation), WindowOf(observation, report)));

    // The port is that of the address which the report gives it with.
    private static int? PortOf(Address address, Observation observation) => address == observation.Address ? observation.Port : null;

    private ResourceFacts OfAddress(Address address, Directory directory) =>
        new(new Resource(ResourceKind.Address, address.ToString()), directory.CandidatesOf(address), provider.Owns(address)) { IsOurServer = provider.IsServer(address) };

    // The lowest address of ours stands for the block, but not its holder: that is who has all of it, or the only one who has some of it.
    private ResourceFacts OfBlock(AddressBlock block, Address first, Directory directory)
    {
        var facts = OfAddress(first, directory);
        var whole = facts.Candidates.Where(c => c.Assignment.Prefix is { } p && p.Contains(block.First) && p.Contains(block.Last)).ToList();
        if (whole.Count > 0)
            return facts with { Candidates = whole };
        var parts = directory.Overlapping(block.Around).Where(a => a.Prefix is { } p && block.Overlaps(p)).Take(BlockPartsMax)
            .Select(a => new Candidate(a, directory.ChainIdsOf(a.Customer)));
        return facts with { Candidates = [], Parts = [.. parts] };
    }

    private static IEnumerable<string> NamesOf(Observation observation) =>
        new[] { UrlHost.Of(observation.Url), observation.Domain }.OfType<string>()
            .Select(name => DbText.Clean(name.TrimEnd('.').ToLowerInvariant())).Distinct();

    // Hosts that are nobody's by name. What is only mentioned is not looked up.
    private IEnumerable<string> HostsOf(Observation observation, Directory directory) =>
        observation.Role is not (ObservationRole.Source or ObservationRole.Site)
            ? []
            : NamesOf(observation).Where(name =>
                name.Length <= 253 && name.Contains('.', StringComparison.Ordinal) && DomainName.IsValid(Encoding.UTF8.GetBytes(name))
                && !Address.TryParse(name, out _) && !provider.Owns(name) && directory.CandidatesOf(name).Count == 0);

    private HostFacts? HostFactsOf(Resource resource, OwnRecords records, Directory directory)
    {
        if (resource.Kind != ResourceKind.Domain || !records.Hosts.TryGetValue(resource.Name, out var host))
            return null;
        var addresses = records.HostAddresses[host.Host]
            .Select(a => new HostAddress(a.Address, a.FirstAt, a.LastAt, directory.CandidatesOf(a.Address), provider.Owns(a.Address)));
        return new HostFacts([.. addresses], host.AnsweredAt);
    }

    // Whoever is not proved has no name: anybody can write any.
    private static string ReporterOf(WaitingReport report, ReportReading reading)
    {
        if (report.Authentication is not { } proved)
            return UnderstoodReport.NotProved;
        var mailbox = new[] { reading.Reporter?.Mailbox, reading.Sender?.Mailbox, report.EnvelopeFrom }.FirstOrDefault(proved.Covers) ?? $"@{proved.Domain}";
        // Cut first: that may leave half a surrogate pair.
        return DbText.Clean((mailbox.Length <= 320 ? mailbox : mailbox[..320]).ToLowerInvariant());
    }

    private static byte[] FingerprintOf(WaitingReport report, ReportReading reading) => reading.Original switch
    {
        { MessageId: { Length: > 0 } id } => SHA256.HashData(Encoding.UTF8.GetBytes(id)),
        { } original => SHA256.HashData(original.Bytes.Span),
        // A signed report can be sent again with another line in front of it; its name cannot be changed.
        null when report.Authentication is not null && reading.MessageId is { Length: > 0 } id => SHA256.HashData(Encoding.UTF8.GetBytes($"report {id}")),
        null => report.Sha256,
    };
}
