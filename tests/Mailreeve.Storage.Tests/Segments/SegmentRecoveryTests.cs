using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

public sealed class SegmentRecoveryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_torn_end_is_cut_off_wherever_it_was_torn_and_all_before_is_there()
    {
        await using var segments = new SegmentFixture();
        await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        var before = await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        var last = await segments.AppendAsync(SegmentFixture.Message(3, 300), 3);
        await segments.CloseAsync();
        var path = segments.PathOf(last.Message.Segment);
        var whole = await File.ReadAllBytesAsync(path, Stop);

        for (var tornAt = before.Next.Offset; tornAt < last.Next.Offset; tornAt++)
        {
            foreach (var isZeroed in new[] { false, true })
            {
                await File.WriteAllBytesAsync(path, Torn(whole, (int)tornAt, isZeroed), Stop);

                Assert.Equal([1u, 2], segments.Uids());
                Assert.Equal(before.Next, segments.Store.End);
                Assert.Empty(segments.Store.Problems);
                await segments.CloseAsync();
            }
        }
    }

    // A file that ended there, or one whose remaining pages of zeros were never written over.
    private static byte[] Torn(byte[] whole, int at, bool isZeroed)
    {
        var torn = whole[..at];
        if (isZeroed)
            Array.Resize(ref torn, whole.Length);
        return torn;
    }

    [Fact]
    public async Task After_a_torn_end_mail_goes_on_and_what_was_torn_does_not_come_back()
    {
        await using var segments = new SegmentFixture();
        await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        var torn = await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        await segments.CloseAsync();
        await ChangeAsync(segments.PathOf(torn.Message.Segment), torn.Message.Offset + 100);

        var next = await segments.AppendAsync(SegmentFixture.Message(3, 300), 3);
        await segments.CloseAsync();

        Assert.Equal([1u, 3], segments.Uids());
        Assert.Equal(2, next.Message.Segment.Number);
        Assert.Empty(segments.Store.Verify(Stop).Problems);
    }

    [Fact]
    public async Task A_journal_that_ended_cleanly_is_gone_on_with_in_the_same_file()
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(Some.Message, 1);
        await segments.CloseAsync();

        var second = await segments.AppendAsync(Some.Message, 2);

        Assert.Equal(first.Next.Segment, second.Next.Segment);
        Assert.Equal([1u, 2], segments.Uids());
    }

    // After a power cut the writes that shared one flush may each be there or not.
    [Fact]
    public async Task A_hole_among_records_that_shared_a_flush_is_a_torn_end_and_no_damage()
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(Some.Message, 1);
        var together = await AppendTogetherAsync(segments, 20);
        await segments.CloseAsync();
        var hole = together[^3];
        await ChangeAsync(segments.PathOf(hole.Message.Segment), hole.Message.Offset);

        Assert.Empty(segments.Store.Problems);
        Assert.Equal(together.Where(r => r.Next < hole.Next).Select(r => r.Head.Deliveries[0].Uid).Prepend(1u), segments.Uids());
        Assert.True(segments.Store.End > first.Next);
    }

    [Fact]
    public async Task More_records_than_a_write_takes_pieces_share_one_flush()
    {
        await using var segments = new SegmentFixture(SegmentFixture.Small with { SegmentBytes = 4 << 20 });

        var together = await AppendTogetherAsync(segments, 1000);

        Assert.Equal(2, segments.Store.Counters.Commits);
        Assert.Equal(together.Select(r => r.Next), segments.Store.RecordsFrom(default).Select(r => r.Next));
    }

    [Fact]
    public async Task A_bad_record_with_acknowledged_ones_behind_it_is_loud_and_skipped_only_on_purpose()
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        var bad = await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        await segments.AppendAsync(SegmentFixture.Message(3, 300), 3);
        await segments.CloseAsync();
        await ChangeAsync(segments.PathOf(bad.Message.Segment), bad.Message.Offset + 7);

        var problem = Assert.Single(segments.Store.Problems);
        Assert.Equal((first.Next.Segment, first.Next.Offset), (problem.Segment, problem.Offset));
        Assert.Contains("2026-03-02/0001.segment", problem.ToString(), StringComparison.Ordinal);

        var read = new List<uint>();
        var thrown = Assert.Throws<SegmentDamagedException>(() =>
        {
            foreach (var record in segments.Store.RecordsFrom(default))
                read.Add(record.Head.Deliveries[0].Uid);
        });
        Assert.Equal([1u], read);
        Assert.Equal(problem, thrown.Problem);
        Assert.Equal([3u], segments.Store.RecordsFrom(thrown.ResumeAt).Select(r => r.Head.Deliveries[0].Uid));

        var next = await segments.AppendAsync(SegmentFixture.Message(4, 300), 4);
        Assert.Equal(2, next.Message.Segment.Number);
        Assert.Equal([3u, 4], segments.Store.RecordsFrom(thrown.ResumeAt).Select(r => r.Head.Deliveries[0].Uid));
    }

    [Fact]
    public async Task Damage_is_reported_with_file_and_offset_and_what_is_good_is_counted()
    {
        await using var segments = new SegmentFixture();
        var stored = new List<StoredRecord>();
        for (var i = 0; i < 60; i++)
            stored.Add(await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i));
        foreach (var i in (int[])[0, 25, 26, 40])
            await ChangeAsync(segments.PathOf(stored[i].Message.Segment), stored[i].Message.Offset + i);

        var inside = segments.Store.Verify(Stop);
        var outside = SegmentVerification.Of(segments.Folder, Stop);

        Assert.Equal(56, inside.Records);
        Assert.Equal(56 * 4096, inside.Bytes);
        Assert.Equal(stored.Select(s => s.Message.Segment).Distinct().Count(), inside.Segments);
        Assert.Equal(
            [stored[0].Message.Segment, stored[25].Message.Segment, stored[26].Message.Segment, stored[40].Message.Segment],
            inside.Problems.Select(p => p.Segment));
        Assert.Equal(SegmentHeader.Bytes, inside.Problems[0].Offset);
        Assert.Equal(stored[24].Next.Segment == stored[25].Next.Segment ? stored[24].Next.Offset : SegmentHeader.Bytes, inside.Problems[1].Offset);
        Assert.Equal(inside.Problems, outside.Problems);
        Assert.Equal(inside with { Problems = [] }, outside with { Problems = [] });
    }

    [Fact]
    public async Task A_segment_that_was_cut_short_is_reported()
    {
        await using var segments = new SegmentFixture();
        var stored = new List<StoredRecord>();
        for (var i = 0; i < 30; i++)
            stored.Add(await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i));
        await segments.CloseAsync();
        using (var file = File.OpenHandle(segments.PathOf(stored[0].Message.Segment), FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(file, stored[1].Next.Offset);

        var problem = Assert.Single(segments.Store.Verify(Stop).Problems);

        Assert.Equal((stored[1].Next.Segment, stored[1].Next.Offset), (problem.Segment, problem.Offset));
        Assert.Throws<EndOfStreamException>(() => segments.Read(stored[2].Message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(33)]
    public async Task A_damaged_header_is_reported_and_the_messages_behind_it_can_still_be_read(int offset)
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        await segments.CloseAsync();
        await ChangeAsync(segments.PathOf(first.Message.Segment), offset);

        Assert.Equal(0, Assert.Single(segments.Store.Problems).Offset);
        Assert.Equal(SegmentFixture.Message(1, 300), segments.Read(first.Message));
        var thrown = Assert.Throws<SegmentDamagedException>(() => segments.Store.RecordsFrom(default).ToList());
        await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        Assert.Equal([2u], segments.Store.RecordsFrom(thrown.ResumeAt).Select(r => r.Head.Deliveries[0].Uid));
    }

    [Fact]
    public async Task A_file_under_another_ones_name_is_not_taken_for_it()
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(Some.Message);
        await segments.CloseAsync();
        File.Copy(segments.PathOf(first.Message.Segment), segments.PathOf(new SegmentId(first.Message.Segment.Value + 1)));

        Assert.Contains("0001.segment", Assert.Single(segments.Store.Problems).Reason, StringComparison.Ordinal);
    }

    // Someone mails a piece of a segment: it must not be taken for records, whatever is torn around it.
    [Fact]
    public async Task A_message_that_is_itself_a_segment_is_a_message()
    {
        await using var segments = new SegmentFixture();
        var first = await segments.AppendAsync(SegmentFixture.Message(1, 300), 1);
        await segments.AppendAsync(SegmentFixture.Message(2, 300), 2);
        await using var other = new SegmentFixture();
        await other.AppendAsync(SegmentFixture.Message(1, 300), 11);
        var theirs = await other.AppendAsync(SegmentFixture.Message(2, 300), 12);
        await other.CloseAsync();
        var mailed = (await File.ReadAllBytesAsync(other.PathOf(theirs.Message.Segment), Stop))[..(int)theirs.Next.Offset];

        var last = await segments.AppendAsync(mailed, 3);
        await segments.CloseAsync();
        await ChangeAsync(segments.PathOf(last.Message.Segment), last.Message.Offset + 1);

        Assert.Empty(segments.Store.Problems);
        Assert.Equal([1u, 2], segments.Uids());
        Assert.True(first.Next < segments.Store.End);
    }

    private static async Task<StoredRecord[]> AppendTogetherAsync(SegmentFixture segments, int count)
    {
        // The commit thread is held in its callback, so that all that come meanwhile share the next flush.
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        segments.Store.Committed = _ =>
        {
            held.Set();
            release.Wait();
        };
        var first = segments.AppendAsync(SegmentFixture.Message(0, 300), 100).AsTask();
        held.Wait(Stop);
        var rest = Enumerable.Range(1, count).Select(i => segments.AppendAsync(SegmentFixture.Message(i, 300), 100 + (uint)i).AsTask()).ToList();
        release.Set();
        return [await first, .. await Task.WhenAll(rest)];
    }

    private static async Task ChangeAsync(string path, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var octet = new byte[1];
        await RandomAccess.ReadAsync(file, octet, offset, Stop);
        octet[0] ^= 0xFF;
        await RandomAccess.WriteAsync(file, octet, offset, Stop);
    }
}
