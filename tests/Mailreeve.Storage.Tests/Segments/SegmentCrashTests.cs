using System.Diagnostics;

namespace Mailreeve.Storage.Tests.Segments;

/// <summary>Whatever happens to the program or the disk: what was acknowledged is there, once; what was refused is not.</summary>
public sealed class SegmentCrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged()
    {
        await using var segments = new SegmentFixture();
        var kept = new List<uint>();
        for (var round = 0u; round < 6; round++)
        {
            await using var appending = AppendingProcess.Start(segments.Folder, 1 + round * 1_000_000);
            var enough = 20 + (int)round * 117;
            await Eventually.TrueAsync(() => appending.KeptCount > enough);
            await appending.KillAsync();
            Assert.Empty(appending.Refused);
            kept.AddRange(appending.Kept);
        }

        AssertKept(segments, kept, []);
    }

    [Theory]
    [InlineData("posix/io/sync/fdatasync")]
    [InlineData("posix/io/rw/pwritev")]
    [InlineData("posix/io/sync/fdatasync", "posix/io/rw/ftruncate")]
    public async Task What_could_not_be_written_or_flushed_is_refused_and_never_comes_to_light(params string[] faults)
    {
        var run = Required.Program("fiu-run", "fiu-utils");
        var control = Required.Program("fiu-ctrl", "fiu-utils");
        await using var segments = new SegmentFixture();
        var pipes = RunFolder.NewPath("fiu");
        await using var appending = AppendingProcess.Start(segments.Folder, 1, run, "-x", "-f", pipes);

        for (var round = 0; round < 3; round++)
        {
            var (kept, refused) = (appending.KeptCount, appending.RefusedCount);
            await Eventually.TrueAsync(() => appending.KeptCount > kept + 100);
            await ControlAsync(control, pipes, appending.Id, faults.Select(f => $"enable name={f},failinfo=5"));
            await Eventually.TrueAsync(() => appending.RefusedCount > refused + 30);
            await ControlAsync(control, pipes, appending.Id, faults.Select(f => $"disable name={f}"));
        }

        var before = appending.KeptCount;
        await Eventually.TrueAsync(() => appending.KeptCount > before + 100);
        await appending.EndAsync();

        AssertKept(segments, appending.Kept, appending.Refused);
    }

    [Fact]
    public async Task A_full_disk_refuses_mail_and_takes_it_again_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(2 << 20);
        await using var segments = new SegmentFixture { Folder = Path.Combine(disk.Path, "mail") };
        var ballast = Path.Combine(disk.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[1 << 20], Stop);
        var kept = new List<uint>();
        var refused = new List<uint>();
        for (var uid = 1u; uid <= 400; uid++)
        {
            if (uid == 350)
                File.Delete(ballast);
            try
            {
                await segments.AppendAsync(SegmentFixture.Message((int)uid, 4000), uid);
                kept.Add(uid);
            }
            catch (IOException)
            {
                refused.Add(uid);
            }
        }

        Assert.InRange(kept.Count(uid => uid < 350), 100, 300);
        Assert.All(refused, uid => Assert.True(uid < 350));
        Assert.Equal((kept.Count, refused.Count), ((int)segments.Store.Counters.Appends, (int)segments.Store.Counters.Failures));
        Assert.Equal(kept, segments.Uids());
        await segments.CloseAsync();
        Assert.Equal(kept, segments.Uids());
        Assert.Empty(segments.Store.Verify(Stop).Problems);
    }

    private static void AssertKept(SegmentFixture segments, IEnumerable<uint> kept, IEnumerable<uint> refused)
    {
        Assert.Empty(segments.Store.Problems);
        var found = segments.Uids();
        Assert.Equal(found.Length, found.Distinct().Count());
        Assert.Empty(kept.Except(found));
        Assert.Empty(refused.Intersect(found));
        Assert.Empty(segments.Store.Verify(Stop).Problems);
        foreach (var record in segments.Store.RecordsFrom(default).Where((_, i) => i % 10 == 0))
        {
            var uid = record.Head.Deliveries[0].Uid;
            Assert.Equal(SegmentFixture.Message((int)uid, (int)(uid * 37 % 6000)), segments.Read(record.Message));
        }
    }

    private static async Task ControlAsync(string control, string pipes, int process, IEnumerable<string> commands)
    {
        string[] arguments = ["-f", pipes, .. commands.SelectMany(c => new[] { "-c", c }), $"{process}"];
        using var running = Process.Start(control, arguments);
        await running.WaitForExitAsync(Stop);
        Assert.Equal(0, running.ExitCode);
    }
}
