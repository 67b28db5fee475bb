using System.Globalization;
using Mailreeve.Network.Detections;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Network.Tests.Detections;

/// <summary>A log of Suricata's is followed.</summary>
public sealed class EveFollowerTests
{
    private static readonly Provider Provider = TestProvider.Here;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_reads_what_came_on_top_counts_targets_and_leaves_aside_what_is_no_attack()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var path = RunFolder.NewPath("eve.json");
        using var follower = Follow(test.Database, path);
        Assert.False(await follower.ReadAsync(Stop));

        await File.AppendAllTextAsync(path, Line(1, "203.0.113.9", "192.0.2.1") + Line(2, "203.0.113.9", "192.0.2.2") + Line(3, "203.0.113.9", "192.0.2.2")
            + Line(4, "203.0.113.9", "192.0.2.3", "Potential Corporate Privacy Violation") + "{\"event_type\":\"dns\"}\nno line of it at all\n"
            + Line(5, "203.0.113.9", "192.0.2.4", severity: 3) + Line(6, "203.0.113.9", "192.0.2.5")[..40], Stop);
        await ReadAllAsync(follower);
        var row = Assert.Single(await RowsAsync(test.Database));
        Assert.Equal(
            ("suricata-1", DetectionTypes.VulnerabilityScan, Address.Parse("203.0.113.9"), 2L, 1L, 0L),
            (row.Sensor, row.Type, row.Address, row.Targets, row.TwoWay, row.Ours));
        Assert.Equal("3 alerts, most of rule 7: a try", row.Detail);

        // The line that was half written, and what came since.
        await File.AppendAllTextAsync(path, Line(6, "203.0.113.9", "192.0.2.5")[40..] + Line(7, "192.0.2.77", "203.0.113.5"), Stop);
        await ReadAllAsync(follower);
        Assert.Equal([(Address.Parse("192.0.2.77"), 1L), (Address.Parse("203.0.113.9"), 0L)], (await RowsAsync(test.Database)).Take(2).Select(r => (r.Address, r.Ours)).OrderByDescending(r => r.Ours));
    }

    [Fact]
    public async Task Nothing_is_lost_or_counted_twice_when_either_program_begins_anew_or_the_file_is_put_aside()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var path = RunFolder.NewPath("eve.json");
        await File.WriteAllTextAsync(path, Line(1, "203.0.113.1", "192.0.2.1"), Stop);
        using (var first = Follow(test.Database, path))
            await ReadAllAsync(first);

        await File.AppendAllTextAsync(path, Line(2, "203.0.113.2", "192.0.2.1"), Stop);
        using var second = Follow(test.Database, path);
        await ReadAllAsync(second);
        Assert.Equal(2, (await RowsAsync(test.Database)).Count);

        // Suricata goes on in the old file until it is told of the new one.
        var old = $"{path}.1";
        File.Move(path, old);
        await File.AppendAllTextAsync(old, Line(3, "203.0.113.3", "192.0.2.1"), Stop);
        await ReadAllAsync(second);
        await File.WriteAllTextAsync(path, Line(4, "203.0.113.4", "192.0.2.1"), Stop);
        await ReadAllAsync(second);

        // Cut short, and begun anew.
        await File.WriteAllTextAsync(path, Line(5, "203.0.113.5", "192.0.2.1"), Stop);
        await ReadAllAsync(second);
        Assert.Equal([1, 2, 3, 4, 5], (await RowsAsync(test.Database)).Select(r => (int)(r.Address.Bits & 0xFF)).Order());
    }

    [Fact]
    public async Task A_line_without_end_is_passed_over()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var path = RunFolder.NewPath("eve.json");
        await File.WriteAllTextAsync(path, Line(1, "203.0.113.1", "192.0.2.1") + new string('x', 3 << 20) + "\n" + Line(2, "203.0.113.2", "192.0.2.1"), Stop);
        using var follower = Follow(test.Database, path);
        await ReadAllAsync(follower);
        Assert.Equal(2, (await RowsAsync(test.Database)).Count);
    }

    private static EveFollower Follow(Database database, string path) => new(
        new EveLog("suricata-1", path, 2), Provider, database, new DetectionTerms(), Some.Clock(), NullLogger<EveFollower>.Instance);

    private static async Task ReadAllAsync(EveFollower follower)
    {
        while (await follower.ReadAsync(Stop))
        {
            // The next piece.
        }
    }

    private static string Line(int second, string source, string target, string category = "Web Application Attack", int severity = 1)
    {
        var time = (Some.Time - Duration.FromMinutes(10) + Duration.FromSeconds(second)).ToString("uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return $$$"""
            {"timestamp":"{{{time}}}.000001+0000","event_type":"alert","src_ip":"{{{source}}}","src_port":50096,"dest_ip":"{{{target}}}","dest_port":80,"proto":"TCP","app_proto":"http","alert":{"signature_id":7,"signature":"a try","category":"{{{category}}}","severity":{{{severity}}} }}

            """;
    }

    private static Task<IReadOnlyList<DetectionRow>> RowsAsync(Database database) => database.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);
}
