using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>Carries out the runs of relay tests, one host at a time, and ends those whose messages had their time to arrive.</summary>
public sealed class RelayTestClerk(
    Database database, RelayDesk desk, RelayTester tester, RelayTestOptions options, RelayFigures figures, IClock clock, ILogger<RelayTestClerk> log) : IClerk
{
    private const long Batch = 50;
    private const long ForgottenAtOnce = 10_000;

    // A message that arrives later still proves what it proves; the rows that tell when it came are kept as long.
    private static readonly Duration CollectedKept = Duration.FromDays(90);

    private static readonly Duration CountedEvery = Duration.FromMinutes(1);

    private Instant forgetsAt;
    private Instant countsAt;

    /// <inheritdoc/>
    public string Name => "relay-tests";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var overdue = await database.ReadAsync(db => new RelayRunStore(db).OverdueAsync(now, Batch, stop), stop);
        foreach (var run in overdue)
            await database.WriteAsync(db => RelayResult.SettleAsync(db, run.Id, desk.IsBlocked(run.Address), now, stop), stop);

        if (now >= forgetsAt)
        {
            await database.WriteAsync(db => new CollectedMailStore(db).ForgetAsync(now - CollectedKept, ForgottenAtOnce, stop), stop);
            forgetsAt = now + Duration.FromHours(1);
        }

        if (now >= countsAt)
        {
            figures.Runs = await database.ReadAsync(db => new RelayRunStore(db).CountsAsync(stop), stop);
            countsAt = now + CountedEvery;
        }

        // Most of the time nothing is due, and to find that out takes no turn at the writer.
        if (!await database.ReadAsync(db => new RelayRunStore(db).AnyDueAsync(now, stop), stop))
            return overdue.Count;
        var taken = await database.WriteAsync(db => new RelayRunStore(db).TakeAsync(now, now + options.RoundAtMost + Duration.FromMinutes(5), stop), stop);
        if (taken is not null)
            await RunAsync(taken, stop);
        return overdue.Count + 1;
    }

    /// <summary>Carries out a run that was taken.</summary>
    public async Task RunAsync(RelayRunRow run, CancellationToken stop)
    {
        if (desk.ObjectionTo(run) is { } objection)
        {
            await EndAsync(run with { Verdict = RelayRunVerdict.NotAllowed, Detail = objection }, stop);
            return;
        }

        var attempts = await PrepareAsync(run, stop);
        run = run with { Rounds = run.Rounds + 1, Blocked = desk.IsBlocked(run.Address) ? 1 : run.Blocked };
        log.RelayTestBegins(run.Id, $"{run.Address}", run.Rounds);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.RoundAtMost.ToTimeSpan());
        RelayRound round;
        var began = clock.GetCurrentInstant();
        try
        {
            round = await tester.RunAsync(
                run, attempts, desk.DomainOf(run.Address),
                attempt => database.WriteAsync(db => new RelayRunStore(db).RecordAsync(attempt, CancellationToken.None), CancellationToken.None),
                () => database.ReadAsync(db => new RelayRunStore(db).IsProvenAsync(run.Id, stop), stop), limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            round = new RelayRound { Dialogue = RelayDialogue.BrokenOff, Detail = $"The server took more than {options.RoundAtMost.TotalMinutes} minutes.", Host = run.Host };
        }

        figures.Made(clock.GetCurrentInstant() - began);
        run = run with { Dialogue = round.Dialogue, Detail = round.Detail, Host = round.Host, Blocked = desk.IsBlocked(run.Address) ? 1 : run.Blocked };
        await database.WriteAsync(db => ConcludeAsync(db, run, CancellationToken.None), CancellationToken.None);
    }

    private async Task<IReadOnlyList<RelayAttemptRow>> PrepareAsync(RelayRunRow run, CancellationToken stop)
    {
        var planned = options.Ports.SelectMany(port => RelayTestTable.All.Select(test => (port, test.Name)))
            .Select((t, i) => new RelayAttemptRow { RunId = run.Id, Number = i + 1, Port = t.port, Test = t.Name, Verdict = RelayVerdict.Waiting, Transcript = "" });
        return await database.WriteAsync(async db =>
        {
            var runs = new RelayRunStore(db);
            if (await runs.AttemptsAsync(run.Id, stop) is { Count: > 0 } there)
                return there;
            await runs.AddAsync([.. planned], stop);
            return await runs.AttemptsAsync(run.Id, stop);
        }, stop);
    }

    private async Task ConcludeAsync(DbSession db, RelayRunRow run, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var runs = new RelayRunStore(db);
        var attempts = await runs.AttemptsAsync(run.Id, stop);
        // What was put off is tried again: by then greylisting lets it through, if that is what it was.
        var isPutOff = run.Dialogue == RelayDialogue.Complete && attempts.Any(a => a.Verdict == RelayVerdict.PutOff)
            && !attempts.Any(a => a.Verdict == RelayVerdict.Proven);
        if (isPutOff && run.Rounds < RelayRules.RoundsMax)
        {
            await runs.RecordAsync(run with { State = RelayRunState.Waiting, Dialogue = RelayDialogue.Open, NextAt = now + RelayRules.RoundEvery }, stop);
            return;
        }

        await runs.RecordAsync(run with { State = RelayRunState.Pending }, stop);
        await RelayResult.SettleAsync(db, run.Id, run.WasBlocked, now, stop);
    }

    private Task EndAsync(RelayRunRow run, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        return database.WriteAsync(db => new RelayRunStore(db).RecordAsync(run with { State = RelayRunState.Done, EndedAt = now }, stop), stop);
    }
}
