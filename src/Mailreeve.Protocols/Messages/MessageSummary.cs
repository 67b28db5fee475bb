using System.Buffers;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>
/// What IMAP wants to know of a message without reading it again: the texts of ENVELOPE, BODY and BODYSTRUCTURE, where its parts
/// lie, and what it is sorted and threaded by. Made once when the message is delivered.
/// </summary>
/// <remarks>
/// Any octets have a summary (RFC 3501, RFC 5256); what lies beyond <see cref="MessageLimits"/> makes it coarser. It is one array of
/// octets, the same in memory as in the database, a sixth of an ordinary message or less. Safe for use by several threads.
/// </remarks>
public sealed class MessageSummary
{
    // A summary of another version is made anew from the message.
    private const byte Version = 1;

    private readonly ReadOnlyMemory<byte> octets;
    private readonly SectionRange baseSubject;
    private readonly SectionRange from;
    private readonly SectionRange to;
    private readonly SectionRange cc;
    private readonly SectionRange messageId;
    private readonly SectionRange references;
    private readonly SectionRange envelope;
    private readonly SectionRange bodyStructure;
    private readonly SectionRange extensions;
    private readonly SectionRange parts;

    private MessageSummary(ReadOnlyMemory<byte> octets, out bool isSound)
    {
        this.octets = octets;
        var reader = new OctetReader(octets.Span);
        isSound = reader.Octet() == Version;
        var flags = reader.Octet();
        IsReplyOrForward = (flags & 1) != 0;
        LengthBytes = reader.Int();
        HeaderBytes = reader.Int();
        if ((flags & 2) != 0)
        {
            var (milliseconds, minutes) = (reader.Signed(), reader.Signed());
            isSound &= minutes is >= -18 * 60 and <= 18 * 60 && milliseconds is > -62_135_596_800_001 and < 253_402_300_800_000;
            if (isSound)
                SentAt = Instant.FromUnixTimeMilliseconds(milliseconds).WithOffset(Offset.FromSeconds((int)minutes * 60));
        }

        baseSubject = reader.CountedRange();
        from = reader.CountedRange();
        to = reader.CountedRange();
        cc = reader.CountedRange();
        messageId = reader.CountedRange();
        references = reader.CountedRange();
        envelope = reader.CountedRange();
        bodyStructure = reader.CountedRange();
        extensions = reader.CountedRange();
        parts = reader.CountedRange();
        isSound &= !reader.IsBroken && reader.IsAtEnd && HeaderBytes <= LengthBytes && AreExtensionsSound()
            && PartMap.IsSound(Span(parts), LengthBytes);
    }

    /// <summary>Octets of the message.</summary>
    public int LengthBytes { get; }

    /// <summary>Octets of its header, with the blank line; 0 when it has none.</summary>
    public int HeaderBytes { get; }

    /// <summary>The ENVELOPE (RFC 3501 §7.4.2): a list in parentheses, ready to be sent. Encoded words are left as they are.</summary>
    public ReadOnlyMemory<byte> Envelope => Slice(envelope);

    /// <summary>The BODYSTRUCTURE with all its extension data (RFC 3501 §7.4.2), ready to be sent.</summary>
    public ReadOnlyMemory<byte> BodyStructure => Slice(bodyStructure);

    /// <summary>The BODY, BODYSTRUCTURE without extension data. Made at each call.</summary>
    public ReadOnlyMemory<byte> Body => WithoutExtensions();

    /// <summary>Date of the header with its offset, for SENTBEFORE and the like; null when there is none that can be read.</summary>
    public OffsetDateTime? SentAt { get; }

    /// <summary>
    /// Base subject in upper case and UTF-8, to be compared octet by octet: the key of SORT SUBJECT (RFC 5256 §2.1).
    /// </summary>
    public ReadOnlyMemory<byte> BaseSubject => Slice(baseSubject);

    /// <summary>Whether the subject was marked as a reply or as forwarded (RFC 5256 §2.1).</summary>
    public bool IsReplyOrForward { get; }

    /// <summary>Local part of the first sender in upper case; the key of SORT FROM (RFC 5256 §3). Empty for nobody.</summary>
    public ReadOnlyMemory<byte> FromMailbox => Slice(from);

    /// <summary>Local part of the first address of To in upper case; the key of SORT TO.</summary>
    public ReadOnlyMemory<byte> ToMailbox => Slice(to);

    /// <summary>Local part of the first address of Cc in upper case; the key of SORT CC.</summary>
    public ReadOnlyMemory<byte> CcMailbox => Slice(cc);

    /// <summary>Message-ID without brackets and quotes; null for none. Made at each call.</summary>
    public string? MessageId => messageId.Length == 0 ? null : Encoding.UTF8.GetString(Span(messageId));

    /// <summary>
    /// Message-IDs of References, the oldest first; without one the first of In-Reply-To (RFC 5256 §3). Made at each call.
    /// </summary>
    public IReadOnlyList<string> References
    {
        get
        {
            var ids = new List<string>();
            var reader = new OctetReader(Span(references));
            while (!reader.IsAtEnd)
                ids.Add(Encoding.UTF8.GetString(reader.Counted()));
            return ids;
        }
    }

    internal PartMap Parts => new(Span(parts));

    /// <summary>Makes the summary of a message.</summary>
    /// <param name="message">Its octets; lines end in CRLF, others are borne with.</param>
    public static MessageSummary Of(ReadOnlySpan<byte> message) => Of(message, MessageLimits.Default);

    /// <summary>Makes the summary of a message.</summary>
    /// <param name="message">Its octets; lines end in CRLF, others are borne with.</param>
    /// <param name="limits">How closely it is looked at.</param>
    public static MessageSummary Of(ReadOnlySpan<byte> message, MessageLimits limits)
    {
        var summary = new OctetWriter(2048);
        while (true)
        {
            var list = MimeScanner.Scan(message, limits, out var count);
            var isSmall = new SummaryWriter(message, list.AsSpan(0, count), limits).TryWrite(ref summary, Version);
            ArrayPool<MimePart>.Shared.Return(list);
            if (isSmall)
                break;
            summary.Clear();
            limits = limits.Coarser();
        }

        var octets = summary.Written.ToArray();
        summary.Dispose();
        return new MessageSummary(octets, out _);
    }

    /// <summary>The summary as it is kept. The same octets each time; not to be changed.</summary>
    public ReadOnlyMemory<byte> ToBytes() => octets;

    /// <summary>Takes a kept summary back.</summary>
    /// <param name="kept">What <see cref="ToBytes"/> gave. It is held, not copied.</param>
    /// <returns>Null when it is of another version or broken: then it is to be made anew from the message.</returns>
    public static MessageSummary? FromBytes(ReadOnlyMemory<byte> kept)
    {
        var summary = new MessageSummary(kept, out var isSound);
        return isSound ? summary : null;
    }

    /// <summary>Where a section lies (RFC 3501 §6.4.5).</summary>
    /// <param name="path">Part numbers, from 1; empty for the message itself.</param>
    /// <param name="kind">What of the part.</param>
    /// <returns>Null when there is no such section: it is the empty string.</returns>
    public SectionRange? Find(ReadOnlySpan<int> path, SectionKind kind)
    {
        var map = Parts;
        map.Next(out var part);

        // At the root of a message the number 1 is its only part, which has the same place in the list.
        var isRoot = true;
        foreach (var number in path)
        {
            if (!isRoot && part.Kind == PartKind.Message)
                map.Next(out part);
            else if (!isRoot && part.Kind != PartKind.Multipart)
                return null;

            isRoot = false;
            if (part.Kind != PartKind.Multipart)
            {
                if (number != 1)
                    return null;
                continue;
            }

            if (!TrySkipTo(ref map, number, ref part))
                return null;
        }

        return Section(ref map, part, path.IsEmpty, kind);
    }

    private static SectionRange? Section(ref PartMap map, MappedPart part, bool isMessage, SectionKind kind)
    {
        if (kind == SectionKind.Mime)
            return isMessage ? null : new SectionRange(part.HeaderStart, part.BodyStart - part.HeaderStart);
        if (kind == SectionKind.Whole)
        {
            var start = isMessage ? part.HeaderStart : part.BodyStart;
            return new SectionRange(start, part.End - start);
        }

        // HEADER and TEXT are those of a message, not of any part.
        if (!isMessage)
        {
            if (part.Kind != PartKind.Message)
                return null;
            map.Next(out part);
        }

        return kind == SectionKind.Header
            ? new SectionRange(part.HeaderStart, part.BodyStart - part.HeaderStart)
            : new SectionRange(part.BodyStart, part.End - part.BodyStart);
    }

    private static bool TrySkipTo(ref PartMap map, int number, ref MappedPart part)
    {
        var left = part.Descendants;
        while (left > 0 && map.Next(out var child))
        {
            if (--number == 0)
            {
                part = child;
                return true;
            }

            left -= 1 + child.Descendants;
            for (var skip = child.Descendants; skip > 0; skip--)
                map.Next(out _);
        }

        return false;
    }

    private byte[] WithoutExtensions()
    {
        var text = Span(bodyStructure);
        var reader = new OctetReader(Span(extensions));
        var removed = 0;
        while (!reader.IsAtEnd)
        {
            reader.Int();
            removed += reader.Int();
        }

        var body = new byte[text.Length - removed];
        var (at, written) = (0, 0);
        reader = new OctetReader(Span(extensions));
        while (!reader.IsAtEnd)
        {
            var kept = reader.Int();
            text.Slice(at, kept).CopyTo(body.AsSpan(written));
            written += kept;
            at += kept + reader.Int();
        }

        text[at..].CopyTo(body.AsSpan(written));
        return body;
    }

    private bool AreExtensionsSound()
    {
        var reader = new OctetReader(Span(extensions));
        var length = 0L;
        while (!reader.IsAtEnd)
            length += (long)reader.Int() + reader.Int();
        if (reader.IsBroken || length > bodyStructure.Length)
            return false;

        reader = new OctetReader(Span(references));
        while (!reader.IsAtEnd)
            reader.Counted();
        return !reader.IsBroken;
    }

    private ReadOnlyMemory<byte> Slice(SectionRange range) => octets.Slice(range.Offset, range.Length);

    private ReadOnlySpan<byte> Span(SectionRange range) => octets.Span.Slice(range.Offset, range.Length);
}
