using System.Net.Http.Headers;
using DnsClient;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>
/// Writes down how TLS went, and tells each domain that asks for it once a day (RFC 8460). A report by mail is a row of <c>outbound</c>,
/// written in the transaction that forgets the figures; one by HTTPS is sent until it is taken, for a day.
/// </summary>
/// <param name="db">The database.</param>
/// <param name="tally">What was counted since.</param>
/// <param name="resolver">Finds where the reports go.</param>
/// <param name="https">From <see cref="OutwardHttps"/>.</param>
/// <param name="sender">Who reports.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For the operator.</param>
public sealed class TlsReportClerk(
    Database db, TlsTally tally, ILookupClient resolver, HttpClient https, TlsReportSender sender, IClock clock, ILogger<TlsReportClerk> log) : IClerk
{
    /// <summary>Longest time for one report by HTTPS.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private const int ReportsAtATime = 20;

    // RFC 8460 §5.4 asks for a day of attempts; by the hour.
    private const int AttemptsMax = 24;

    private static readonly Duration Pause = Duration.FromMinutes(1);
    private static readonly Duration TryAgain = Duration.FromHours(1);

    private Instant nextLook = Instant.MinValue;

    /// <inheritdoc/>
    public string Name => "tls-reports";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < nextLook)
            return 0;
        var counted = tally.Take();
        if (counted.Count > 0)
            await db.WriteAsync(session => new TlsResultStore(session).AddAsync(counted, CancellationToken.None), CancellationToken.None);
        var due = await db.ReadAsync(session => new TlsResultStore(session).DueAsync(now, ReportsAtATime, stop), stop);
        foreach (var report in due)
            await ReportAsync(report, now, stop);
        if (due.Count == 0)
            nextLook = now + Pause;
        return due.Count;
    }

    private async Task ReportAsync(DueTlsReport due, Instant now, CancellationToken stop)
    {
        if (await AddressesAsync(due.Domain, stop) is not { } addresses)
        {
            await PostponeAsync(due, now);
            return;
        }

        // One that takes it is enough (RFC 8460 §3), and a row is the surest.
        var mailbox = addresses.Where(a => a.Scheme == "mailto").Select(TlsReportRecord.MailboxOf).FirstOrDefault(m => m is not null);
        var page = addresses.FirstOrDefault(a => a.Scheme == "https");
        if (mailbox is null && page is null)
        {
            await db.WriteAsync(session => new TlsResultStore(session).RemoveAsync(due.Day, due.Domain, CancellationToken.None), stop);
            return;
        }

        var rows = await db.ReadAsync(session => new TlsResultStore(session).OfAsync(due.Day, due.Domain, stop), stop);
        var report = Report(due, rows);
        if (mailbox is not null)
            await db.WriteAsync(session => MailAsync(session, due, report, mailbox, now), stop);
        else if (await PostAsync(page!, report, stop))
            await db.WriteAsync(session => new TlsResultStore(session).RemoveAsync(due.Day, due.Domain, CancellationToken.None), CancellationToken.None);
        else
            await PostponeAsync(due, now);
    }

    private async Task MailAsync(DbSession session, DueTlsReport due, TlsReport report, Mailbox to, Instant now)
    {
        // Another node may have done it meanwhile.
        if (await new TlsResultStore(session).RemoveAsync(due.Day, due.Domain, CancellationToken.None) == 0)
            return;
        var id = await session.NextIdsAsync("outbound", 1, CancellationToken.None);
        await new OutboundStore(session).AddAsync(
            [
                new NewOutbound
                {
                    Id = id,
                    Purpose = OutboundPurpose.TlsReport,
                    SubjectId = id,
                    EnvelopeFrom = "",
                    Recipient = $"{to}",
                    Message = report.ToMessage(sender.From, $"{to}", now),
                    CreatedAt = now,
                },
            ],
            CancellationToken.None);
    }

    private async Task<bool> PostAsync(Uri page, TlsReport report, CancellationToken stop)
    {
        try
        {
            using var content = new ByteArrayContent(report.ToGzip());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/tlsrpt+gzip");
            using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = content };
            using var response = await https.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or DnsResponseException)
        {
            log.TlsReportNotTaken(report.Domain, e.Message);
            return false;
        }
    }

    private Task PostponeAsync(DueTlsReport due, Instant now) =>
        db.WriteAsync(
            session => due.Attempts + 1 >= AttemptsMax
                ? new TlsResultStore(session).RemoveAsync(due.Day, due.Domain, CancellationToken.None)
                : new TlsResultStore(session).PostponeAsync(due.Day, due.Domain, now + TryAgain, CancellationToken.None),
            CancellationToken.None);

    private TlsReport Report(DueTlsReport due, IReadOnlyList<TlsResultRow> rows) => new()
    {
        Organization = sender.Organization,
        Submitter = sender.Domain,
        Contact = sender.Contact,
        Domain = due.Domain,
        Day = LocalDatePattern.Iso.Parse(due.Day).Value,
        Policies =
        [
            .. rows.GroupBy(r => (r.PolicyType, r.Policy, r.Hosts)).Select(policy => new TlsReportPolicy(
                policy.Key.PolicyType,
                Lines(policy.Key.Policy),
                Lines(policy.Key.Hosts),
                policy.Where(r => r.Finding.Length == 0).Sum(r => r.Sessions),
                [.. policy.Where(r => r.Finding.Length > 0).Select(r => new TlsReportFailure(r.Finding, r.Host, r.Address, r.Source, r.Sessions))])),
        ],
    };

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.Split('\n');

    /// <returns><see langword="null"/> when the name servers do not answer.</returns>
    private async Task<IReadOnlyList<Uri>?> AddressesAsync(string domain, CancellationToken stop)
    {
        try
        {
            var answer = await resolver.QueryAsync($"_smtp._tls.{domain}", QueryType.TXT, cancellationToken: stop);
            return answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain
                ? null
                : TlsReportRecord.AddressesOf(answer.Answers.TxtRecords().Select(r => string.Concat(r.Text)));
        }
        catch (DnsResponseException)
        {
            return null;
        }
    }
}

/// <summary>Who reports on TLS.</summary>
/// <param name="Organization">The provider's name.</param>
/// <param name="Domain">The domain of <paramref name="From"/>.</param>
/// <param name="From">The address that stands in From.</param>
/// <param name="Contact">Whom to ask.</param>
public sealed record TlsReportSender(string Organization, string Domain, string From, string Contact);
