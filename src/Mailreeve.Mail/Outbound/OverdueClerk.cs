using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>
/// Tells senders when their mail takes long, once, and gives it up when its time is over (RFC 5321 §4.5.4.1). By the age of each row and not
/// by its attempts: of mail for a dead destination only a little is ever tried.
/// </summary>
/// <param name="parts">What sending is made of.</param>
public sealed class OverdueClerk(OutboundParts parts) : IClerk
{
    private const int RowsPerRound = 200;

    // How long nobody else has the rows that are given up; should the program end meanwhile, they are given up after the next attempt.
    private static readonly Duration Claim = Duration.FromHours(1);

    /// <inheritdoc/>
    public string Name => "overdue";

    /// <summary>Does what is due.</summary>
    /// <returns>Rows that were late or too late.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = parts.Clock.GetCurrentInstant();
        var times = parts.Options.Retry;
        // One after the other: what is given up has been found late before, if only a moment.
        var late = await parts.Database.ReadAsync(session => new QueueStore(session).LateAsync(now - times.WarnAfter, RowsPerRound, stop), stop);
        if (late.Count > 0)
            await TellLateAsync(late, now, stop);
        var expired = await parts.Database.WriteAsync(
            session => new QueueStore(session).TakeExpiredAsync(now - times.GiveUpAfter, now + Claim, RowsPerRound, stop), stop);
        if (expired.Count > 0)
            await GiveUpAsync(expired, now);
        return late.Count + expired.Count;
    }

    private Task TellLateAsync(IReadOnlyList<DueOutbound> late, Instant now, CancellationToken stop)
    {
        // Whose time is over hears that at once, and not first that it is late.
        var overAt = now - parts.Options.Retry.GiveUpAfter;
        var reports = ReportsOn(DeliveryAction.Delayed, late.Where(r => r.CreatedAt > overAt), r => r.LastReply ?? "", now);
        return parts.Database.WriteAsync(async session =>
        {
            await new QueueStore(session).DelayToldAsync([.. late.Select(r => r.Id)], now, stop);
            await AddAsync(session, reports, stop);
        }, stop);
    }

    private async Task GiveUpAsync(IReadOnlyList<DueOutbound> expired, Instant now)
    {
        var reports = ReportsOn(DeliveryAction.Failed, expired, ReplyFor, now);
        // No token: what was taken is given up, even when the program is told to stop.
        await parts.Database.WriteAsync(async session =>
        {
            await new QueueStore(session).RecordAsync(
                [.. expired.Select(r => new AttemptOutcome(r.Id, OutboundState.Failed, ReplyFor(r), null, OwnerIsTold: true))], now, CancellationToken.None);
            await AddAsync(session, reports, CancellationToken.None);
        }, CancellationToken.None);
        parts.Log.OutboundGivenUp(expired.Count);
        for (var i = 0; i < expired.Count; i++)
            parts.Counters.AddFailed();
    }

    private static string ReplyFor(DueOutbound row) => row.LastReply == QueueDesk.DroppedReply ? QueueDesk.DroppedReply :
        $"451 {DeliveryReports.TimeIsOver} Given up after {row.Attempts} attempts{(row.LastReply is null ? "" : $"; the last answer was: {row.LastReply}")}";

    private List<NewOutbound> ReportsOn(DeliveryAction action, IEnumerable<DueOutbound> rows, Func<DueOutbound, string> reply, Instant now)
    {
        var reports = new List<NewOutbound>();
        foreach (var parcel in Parcel.Of(rows, parts.Options.RecipientsPerTransaction))
        {
            if (parts.Reports.Write(action, parcel.Rows.Select(r => (r, reply(r))), ContentOf(parcel), now) is { } report)
                reports.Add(report);
        }

        return reports;
    }

    private byte[] ContentOf(Parcel parcel)
    {
        if (parcel.Rows[0].Message is { } message)
            return message;
        try
        {
            var place = parcel.Rows[0].Place!.Value;
            var content = new byte[place.Length];
            parts.Segments.Store.Read(place, 0, content);
            return content;
        }
        catch (IOException e)
        {
            // The sender is told without it.
            parts.Log.OutboundUnreadable(e, parcel.Rows[0].Id);
            return [];
        }
    }

    private static async Task AddAsync(DbSession session, List<NewOutbound> reports, CancellationToken stop)
    {
        if (reports.Count == 0)
            return;
        var id = await session.NextIdsAsync("outbound", reports.Count, stop);
        await new OutboundStore(session).AddAsync([.. reports.Select((r, i) => r with { Id = id + i })], stop);
    }
}
