using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Mailreeve.Mail.Outbound;

/// <summary>Lets one destination be worked on, on whichever node of the cluster it lives. Truth is in the rows: a lease on each keeps a second owner off.</summary>
[Reentrant]
internal sealed class DestinationGrain(OutboundParts parts, ILogger<DestinationGrain> log) : Grain, IDestinationGrain, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource stopping = new();
    private Destination? destination;
    private Task running = Task.CompletedTask;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        destination = new Destination(this.GetPrimaryKeyString(), parts);
        // While it sends it must not be taken for unused; afterwards it goes, with what it has learned, unless that was death.
        this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(Look, Look) { KeepAlive = true, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WakeAsync()
    {
        if (destination!.IsDead || stopping.IsCancellationRequested)
            return Task.CompletedTask;
        if (!running.IsCompleted)
            destination.Wake();
        else
            // Off the grain's scheduler: the work waits for disks and hosts, and the grain must answer meanwhile.
            running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Dispose();
        destination?.Dispose();
    }

    private async Task RunAsync()
    {
        parts.Enter();
        try
        {
            await destination!.RunAsync(stopping.Token);
        }
        catch (Exception e)
        {
            // Rows that were taken come back when their lease is over.
            log.DestinationFailed(e, this.GetPrimaryKeyString());
        }
        finally
        {
            parts.Leave();
        }
    }

    private Task LookAsync(CancellationToken stop)
    {
        if (running.IsCompleted && !destination!.IsDead)
            DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
