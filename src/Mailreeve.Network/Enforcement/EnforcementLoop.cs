using Mailreeve.Policy.Blocks;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>Keeps a <see cref="Reconciler"/> at work for as long as the program runs: it waits while another process enforces, and begins again when the back end fails.</summary>
/// <param name="name">The back end's name.</param>
/// <param name="open">Opens the back end, however long that takes; null while another process has it.</param>
/// <param name="database">Where what is proven is recorded.</param>
/// <param name="views">Has the blocks.</param>
/// <param name="never">What is never blocked.</param>
/// <param name="options">How it works.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Where it tells.</param>
public sealed class EnforcementLoop(
    string name, Func<CancellationToken, Task<IBlockBackEnd?>> open, Database database, LiveViews views, IReadOnlyList<NeverBlockEntry> never, EnforcementOptions options,
    IClock clock, ILogger log)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(1);

    private bool isAnothers;

    /// <summary>The back end's name.</summary>
    public string Name => name;

    /// <summary>What there is to count.</summary>
    public EnforcementFigures Figures { get; } = new();

    /// <summary>Runs until stopped. Fails for nothing: mail goes on although packets are not stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var pause = PauseFirst;
        while (!stop.IsCancellationRequested)
        {
            var begun = Environment.TickCount64;
            try
            {
                await EnforceAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await TellAsync(e, stop);
            }

            // What has worked for some time may be tried again at once. What is accepted and thrown out each time is not to be stormed.
            pause = Environment.TickCount64 - begun > options.PauseMax.TotalMilliseconds ? PauseFirst : pause;
            await Task.Delay(pause, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
            pause = pause * 2 < options.PauseMax ? pause * 2 : options.PauseMax;
        }
    }

    private async Task EnforceAsync(CancellationToken stop)
    {
        using var backEnd = await open(stop);
        if (backEnd is null)
        {
            if (!isAnothers)
                log.AnotherEnforces();
            isAnothers = true;
            Figures.Problem = null;
            return;
        }

        isAnothers = false;
        using var reconciler = new Reconciler(backEnd, database, views, never, options, Figures, clock, log);
        await reconciler.RunAsync(stop);
    }

    private async Task TellAsync(Exception why, CancellationToken stop)
    {
        Figures.Failed();
        // Once, and not each second.
        if (Figures.Problem != why.Message)
            log.NotEnforcing(name, why.Message);
        Figures.Problem = why.Message;
        try
        {
            await database.WriteAsync(db => new EnforcementStore(db).RecordAsync(new EnforcementNode
            {
                Node = options.Node,
                BackEnd = name,
                Elements = Figures.Elements,
                Drift = Figures.Drift,
                Problem = why.Message,
            }, stop), stop);
        }
        catch (Exception)
        {
            // The database is what fails, or the program stops: it was logged.
        }
    }
}
