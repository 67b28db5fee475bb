using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

public sealed class SegmentBackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_made_while_mail_comes_in_has_all_that_was_acknowledged_before_and_is_whole()
    {
        await using var segments = new SegmentFixture();
        var target = RunFolder.NewFolder("backup");
        var acknowledged = 0;
        using var enough = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await segments.AppendAsync(SegmentFixture.Message(w, 3000));
                Interlocked.Increment(ref acknowledged);
            }
        }, Stop)).ToList();

        for (var round = 0; round < 5; round++)
        {
            await Eventually.TrueAsync(() => Volatile.Read(ref acknowledged) > (round + 1) * 50);
            var before = Volatile.Read(ref acknowledged);
            var copy = SegmentBackup.Copy(segments.Folder, target, Stop);
            var found = SegmentVerification.Of(target, Stop);

            Assert.Empty(copy.Problems);
            Assert.Empty(found.Problems);
            Assert.True(found.Records >= before);
            Assert.Equal(copy.Segments, found.Segments);
        }

        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_copy_that_is_brought_up_to_date_copies_what_is_new_and_drops_what_has_expired()
    {
        await using var segments = new SegmentFixture();
        var target = RunFolder.NewFolder("backup");
        for (var i = 0; i < 60; i++)
            await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i);
        segments.Clock.AdvanceDays(40);
        await segments.Store.AppendAsync(SegmentFixture.Head(60) with { SavedAt = segments.Clock.GetCurrentInstant() }, new(Some.Message), Stop);
        var whole = SegmentBackup.Copy(segments.Folder, target, Stop);

        var again = SegmentBackup.Copy(segments.Folder, target, Stop);
        segments.Store.DeleteExpired(segments.Clock.GetCurrentInstant() - Duration.FromDays(30), Stop);
        var last = SegmentBackup.Copy(segments.Folder, target, Stop);

        Assert.True(whole.BytesCopied > 60 * 4096);
        Assert.InRange(again.BytesCopied, 1, 1000);
        Assert.Equal(whole with { BytesCopied = 0, Problems = [] }, again with { BytesCopied = 0, Problems = [] });
        Assert.Equal(1, last.Segments);
        Assert.Single(Directory.GetDirectories(target));
    }

    [Fact]
    public async Task A_copy_that_is_copied_back_goes_on_where_it_was_made()
    {
        await using var segments = new SegmentFixture();
        await using var restored = new SegmentFixture();
        var stored = new List<StoredRecord>();
        for (var i = 0; i < 30; i++)
            stored.Add(await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i));
        SegmentBackup.Copy(segments.Folder, restored.Folder, Stop);

        await restored.AppendAsync(SegmentFixture.Message(30, 4096), 30);

        Assert.Equal(Enumerable.Range(0, 31).Select(i => (uint)i), restored.Uids());
        Assert.All(stored, s => Assert.Equal(segments.Read(s.Message), restored.Read(s.Message)));
    }

    [Fact]
    public async Task What_is_damaged_is_copied_as_it_is_and_reported()
    {
        await using var segments = new SegmentFixture();
        var target = RunFolder.NewFolder("backup");
        var bad = await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        using (var file = File.OpenHandle(segments.PathOf(bad.Message.Segment), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            RandomAccess.Write(file, "?"u8, bad.Message.Offset);

        var copy = SegmentBackup.Copy(segments.Folder, target, Stop);

        Assert.Equal(SegmentHeader.Bytes, Assert.Single(copy.Problems).Offset);
        Assert.Equal(copy.Problems, SegmentVerification.Of(target, Stop).Problems);
    }

    [Fact]
    public async Task An_empty_store_is_copied_as_nothing()
    {
        await using var segments = new SegmentFixture();
        Assert.Equal(default, segments.Store.End);

        Assert.Equal(0, SegmentBackup.Copy(segments.Folder, RunFolder.NewFolder("backup"), Stop).Segments);
    }
}
