using System.Net;
using System.Net.Sockets;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Flows;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Detections;

/// <summary>
/// Takes flows from routers (NetFlow 5, NetFlow 9 of RFC 3954, IPFIX of RFC 7011) over UDP, and finds scanners in them. All routers together are one
/// sensor: the same packet may pass several of them.
/// </summary>
/// <remarks>
/// Limits: only TCP tells from one direction whether anybody answered; what is sampled tells nothing about answers and is left out; what comes from
/// elsewhere than the exporters is dropped. What became of datagrams is counted (<see cref="Counts"/>).
/// </remarks>
public sealed class FlowCollector(
    DetectionOptions options, Provider provider, Database database, IClock clock, ILogger<FlowCollector> log) : BackgroundService
{
    /// <summary>The name of the sensor.</summary>
    public const string Sensor = "flows";

    private const int UnwrittenMax = 10_000;

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly FlowReader reader = new();
    private readonly ScanWatch watch = new();
    // What could not be written yet; only the one who writes touches it.
    private readonly List<NewDetection> unwritten = [];
    private readonly DatagramDoors doors = new();

    /// <summary>What became of the datagrams.</summary>
    public FlowCounts Counts { get; } = new();

    /// <summary>Where it listens, once it was started.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => doors.EndPoints;

    /// <inheritdoc/>
    /// <exception cref="SocketException">A port is in use, or may not be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        doors.Open(options.Listen);
        foreach (var endPoint in doors.EndPoints)
            log.FlowsTaken(endPoint);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        doors.Dispose();
        base.Dispose();
    }

    /// <summary>Takes a datagram.</summary>
    public void Take(ReadOnlySpan<byte> datagram, Address from)
    {
        if (!options.Exporters.Any(e => e.Contains(from)))
        {
            Counts.AddUnknown();
            return;
        }

        var flows = new List<FlowRecord>();
        lock (gate)
        {
            var outcome = reader.Read(datagram, from, flows);
            Counts.Add(outcome, flows.Count);
            if (outcome == FlowOutcome.Sampled)
                return;
            var now = clock.GetCurrentInstant();
            foreach (var flow in flows)
            {
                if (ContactAttempt.Of(flow, now) is { } contact)
                    watch.Add(contact);
            }
        }
    }

    /// <summary>Writes what there is to be told.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        lock (gate)
        {
            if (unwritten.Count < UnwrittenMax)
                unwritten.AddRange(watch.Take(Sensor, now).Select(t => new NewDetection(t.Seen, t.Source, null, "Connections that nobody answered.", provider.HasInside(t.Source))));
        }

        if (unwritten.Count == 0)
            return;
        await database.WriteAsync(db => new DetectionStore(db).AddAsync(unwritten, now, stop), stop);
        unwritten.Clear();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            doors.ReceiveAsync((_, from, datagram) => Take(datagram.Span, Address.From(from.Address)), log.FlowsNotReceived, stoppingToken),
            WriteAlwaysAsync(stoppingToken));

    private async Task WriteAlwaysAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(WriteEvery, stop);
                try
                {
                    await WriteAsync(stop);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    log.FlowsNotWritten(e);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A scanner that goes on is found again after the next start.
        }
    }
}
