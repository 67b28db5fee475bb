using Mailreeve.Storage;

namespace Mailreeve.Clerks;

/// <summary>Sees to it that every clerk works somewhere: at start, and again when the node it lived on has gone.</summary>
internal sealed class ClerkStarter(IGrainFactory grains, IEnumerable<IClerk> clerks, IHostApplicationLifetime lifetime, ILogger<ClerkStarter> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Orleans is up only once the host is.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);

        using var timer = new PeriodicTimer(Interval);
        do
        {
            foreach (var clerk in clerks)
            {
                try
                {
                    await grains.GetGrain<IClerkGrain>(clerk.Name).BeginAsync();
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    log.ClerkNotBegun(e, clerk.Name);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
