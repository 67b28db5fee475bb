using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Inbound;

/// <summary>What the checks of a node need done beside the mail: lists are looked at, the journal is written, what is old is forgotten.</summary>
/// <param name="lists">The DNS lists.</param>
/// <param name="journal">The journal.</param>
/// <param name="greylist">Who was put off.</param>
/// <param name="log">For the operator.</param>
public sealed class InboundUpkeep(DnsListWatch lists, InboundJournal journal, Greylist greylist, ILogger<InboundUpkeep> log) : BackgroundService
{
    private const int ProbeEvery = 300;
    private const int ForgetEvery = 3600;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => journal.WriteAsync(cancellationToken));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var probing = Task.CompletedTask;
        try
        {
            for (var second = 0L; ; second++)
            {
                // A list that does not answer must not hold up the journal.
                if (second % ProbeEvery == 0 && probing.IsCompleted)
                    probing = TryAsync(() => lists.ProbeAsync(stoppingToken));
                await TryAsync(() => journal.WriteAsync(stoppingToken));
                if (second % ForgetEvery == 0)
                    await TryAsync(() => Task.WhenAll(journal.ForgetAsync(stoppingToken), greylist.ForgetAsync(stoppingToken)));
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await probing;
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.InboundUpkeepFailed(e);
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }
}
