using System.Buffers;
using CsCheck;
using Mailreeve.Policy;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

/// <summary>A file is what someone or something made of it: reading it never does anything but return good records and say what is wrong.</summary>
public sealed class SegmentMutationTests
{
    // What reading may allocate beyond the size of the file: the buffer of the window, and the records.
    private const long AllocationSlack = 4 << 20;

    private static readonly uint[] Lengths = [0, 1, 7, 1 << 20, 1 << 30, int.MaxValue, 1u << 31, uint.MaxValue];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly Gen<Mutation> Mutations = Gen.OneOf(
        Gen.Select(Gen.Int[0, 6000], Gen.Byte, (at, to) => (Mutation)new Mutation.Octet(at, to)),
        Gen.Select(Gen.Int[0, 6000], Gen.Int[0, Lengths.Length - 1], (at, to) => (Mutation)new Mutation.Word(at, Lengths[to])),
        Gen.Int[0, 6000].Select(length => (Mutation)new Mutation.Cut(length)),
        Gen.Select(Gen.Int[0, 6000], Gen.Int[1, 3000], (from, length) => (Mutation)new Mutation.Zeros(from, length)),
        Gen.Select(Gen.Int[0, 6000], Gen.Int[0, 6000], Gen.Int[1, 3000], (from, to, length) => (Mutation)new Mutation.Copy(from, to, length)));

    [Fact]
    public async Task Of_a_file_with_anything_in_it_only_good_records_are_returned()
    {
        await using var segments = new SegmentFixture();
        var good = new Dictionary<long, StoredRecord>();
        for (var i = 0; i < 12; i++)
        {
            var stored = await segments.AppendAsync(SegmentFixture.Message(i, i * 73), (uint)i);
            good.Add(stored.Message.Offset, stored);
        }

        var id = segments.Store.End.Segment;
        await segments.CloseAsync();
        var whole = (await File.ReadAllBytesAsync(segments.PathOf(id), Stop))[..8000];

        Mutations.Array[1, 4].Sample(
            mutations =>
            {
                var octets = mutations.Aggregate(whole, (o, m) => m.Apply(o));
                var path = segments.PathOf(id);
                File.WriteAllBytes(path, octets);
                foreach (var end in (long?[])[null, octets.Length, 4000])
                    AssertOnlyGood(path, id, end, octets.Length, good);
                Reopen(segments, good);
                Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Of_any_octets_a_head_is_read_or_not()
    {
        Gen.Byte.Array[0, 300].Sample(octets => RecordHeadCode.TryRead(octets, out _) || true);
    }

    [Fact]
    public void A_head_with_any_octet_changed_is_read_or_not()
    {
        var written = new ArrayBufferWriter<byte>();
        RecordHeadCode.Write(written, SegmentFixture.Head() with { EnvelopeFrom = "bücher@sender.example" });

        Gen.Select(Gen.Int[0, written.WrittenCount - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            var octets = written.WrittenSpan.ToArray();
            foreach (var (at, to) in changes)
                octets[at] = to;
            if (RecordHeadCode.TryRead(octets, out var head))
                Assert.True(head.Deliveries.Count <= 1);
        });
    }

    [Fact]
    public void A_head_is_read_as_it_was_written()
    {
        var text = Gen.String[Gen.Char.AlphaNumeric, 0, 50];
        var delivery = Gen.Select(
            Gen.Long, Gen.Long, Gen.UInt, Gen.ULong, Gen.Long, text, (mailbox, folder, uid, modSeq, flags, keywords) =>
                new Delivery(new MailboxId(mailbox), new FolderId(folder), uid, modSeq, flags, keywords));
        var ticks = Gen.Long[0, 4_000_000_000 * 10_000_000L];

        Gen.Select(ticks, ticks, text, delivery.Array[0, 20], Gen.Int[0, 7]).Sample((saved, internalDate, sender, deliveries, padding) =>
        {
            var written = new ArrayBufferWriter<byte>();
            RecordHeadCode.Write(written, new RecordHead
            {
                SavedAt = Instant.FromUnixTimeTicks(saved), InternalDate = Instant.FromUnixTimeTicks(internalDate),
                EnvelopeFrom = sender, Deliveries = deliveries,
            });

            Assert.True(RecordHeadCode.TryRead([.. written.WrittenSpan, .. new byte[padding]], out var head));
            Assert.Equal(
                (saved, internalDate, sender), (head.SavedAt.ToUnixTimeTicks(), head.InternalDate.ToUnixTimeTicks(), head.EnvelopeFrom));
            Assert.Equal(deliveries, head.Deliveries);
        });
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard_in_whatever_pieces()
    {
        // RFC 3720 §B.4: 32 octets of zeros, of ones, and counting up.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 200]).Sample((octets, at) =>
        {
            at = Math.Min(at, octets.Length);
            var pieces = Crc32C.Finish(Crc32C.Add(Crc32C.Add(Crc32C.Begin(), octets.AsSpan(0, at)), octets.AsSpan(at)));
            return pieces == Crc32C.Of(octets);
        });
    }

    private static void AssertOnlyGood(string path, SegmentId id, long? end, int fileBytes, Dictionary<long, StoredRecord> good)
    {
        using var file = Segment.OpenForReading(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var header = Segment.ReadHeader(file, id, out _);
        if (header is null)
            return;
        var scan = new SegmentScan(file, header, SegmentHeader.Bytes, end);
        while (scan.TryNext(out var record))
            AssertGood(record, good);
        var walk = SegmentWalk.Through(file, header, end, CancellationToken.None);

        Assert.InRange(walk.Records, 0, good.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, fileBytes + AllocationSlack);
    }

    private static void Reopen(SegmentFixture segments, Dictionary<long, StoredRecord> good)
    {
        try
        {
            foreach (var record in segments.Store.RecordsFrom(default))
                AssertGood(record, good);
        }
        catch (SegmentDamagedException)
        {
            // As declared.
        }

        segments.CloseAsync().GetAwaiter().GetResult();
    }

    private static void AssertGood(StoredRecord record, Dictionary<long, StoredRecord> good)
    {
        var original = good[record.Message.Offset];
        Assert.Equal((original.Message, original.Next), (record.Message, record.Next));
        Assert.Equal(original.Head.Deliveries, record.Head.Deliveries);
    }

    /// <summary>Something that happens to a file.</summary>
    private abstract record Mutation
    {
        private Mutation()
        {
        }

        public abstract byte[] Apply(byte[] file);

        public sealed record Octet(int At, byte To) : Mutation
        {
            public override byte[] Apply(byte[] file) => [.. file.Select((o, i) => i == At ? To : o)];
        }

        public sealed record Word(int At, uint To) : Mutation
        {
            public override byte[] Apply(byte[] file) => Over(file, At & ~3, BitConverter.GetBytes(To));
        }

        public sealed record Cut(int Length) : Mutation
        {
            public override byte[] Apply(byte[] file) => file[..Math.Min(Length, file.Length)];
        }

        public sealed record Zeros(int From, int Length) : Mutation
        {
            public override byte[] Apply(byte[] file) => Over(file, From, new byte[Length]);
        }

        public sealed record Copy(int From, int To, int Length) : Mutation
        {
            public override byte[] Apply(byte[] file) => Over(file, To & ~7, [.. file.Skip(From & ~7).Take(Length)]);
        }

        private static byte[] Over(byte[] file, int at, byte[] octets)
        {
            var changed = file.ToArray();
            for (var i = 0; i < octets.Length && at + i < changed.Length; i++)
                changed[at + i] = octets[i];
            return changed;
        }
    }
}
