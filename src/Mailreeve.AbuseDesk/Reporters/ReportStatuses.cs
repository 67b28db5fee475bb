using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Reporters;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>Shows a report's state to who has its number and its code.</summary>
public sealed class ReportStatuses(Database database, ReporterKey key, IClock clock)
{
    /// <summary>The code of a report, for whoever has just sent it.</summary>
    public string CodeOf(ReportId id) => StatusCode.For(id, key.Bytes);

    /// <summary>The state; null when number and code do not belong together, or the report is too old to be shown. Which of these is not said.</summary>
    /// <param name="reference">As people type it: <c>R-17</c>, <c>r17</c>, <c>17</c>.</param>
    /// <param name="code">As people type it.</param>
    /// <param name="stop">Stops the wait.</param>
    public async Task<ReportStatus?> FindAsync(string reference, string code, CancellationToken stop)
    {
        if (IdOf(reference, code) is not { } id
            || await database.ReadAsync(db => new AnswerStore(db).ProgressAsync(id, stop), stop) is not { } row
            || row.ReceivedAt + AnswerRules.StatusShownFor < clock.GetCurrentInstant())
            return null;
        var progress = ReportProgress.Of(row);
        return new ReportStatus
        {
            Id = id,
            ReceivedAt = row.ReceivedAt,
            ShownUntil = row.ReceivedAt + AnswerRules.StatusShownFor,
            Progress = progress,
            WillHear = row.OutcomeWantedAt is not null,
            MayAsk = row.Reachable > 0 && row.OutcomeWantedAt is null && progress.Step is not (ReportStep.NotOurs or ReportStep.Noted or ReportStep.Closed),
        };
    }

    /// <summary>The reporter wants to be told by mail how it ends.</summary>
    /// <returns><see langword="false"/> as <see cref="FindAsync"/> returns null, or when there is nothing to be told or nobody to tell it to.</returns>
    public async Task<bool> WantOutcomeAsync(string reference, string code, CancellationToken stop)
    {
        if (await FindAsync(reference, code, stop) is not { MayAsk: true } status)
            return false;
        await database.WriteAsync(db => new AnswerStore(db).WantOutcomeAsync(status.Id, clock.GetCurrentInstant(), stop), stop);
        return true;
    }

    private ReportId? IdOf(string reference, string code)
    {
        var number = reference.AsSpan().Trim();
        if (!number.IsEmpty && number[0] is 'R' or 'r')
            number = number[1..].TrimStart('-');
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && StatusCode.IsRight(code, new ReportId(id), key.Bytes)
            ? new ReportId(id)
            : null;
    }
}

/// <summary>How a report stands. Nothing about the customer is in it, and nothing of the report.</summary>
public sealed record ReportStatus
{
    /// <summary>Its number.</summary>
    public required ReportId Id { get; init; }

    /// <summary>When it arrived.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>When its code stops opening this.</summary>
    public required Instant ShownUntil { get; init; }

    /// <summary>How it stands.</summary>
    public required ReportProgress Progress { get; init; }

    /// <summary>Whether its reporter will be told how it ends.</summary>
    public required bool WillHear { get; init; }

    /// <summary>Whether its reporter can still ask for that.</summary>
    public required bool MayAsk { get; init; }
}
