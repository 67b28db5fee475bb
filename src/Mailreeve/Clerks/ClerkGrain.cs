using Mailreeve.Storage;
using Prometheus;

namespace Mailreeve.Clerks;

/// <summary>The one worker of a kind of background work, on whichever node of the cluster it lives. Its key is the clerk's name.</summary>
internal interface IClerkGrain : IGrainWithStringKey
{
    /// <summary>Begins to work, unless it already does.</summary>
    Task BeginAsync();
}

/// <summary>
/// Lets a clerk work whenever rows wait. Truth is in the rows: when a node dies, another one's grain finds them, and the constraints of
/// the database hold even if for a moment there were two.
/// </summary>
[KeepAlive]
internal sealed class ClerkGrain(IEnumerable<IClerk> clerks, ClerkHealth health, ILogger<ClerkGrain> log) : Grain, IClerkGrain, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private static readonly Counter Rows = Metrics.CreateCounter(
        "mailreeve_clerk_rows_total", "Rows of its hand-over table that a clerk has taken.", "clerk");
    private static readonly Counter Failures = Metrics.CreateCounter(
        "mailreeve_clerk_failures_total", "Times a clerk's work failed as a whole; it is tried again.", "clerk");

    private readonly CancellationTokenSource stopping = new();
    private IGrainTimer? timer;
    private IClerk? clerk;
    private long pausedUntil;

    /// <inheritdoc/>
    public Task BeginAsync()
    {
        clerk ??= clerks.Single(c => c.Name == this.GetPrimaryKeyString());
        timer ??= this.RegisterGrainTimer(WorkAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Pause) { KeepAlive = true, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        timer?.Dispose();
        return stopping.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    private async Task WorkAsync(CancellationToken stop)
    {
        if (Environment.TickCount64 < pausedUntil)
            return;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, stopping.Token);
        var name = clerk!.Name;
        try
        {
            int rows;
            do
            {
                // Off the grain's scheduler: the work waits for disks, and the grain must answer meanwhile.
                rows = await Task.Run(() => clerk.WorkAsync(both.Token), both.Token);
                Rows.WithLabels(name).Inc(rows);
            }
            while (rows > 0 && !both.IsCancellationRequested);
            health.Worked(name);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // The program stops; rows stay for the next start.
        }
        catch (Exception e)
        {
            Failures.WithLabels(name).Inc();
            health.Failed(name, e.Message);
            log.ClerkFailed(e, name);
            pausedUntil = Environment.TickCount64 + (long)PauseAfterFailure.TotalMilliseconds;
        }
    }
}
