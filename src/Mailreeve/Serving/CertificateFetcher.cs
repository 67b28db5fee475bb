using Mailreeve.Mail.Certificates;

namespace Mailreeve.Serving;

/// <summary>Fetches certificates when it is time. It waits for the listeners: the authority asks them for the proof.</summary>
internal sealed class CertificateFetcher(AcmeRenewal renewal, IHostApplicationLifetime lifetime, TimeProvider ticks, ILogger<CertificateFetcher> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);

        using var timer = new PeriodicTimer(Interval, ticks);
        do
        {
            try
            {
                await renewal.WorkAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.CertificateFolderFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
