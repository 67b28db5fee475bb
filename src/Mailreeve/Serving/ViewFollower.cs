using Mailreeve.Storage.Live;

namespace Mailreeve.Serving;

/// <summary>Keeps the live views up to date with what other processes commit: other nodes, and the command line.</summary>
internal sealed class ViewFollower(LiveViews views, ILogger<ViewFollower> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await views.FollowAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.ViewsNotFollowed(e);
                await Task.Delay(PauseAfterFailure, stoppingToken);
            }
        }
    }
}
