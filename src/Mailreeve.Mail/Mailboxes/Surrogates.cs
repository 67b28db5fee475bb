using Mailreeve.Policy;
using Mailreeve.Storage.Segments;
using NodaTime;

namespace Mailreeve.Mail.Mailboxes;

// What Orleans needs to carry types of other projects to a grain on another node. On this node they are handed over as they are.

[GenerateSerializer]
internal struct FolderIdSurrogate
{
    [Id(0)]
    public long Value;
}

[RegisterConverter]
internal sealed class FolderIdConverter : IConverter<FolderId, FolderIdSurrogate>
{
    public FolderId ConvertFromSurrogate(in FolderIdSurrogate surrogate) => new(surrogate.Value);

    public FolderIdSurrogate ConvertToSurrogate(in FolderId value) => new() { Value = value.Value };
}

[GenerateSerializer]
internal struct InstantSurrogate
{
    [Id(0)]
    public long Ticks;
}

[RegisterConverter]
internal sealed class InstantConverter : IConverter<Instant, InstantSurrogate>
{
    public Instant ConvertFromSurrogate(in InstantSurrogate surrogate) => Instant.FromUnixTimeTicks(surrogate.Ticks);

    public InstantSurrogate ConvertToSurrogate(in Instant value) => new() { Ticks = value.ToUnixTimeTicks() };
}

[GenerateSerializer]
internal struct MessagePlaceSurrogate
{
    [Id(0)]
    public long Segment;

    [Id(1)]
    public long Offset;

    [Id(2)]
    public int Length;
}

[RegisterConverter]
internal sealed class MessagePlaceConverter : IConverter<MessagePlace, MessagePlaceSurrogate>
{
    public MessagePlace ConvertFromSurrogate(in MessagePlaceSurrogate surrogate) =>
        new(new SegmentId(surrogate.Segment), surrogate.Offset, surrogate.Length);

    public MessagePlaceSurrogate ConvertToSurrogate(in MessagePlace value) =>
        new() { Segment = value.Segment.Value, Offset = value.Offset, Length = value.Length };
}
