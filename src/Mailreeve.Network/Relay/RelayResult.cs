using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>Gives a run the result that its tests show.</summary>
internal static class RelayResult
{
    /// <summary>Judges a run that is not being carried out: after its last round, when a message has arrived, when its time is over.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="id">The run.</param>
    /// <param name="isBlocked">Whether port 25 of the host is known to be blocked by now; that it was is never forgotten.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task SettleAsync(DbSession db, long id, bool isBlocked, Instant now, CancellationToken stop)
    {
        var runs = new RelayRunStore(db);
        if (await runs.FindAsync(id, stop) is not { State: RelayRunState.Pending or RelayRunState.Done } run)
            return;
        if (isBlocked)
            run = run with { Blocked = 1 };

        var attempts = new List<RelayAttemptRow>();
        foreach (var attempt in await runs.AttemptsAsync(id, stop))
        {
            var after = attempt with { Verdict = RelayRules.AfterTime(attempt.Verdict, attempt.MadeAt, now) };
            if (after.Verdict != attempt.Verdict)
                await runs.RecordAsync(after, stop);
            attempts.Add(after);
        }

        var verdict = run.Verdict == RelayRunVerdict.NotAllowed
            ? RelayRunVerdict.NotAllowed
            : RelayRules.OfRun(run.Dialogue, [.. attempts.Select(a => a.Verdict)], run.WasBlocked);
        if (run.State == RelayRunState.Done && verdict == run.Verdict)
            return;
        if (RelayRules.IsFinal(verdict))
        {
            // What arrives after all changes the result, and cases are told anew.
            await runs.RecordAsync(run with { State = RelayRunState.Done, Verdict = verdict, EndedAt = now, CaseToldAt = null }, stop);
            return;
        }

        var due = attempts.Where(a => a is { Verdict: RelayVerdict.TookMessage, MadeAt: not null }).Max(a => a.MadeAt) + RelayRules.ProofWithin;
        await runs.RecordAsync(run with { State = RelayRunState.Pending, Verdict = verdict, NextAt = due ?? now + RelayRules.ProofWithin }, stop);
    }
}
