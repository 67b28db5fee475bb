using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

/// <summary>C9: what is older than the retention goes, a segment at a time.</summary>
public sealed class SegmentRetentionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_segment_goes_when_its_newest_record_was_saved_before_and_not_earlier()
    {
        await using var segments = new SegmentFixture();
        var stored = new List<StoredRecord>();
        for (var day = 0; day < 5; day++)
        {
            stored.Add(await AppendAsync(segments, 1));
            segments.Clock.AdvanceHours(1);
            stored.Add(await AppendAsync(segments, 2));
            segments.Clock.AdvanceHours(23);
        }

        var newestOfSecond = stored[3].Head.SavedAt;
        Assert.Equal([stored[0].Message.Segment], segments.Store.DeleteExpired(newestOfSecond, Stop));
        Assert.Equal([stored[2].Message.Segment], segments.Store.DeleteExpired(newestOfSecond.PlusTicks(1), Stop));
        Assert.Empty(segments.Store.DeleteExpired(newestOfSecond.PlusTicks(1), Stop));

        Assert.False(Directory.Exists(Path.GetDirectoryName(segments.PathOf(stored[0].Message.Segment))));
        Assert.Throws<FileNotFoundException>(() => segments.Read(stored[0].Message));
        Assert.Equal(stored.Skip(4).Select(s => s.Next), segments.Store.RecordsFrom(stored[0].Next).Select(s => s.Next));
        Assert.Empty(segments.Store.Verify(Stop).Problems);
    }

    [Fact]
    public async Task It_is_the_saved_date_that_counts_also_after_a_restart_and_not_what_a_client_says()
    {
        await using var segments = new SegmentFixture();
        var savedAt = segments.Clock.GetCurrentInstant();
        await segments.Store.AppendAsync(
            SegmentFixture.Head() with { SavedAt = savedAt, InternalDate = savedAt + Duration.FromDays(1000) }, new(Some.Message), Stop);
        segments.Clock.AdvanceDays(1);
        await AppendAsync(segments, 2);
        await segments.CloseAsync();

        Assert.Empty(segments.Store.DeleteExpired(savedAt, Stop));
        Assert.Single(segments.Store.DeleteExpired(savedAt.PlusTicks(1), Stop));
        Assert.Equal([2u], segments.Uids());
    }

    [Fact]
    public async Task When_all_has_expired_an_empty_segment_is_left_and_no_number_is_used_again()
    {
        await using var segments = new SegmentFixture();
        var only = await AppendAsync(segments, 1);

        Assert.Equal([only.Message.Segment], segments.Store.DeleteExpired(Instant.MaxValue, Stop));

        Assert.Empty(segments.Uids());
        Assert.Empty(segments.Store.DeleteExpired(Instant.MaxValue, Stop));
        await segments.CloseAsync();
        var next = await AppendAsync(segments, 2);
        Assert.Equal(only.Message.Segment.Number + 1, next.Message.Segment.Number);
    }

    [Fact]
    public async Task A_damaged_segment_expires_with_its_day()
    {
        await using var segments = new SegmentFixture();
        var damaged = await AppendAsync(segments, 1);
        segments.Clock.AdvanceDays(2);
        await AppendAsync(segments, 2);
        await segments.CloseAsync();
        await File.WriteAllBytesAsync(segments.PathOf(damaged.Message.Segment), new byte[1000], Stop);
        var dayAfter = Instant.FromUtc(2026, 3, 3, 0, 0);

        Assert.Empty(segments.Store.DeleteExpired(dayAfter, Stop));
        Assert.Single(segments.Store.DeleteExpired(dayAfter.PlusTicks(1), Stop));
    }

    [Fact]
    public async Task What_is_being_read_while_it_expires_is_read_whole_or_not_at_all()
    {
        await using var segments = new SegmentFixture(SegmentFixture.Small with { OpenSegmentsMax = 1 });
        var message = SegmentFixture.Message(1, 30_000);
        var stored = await segments.AppendAsync(message);
        var reads = 0;
        var reader = Task.Run(() =>
        {
            try
            {
                while (true)
                {
                    Assert.Equal(message, segments.Read(stored.Message));
                    Interlocked.Increment(ref reads);
                }
            }
            catch (FileNotFoundException)
            {
                return;
            }
        }, Stop);
        await Eventually.TrueAsync(() => Volatile.Read(ref reads) > 10);

        Assert.Single(segments.Store.DeleteExpired(Instant.MaxValue, Stop));

        await reader;
    }

    private static ValueTask<StoredRecord> AppendAsync(SegmentFixture segments, uint uid) =>
        segments.Store.AppendAsync(SegmentFixture.Head(uid) with { SavedAt = segments.Clock.GetCurrentInstant() }, new(Some.Message), Stop);
}
