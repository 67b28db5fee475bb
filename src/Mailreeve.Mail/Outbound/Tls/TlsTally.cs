using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>Counts how TLS went, in memory; <see cref="TlsReportClerk"/> writes it down now and then. A crash loses some minutes of a statistic.</summary>
/// <param name="clock">What day it is.</param>
public sealed class TlsTally(IClock clock)
{
    // A flood of different failures is not counted to its end.
    private const int RowsMax = 20_000;

    private readonly Lock gate = new();
    private Dictionary<TlsResultRow, long> counted = [];

    /// <summary>Counts one session.</summary>
    public void Count(DomainTls domain, DialTarget target, TlsSession session)
    {
        var (type, finding) = (session.Demand.PolicyType, session.Finding);
        // A policy that was announced and cannot be had is what its domain wants to hear of.
        if (type == TlsPolicyType.NoPolicyFound && domain.StsFailure is { } failure)
            (type, finding) = (TlsPolicyType.Sts, failure);
        var today = clock.GetCurrentInstant().InUtc().Date;
        var row = new TlsResultRow
        {
            Day = $"{today:uuuu'-'MM'-'dd}",
            Domain = domain.Domain,
            PolicyType = type,
            Policy = type == TlsPolicyType.Sts ? string.Join('\n', Lines(domain.Sts)) : session.Demand is TlsDecision.Dane dane ? string.Join('\n', dane.Records) : "",
            Hosts = type == TlsPolicyType.Sts ? string.Join('\n', domain.Sts?.Hosts ?? []) : type == TlsPolicyType.Tlsa ? target.Host : "",
            Finding = finding?.Word() ?? "",
            Host = finding is null ? "" : target.Host,
            Address = finding is null ? "" : $"{target.Address}",
            Source = finding is null ? "" : $"{target.Source}",
            Sessions = 1,
            DueAt = DueAt(today, domain.Domain),
        };
        lock (gate)
        {
            if (counted.Count < RowsMax || counted.ContainsKey(row))
                counted[row] = counted.GetValueOrDefault(row) + 1;
        }
    }

    /// <summary>Gives what was counted since it was last asked.</summary>
    public IReadOnlyList<TlsResultRow> Take()
    {
        Dictionary<TlsResultRow, long> taken;
        lock (gate)
            (taken, counted) = (counted, []);
        return [.. taken.Select(pair => pair.Key with { Sessions = pair.Value })];
    }

    // From one to four hours after the end of the day, at another moment for each domain: the whole world reports on the same days (RFC 8460 §4.1).
    private static Instant DueAt(LocalDate day, string domain)
    {
        var spread = 0;
        foreach (var c in domain)
            spread = ((spread * 31) + c) % 180;
        return day.PlusDays(1).AtMidnight().InUtc().ToInstant() + Duration.FromMinutes(60 + spread);
    }

    private static IEnumerable<string> Lines(StsPolicy? policy) =>
        policy is null
            ? []
            : ["version: STSv1", $"mode: {(policy.Mode == StsMode.Enforce ? "enforce" : "testing")}", .. policy.Hosts.Select(h => $"mx: {h}"), $"max_age: {policy.MaxAge.TotalSeconds:0}"];
}
