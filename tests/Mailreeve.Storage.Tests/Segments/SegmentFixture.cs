using System.Buffers;
using Mailreeve.Policy;
using Mailreeve.Storage.Segments;
using NodaTime.Testing;

namespace Mailreeve.Storage.Tests.Segments;

/// <summary>A folder of segments that is opened, closed and opened again.</summary>
internal sealed class SegmentFixture : IAsyncDisposable
{
    /// <summary>Small, so that tests turn many segments over.</summary>
    public static readonly SegmentOptions Small = new() { SegmentBytes = 64 << 10, FillStepBytes = 16 << 10, RetryPause = TimeSpan.Zero };

    private readonly Lock opening = new();
    private SegmentStore? store;

    public SegmentFixture(SegmentOptions? options = null)
    {
        Options = options ?? Small;
    }

    public SegmentOptions Options { get; }

    public string Folder { get; init; } = RunFolder.NewFolder("segments");

    public FakeClock Clock { get; } = Some.Clock();

    public SegmentStore Store
    {
        get
        {
            lock (opening)
                return store ??= SegmentStore.Open(Folder, Options, Clock);
        }
    }

    public static RecordHead Head(uint uid = 1) => new()
    {
        SavedAt = Some.Time,
        InternalDate = Some.Time - Duration.FromDays(3),
        EnvelopeFrom = "sender@sender.example",
        Deliveries = [new Delivery(new MailboxId(7), new FolderId(8), uid, 9, 0, "")],
    };

    /// <summary>Octets that differ from one number to the next.</summary>
    public static byte[] Message(int number, int length)
    {
        var octets = new byte[length];
        new Random(number).NextBytes(octets);
        return octets;
    }

    public static ValueTask<StoredRecord> AppendAsync(SegmentStore to, byte[] message, uint uid = 1) =>
        to.AppendAsync(Head(uid), new ReadOnlySequence<byte>(message), TestContext.Current.CancellationToken);

    public ValueTask<StoredRecord> AppendAsync(byte[] message, uint uid = 1) => AppendAsync(Store, message, uid);

    public byte[] Read(MessagePlace place)
    {
        var octets = new byte[place.Length];
        Store.Read(place, 0, octets);
        return octets;
    }

    public string PathOf(SegmentId id) => Path.Combine(Folder, id.FileName);

    public uint[] Uids() => [.. Store.RecordsFrom(default).Select(r => r.Head.Deliveries[0].Uid)];

    public async Task CloseAsync()
    {
        if (store is not null)
            await store.DisposeAsync();
        store = null;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
