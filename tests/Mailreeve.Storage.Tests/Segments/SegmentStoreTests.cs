using System.Buffers;
using System.Collections.Concurrent;
using Mailreeve.Policy;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

public sealed class SegmentStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_read_back_as_it_was_also_after_the_store_was_closed()
    {
        await using var segments = new SegmentFixture();
        var message = SegmentFixture.Message(1, 5000);

        var stored = await segments.AppendAsync(message);

        Assert.Equal(message, segments.Read(stored.Message));
        await segments.CloseAsync();
        Assert.Equal(message, segments.Read(stored.Message));
    }

    [Fact]
    public async Task A_head_is_replayed_as_it_was()
    {
        await using var segments = new SegmentFixture();
        var head = new RecordHead
        {
            SavedAt = Some.Time.PlusTicks(1234567),
            InternalDate = Instant.FromUtc(1999, 12, 31, 23, 59, 59),
            EnvelopeFrom = "bücher@sender.example",
            Deliveries =
            [
                new Delivery(new MailboxId(long.MaxValue), new FolderId(-1), uint.MaxValue, ulong.MaxValue, long.MinValue, "$Forwarded Büro"),
                new Delivery(new MailboxId(1), new FolderId(2), 3, 4, 5, ""),
            ],
        };

        var stored = await segments.Store.AppendAsync(head, new ReadOnlySequence<byte>(Some.Message), Stop);
        await segments.CloseAsync();

        var replayed = Assert.Single(segments.Store.RecordsFrom(default));
        Assert.Equal(head.Deliveries, replayed.Head.Deliveries);
        Assert.Equal(head with { Deliveries = [] }, replayed.Head with { Deliveries = [] });
        Assert.Equal((stored.Message, stored.Next), (replayed.Message, replayed.Next));
        Assert.Equal(segments.Store.End, replayed.Next);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(200_000)]
    public async Task A_message_may_be_empty_or_larger_than_a_segment(int length)
    {
        await using var segments = new SegmentFixture();
        var message = SegmentFixture.Message(2, length);

        await segments.AppendAsync(Some.Message, 1);
        var stored = await segments.AppendAsync(message, 2);
        await segments.AppendAsync(Some.Message, 3);
        await segments.CloseAsync();

        Assert.Equal(message, segments.Read(stored.Message));
        Assert.Equal([1u, 2, 3], segments.Uids());
    }

    [Fact]
    public async Task A_message_in_pieces_is_one_message()
    {
        await using var segments = new SegmentFixture();
        var whole = SegmentFixture.Message(3, 10_000);
        var pipe = new System.IO.Pipelines.Pipe();
        foreach (var piece in whole.Chunk(777))
            await pipe.Writer.WriteAsync(piece, Stop);
        await pipe.Writer.CompleteAsync();
        var read = await pipe.Reader.ReadAtLeastAsync(whole.Length, Stop);
        Assert.False(read.Buffer.IsSingleSegment);

        var stored = await segments.Store.AppendAsync(SegmentFixture.Head(), read.Buffer, Stop);

        Assert.Equal(whole, segments.Read(stored.Message));
        Assert.Empty(segments.Store.Verify(Stop).Problems);
    }

    [Fact]
    public async Task Parts_of_a_message_are_copied_and_nothing_beyond_it()
    {
        await using var segments = new SegmentFixture();
        var message = SegmentFixture.Message(4, 40_000);
        var stored = await segments.AppendAsync(message);
        await segments.AppendAsync(message);
        var part = new ArrayBufferWriter<byte>();
        var rest = new ArrayBufferWriter<byte>();

        Assert.Equal(20_000, segments.Store.CopyTo(stored.Message, 100, 20_000, part));
        Assert.Equal(10, segments.Store.CopyTo(stored.Message, 39_990, 1000, rest));

        Assert.Equal(message.AsSpan(100, 20_000), part.WrittenSpan);
        Assert.Equal(message.AsSpan(39_990), rest.WrittenSpan);
        Assert.Equal(0, segments.Store.CopyTo(stored.Message, 50_000, 1000, rest));
        Assert.Throws<ArgumentOutOfRangeException>(() => segments.Store.Read(stored.Message, 39_999, new byte[2]));
    }

    [Fact]
    public async Task A_place_that_nothing_was_written_to_is_not_read_as_zeros()
    {
        await using var segments = new SegmentFixture();
        var stored = await segments.AppendAsync(Some.Message);

        Assert.Throws<EndOfStreamException>(() => segments.Read(stored.Message with { Length = stored.Message.Length + 1 }));
        Assert.Throws<FileNotFoundException>(() => segments.Read(stored.Message with { Segment = new SegmentId(stored.Message.Segment.Value + 1) }));
    }

    [Fact]
    public async Task Many_who_append_at_once_each_get_their_own_back_and_share_flushes()
    {
        await using var segments = new SegmentFixture(SegmentFixture.Small with { SegmentBytes = 1 << 20, OpenSegmentsMax = 2 });
        var committed = new ConcurrentQueue<StoredRecord>();
        segments.Store.Committed = records =>
        {
            foreach (var record in records)
                committed.Enqueue(record);
        };
        var places = new ConcurrentDictionary<int, MessagePlace>();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async writer =>
        {
            for (var i = 0; i < 40; i++)
            {
                var number = writer * 40 + i;
                var stored = await segments.AppendAsync(SegmentFixture.Message(number, number % 3000), (uint)number);
                places[number] = stored.Message;
            }
        }));

        Assert.All(places, p => Assert.Equal(SegmentFixture.Message(p.Key, p.Key % 3000), segments.Read(p.Value)));
        var counted = segments.Store.Counters;
        Assert.Equal((2000, 0), (counted.Appends, counted.Failures));
        Assert.True(counted.Commits < counted.Appends);
        Assert.True(counted.Segments > 2);
        Assert.Equal(committed.Select(r => r.Next), segments.Store.RecordsFrom(default).Select(r => r.Next));
        Assert.Equal(committed.Select(r => r.Next).Order(), committed.Select(r => r.Next));
        Assert.Equal((counted.Appends, 0), (segments.Store.Verify(Stop).Records, segments.Store.Verify(Stop).Problems.Count));
    }

    [Fact]
    public async Task Who_appends_hears_of_it_after_the_record_was_taken_over()
    {
        await using var segments = new SegmentFixture();
        var taken = 0;
        segments.Store.Committed = records => Volatile.Write(ref taken, taken + records.Count);

        for (var i = 1; i <= 20; i++)
        {
            await segments.AppendAsync(Some.Message);
            Assert.Equal(i, Volatile.Read(ref taken));
        }
    }

    [Fact]
    public async Task A_new_day_begins_a_new_segment_and_a_clock_that_is_set_back_does_not()
    {
        await using var segments = new SegmentFixture();
        segments.Clock.Reset(Instant.FromUtc(2026, 3, 2, 23, 59, 59));

        var today = await segments.AppendAsync(Some.Message, 1);
        segments.Clock.AdvanceSeconds(1);
        var tomorrow = await segments.AppendAsync(Some.Message, 2);
        segments.Clock.AdvanceSeconds(-60);
        var back = await segments.AppendAsync(Some.Message, 3);

        Assert.Equal("2026-03-02/0001.segment", today.Message.Segment.FileName);
        Assert.Equal("2026-03-03/0001.segment", tomorrow.Message.Segment.FileName);
        Assert.Equal(tomorrow.Message.Segment, back.Message.Segment);
        Assert.Equal(new LocalDate(2026, 3, 3), back.Message.Segment.Day);
        Assert.Equal([1u, 2, 3], segments.Uids());
        await segments.CloseAsync();
        Assert.Equal(back.Next.Segment, (await segments.AppendAsync(Some.Message, 4)).Message.Segment);
    }

    [Fact]
    public async Task A_full_segment_is_followed_by_the_next_and_keeps_no_zeros()
    {
        await using var segments = new SegmentFixture();

        var stored = new List<StoredRecord>();
        for (var i = 0; i < 100; i++)
            stored.Add(await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i));
        await segments.CloseAsync();

        var ids = stored.Select(s => s.Message.Segment).Distinct().ToList();
        Assert.InRange(ids.Count, 7, 30);
        Assert.Equal(Enumerable.Range(1, ids.Count), ids.Select(id => id.Number));
        Assert.All(ids.SkipLast(1), id => Assert.Equal(stored.Last(s => s.Message.Segment == id).Next.Offset, new FileInfo(segments.PathOf(id)).Length));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (uint)i), segments.Uids());
    }

    [Fact]
    public async Task Records_are_replayed_from_any_position_on()
    {
        await using var segments = new SegmentFixture();
        var stored = new List<StoredRecord>();
        for (var i = 0; i < 60; i++)
            stored.Add(await segments.AppendAsync(SegmentFixture.Message(i, 4096), (uint)i));

        for (var i = 0; i < 60; i++)
            Assert.Equal(stored.Skip(i + 1).Select(s => s.Next), segments.Store.RecordsFrom(stored[i].Next).Select(s => s.Next));

        Assert.Empty(segments.Store.RecordsFrom(segments.Store.End));
    }

    [Fact]
    public async Task A_position_behind_the_end_says_that_the_journal_has_lost_something()
    {
        await using var segments = new SegmentFixture();
        await segments.AppendAsync(Some.Message);
        var end = segments.Store.End;

        var thrown = Assert.Throws<SegmentDamagedException>(() => segments.Store.RecordsFrom(end with { Offset = end.Offset + 8 }).ToList());

        Assert.Equal(end, thrown.ResumeAt);
    }

    [Fact]
    public async Task A_second_program_cannot_open_the_folder()
    {
        await using var segments = new SegmentFixture();
        await segments.AppendAsync(Some.Message);

        Assert.Throws<IOException>(() => SegmentStore.Open(segments.Folder, segments.Options, segments.Clock));
    }

    [Fact]
    public async Task A_store_that_was_closed_takes_nothing_more()
    {
        await using var segments = new SegmentFixture();
        var store = segments.Store;
        await segments.CloseAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => SegmentFixture.AppendAsync(store, Some.Message).AsTask());
    }

    [Fact]
    public async Task Nothing_is_acknowledged_any_more_when_a_record_was_not_taken_over()
    {
        await using var segments = new SegmentFixture();
        segments.Store.Committed = _ => throw new InvalidDataException("on purpose");
        await segments.AppendAsync(Some.Message, 1);

        await Assert.ThrowsAsync<IOException>(() => segments.AppendAsync(Some.Message, 2).AsTask());

        await segments.CloseAsync();
        Assert.Equal([1u], segments.Uids());
    }

    [Fact]
    public async Task A_head_that_does_not_fit_is_refused_and_the_next_is_not()
    {
        await using var segments = new SegmentFixture();
        var tooLong = SegmentFixture.Head() with { EnvelopeFrom = new string('x', 65_536) };
        var many = Enumerable.Repeat(SegmentFixture.Head().Deliveries[0], 30_000).ToList();

        await Assert.ThrowsAsync<ArgumentException>(() => segments.Store.AppendAsync(tooLong, default, Stop).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => segments.Store.AppendAsync(SegmentFixture.Head() with { Deliveries = many }, default, Stop).AsTask());
        await segments.AppendAsync(Some.Message, 3);

        Assert.Equal([3u], segments.Uids());
    }

    [Fact]
    public void Options_say_all_that_is_wrong_with_them()
    {
        var wrong = new SegmentOptions
        {
            SegmentBytes = 1, FillStepBytes = 1, BatchBytesMax = 1, BatchRecordsMax = 0, OpenSegmentsMax = 0, RetryPause = TimeSpan.FromDays(1),
        };

        Assert.Empty(new SegmentOptions().Problems());
        Assert.Equal(6, wrong.Problems().Count());
    }

    [Theory]
    [InlineData("2026-03-02/0001.segment", true)]
    [InlineData("1969-12-31/0001.segment", false)]
    [InlineData("2026-03-02/0000.segment", false)]
    [InlineData("2026-03-02/+001.segment", false)]
    [InlineData("2026-02-30/0001.segment", false)]
    [InlineData("2026-03-02/0001.segmenT", false)]
    [InlineData("2026-03-02-0001.segment", false)]
    public void A_name_is_that_of_a_segment_or_not(string name, bool good)
    {
        Assert.Equal(good, SegmentId.TryParse(name, out var id));
        if (good)
            Assert.Equal(name, id.FileName);
    }
}
