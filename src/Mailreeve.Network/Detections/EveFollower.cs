using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Eve;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Detections;

/// <summary>
/// Follows a log of Suricata's: reads what has come on top, also after it was put aside for a new file. How far it has come is written in the
/// transaction that writes what was seen, so that nothing counts twice and nothing is lost, whenever either of the programs ends.
/// </summary>
public sealed class EveFollower(EveLog file, Provider provider, Database database, DetectionTerms terms, IClock clock, ILogger<EveFollower> log) : BackgroundService
{
    private const int PieceBytes = 1 << 20;
    private const int DetailLengthMax = 200;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private FileStream? open;
    private DetectionLogRow at = new(file.Sensor, "", 0);

    /// <inheritdoc/>
    public override void Dispose()
    {
        open?.Dispose();
        base.Dispose();
    }

    /// <summary>Reads the next piece.</summary>
    /// <returns>Whether there may be more at once.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public async Task<bool> ReadAsync(CancellationToken stop)
    {
        if (open is null && !await OpenAsync(stop))
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            open!.Position = at.Position;
            var length = await open.ReadAtLeastAsync(buffer.AsMemory(0, PieceBytes), PieceBytes, throwOnEndOfStream: false, stop);
            var whole = buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            // A line that fills it all is nobody's alert: what is left of it will be none either.
            if (whole == 0 && length == PieceBytes)
                whole = length;
            if (whole == 0)
                return await IsPutAsideAsync(stop);
            await TakeAsync(buffer.AsMemory(0, whole), at with { Position = at.Position + whole }, stop);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? told = null;
        try
        {
            while (true)
            {
                try
                {
                    while (await ReadAsync(stoppingToken))
                    {
                        // The next piece.
                    }

                    told = null;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    if (told != e.Message)
                        log.EveNotRead(file.Sensor, file.Path, e.Message);
                    told = e.Message;
                    open?.Dispose();
                    open = null;
                }

                await Task.Delay(LookEvery, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not read is read after the next start.
        }
    }

    private async Task<bool> OpenAsync(CancellationToken stop)
    {
        if (await HeadAsync(stop) is not { } head)
            return false;
        var known = await database.ReadAsync(db => new DetectionStore(db).LogAsync(file.Sensor, stop), stop);
        open = Open();
        at = known is { } row && row.Head == head && row.Position <= open.Length ? row : new DetectionLogRow(file.Sensor, head, 0);
        return true;
    }

    // Another file under the name, or the same cut short: what is open was read to its end.
    private async Task<bool> IsPutAsideAsync(CancellationToken stop)
    {
        if (await HeadAsync(stop) is not { } head || (head == at.Head && open!.Length >= at.Position))
            return false;
        open!.Dispose();
        open = null;
        return true;
    }

    // The first line has a time in millionths of a second: no two files have the same.
    private async Task<string?> HeadAsync(CancellationToken stop)
    {
        if (!File.Exists(file.Path))
            return null;
        await using var now = Open();
        var buffer = ArrayPool<byte>.Shared.Rent(EveAlert.LineBytesMax);
        try
        {
            var length = await now.ReadAtLeastAsync(buffer.AsMemory(0, EveAlert.LineBytesMax), EveAlert.LineBytesMax, throwOnEndOfStream: false, stop);
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            return end < 0 && length < EveAlert.LineBytesMax ? null : Convert.ToHexString(SHA256.HashData(buffer.AsSpan(0, end < 0 ? length : end)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private FileStream Open() => new(file.Path, new FileStreamOptions
    {
        Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous, BufferSize = 0,
    });

    private async Task TakeAsync(ReadOnlyMemory<byte> lines, DetectionLogRow next, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var seen = DetectionsIn(lines, now);
        await database.WriteAsync(async db =>
        {
            var store = new DetectionStore(db);
            await store.AddAsync(seen, now, stop);
            await store.ReadAsync(next, now, stop);
        }, stop);
        at = next;
    }

    // One row for each attacker and type, however many alerts there are: a flood of them is a number.
    private List<NewDetection> DetectionsIn(ReadOnlyMemory<byte> lines, Instant now)
    {
        var alerts = new Dictionary<(Address, string), List<EveAlert>>();
        while (!lines.IsEmpty)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!EveAlert.MayBe(line.Span) || EveAlert.Read(line) is not { } alert || alert.Severity > file.SeverityMax
                || alert.At < now - terms.Window || AlertCategories.TypeOf(alert.Category) is not { } type)
                continue;
            if (!alerts.TryGetValue((alert.Attacker, type), out var same))
                alerts[(alert.Attacker, type)] = same = [];
            same.Add(alert);
        }

        return alerts.Select(a => DetectionOf(a.Key.Item1, a.Key.Item2, a.Value, now)).ToList();
    }

    private NewDetection DetectionOf(Address attacker, string type, List<EveAlert> alerts, Instant now)
    {
        var most = alerts.GroupBy(a => (a.Signature, a.Message)).MaxBy(g => g.Count())!.Key;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{alerts.Count} alerts, most of rule {most.Signature}: {most.Message}");
        var ports = alerts.Select(a => a.AttackerPort).Distinct().ToList();
        var seen = new Detection
        {
            Sensor = file.Sensor,
            Type = type,
            // The same rule about the same target again tells nothing new.
            Targets = alerts.Select(a => (a.Target, a.TargetPort, a.Signature)).Distinct().Count(),
            IsTwoWay = alerts.Exists(a => a.IsTwoWay),
            FirstAt = Instant.Min(now, alerts.Min(a => a.At)),
            LastAt = Instant.Min(now, alerts.Max(a => a.At)),
        };
        return new NewDetection(seen, attacker, ports is [{ } port] ? port : null, detail.Length > DetailLengthMax ? detail[..DetailLengthMax] : detail, provider.HasInside(attacker));
    }
}
