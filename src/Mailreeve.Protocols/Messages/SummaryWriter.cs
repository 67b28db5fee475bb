using System.Text;
using MimeKit.Utils;

namespace Mailreeve.Protocols.Messages;

/// <summary>Writes the octets of a <see cref="MessageSummary"/>, in the order in which it reads them.</summary>
internal readonly ref struct SummaryWriter(ReadOnlySpan<byte> message, ReadOnlySpan<MimePart> parts, MessageLimits limits)
{
    private readonly ReadOnlySpan<byte> message = message;
    private readonly ReadOnlySpan<MimePart> parts = parts;

    /// <returns>Whether it is as small as the limits want it. Always, when only the root of the message is looked at.</returns>
    public bool TryWrite(ref OctetWriter summary, byte version)
    {
        var subject = Protocols.Messages.BaseSubject.Of(HeaderText.Decode(Cut(Value(KnownField.Subject))));
        var hasDate = TryDate(out var date);
        summary.Write(version);
        summary.Write((byte)((subject.IsReplyOrForward ? 1 : 0) | (hasDate ? 2 : 0)));
        summary.Number((ulong)message.Length);
        summary.Number((ulong)(parts[0].BodyStart - parts[0].HeaderStart));
        if (hasDate)
        {
            summary.Signed(date.ToUnixTimeMilliseconds());
            summary.Signed((long)date.Offset.TotalMinutes);
        }

        // The envelope comes later but brings the keys that stand before it.
        var envelope = new OctetWriter(1024);
        var (from, to, cc) = (new OctetWriter(64), new OctetWriter(64), new OctetWriter(64));
        new EnvelopeText(message, parts[0], limits).Write(ref envelope, ref from, ref to, ref cc);
        Key(ref summary, subject.Text);
        Key(ref summary, Encoding.UTF8.GetString(from.Written));
        Key(ref summary, Encoding.UTF8.GetString(to.Written));
        Key(ref summary, Encoding.UTF8.GetString(cc.Written));
        Ids(ref summary);
        summary.Counted(envelope.Written);
        from.Dispose();
        to.Dispose();
        cc.Dispose();

        envelope.Clear();
        var extensions = new OctetWriter(64);
        var isSmall = new StructureText(message, parts, limits).TryWrite(ref envelope, ref extensions);
        if (isSmall)
        {
            summary.Counted(envelope.Written);
            summary.Counted(extensions.Written);
            extensions.Clear();
            PartMap.Write(ref extensions, message, parts);
            summary.Counted(extensions.Written);
        }

        extensions.Dispose();
        envelope.Dispose();
        return isSmall && (summary.Length <= limits.SummaryBytesMax || limits.DepthMax == 0);
    }

    private ReadOnlySpan<byte> Value(KnownField field) =>
        parts[0][field] is { } range ? message.Slice(range.Offset, range.Length) : default;

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> value) => value[..Math.Min(value.Length, limits.KeyBytesMax)];

    private bool TryDate(out DateTimeOffset date)
    {
        date = default;
        var value = Cut(Value(KnownField.Date));
        return !value.IsEmpty && DateUtils.TryParse(value.ToArray(), out date) && Math.Abs(date.Offset.TotalHours) <= 14;
    }

    // i;unicode-casemap compares in title case (RFC 5051 §2); upper case sorts the same but for a handful of letters.
    private void Key(ref OctetWriter summary, string text)
    {
        var key = Encoding.UTF8.GetBytes(text.ToUpperInvariant());
        summary.Counted(Cut(key));
    }

    private void Ids(ref OctetWriter summary)
    {
        var id = new OctetWriter(128);
        MessageIds.Single(Value(KnownField.MessageId), ref id);
        summary.Counted(Cut(id.Written));

        var list = new OctetWriter(512);
        var skip = Math.Max(0, Value(KnownField.References).Count((byte)'<') - limits.ReferencesMax);
        var ids = new MessageIds(Value(KnownField.References));
        while (ids.Next(ref id))
        {
            if (skip-- <= 0)
                list.Counted(Cut(id.Written));
        }

        if (list.Length == 0)
        {
            ids = new MessageIds(Value(KnownField.InReplyTo));
            if (ids.Next(ref id))
                list.Counted(Cut(id.Written));
        }

        summary.Counted(list.Written);
        id.Dispose();
        list.Dispose();
    }
}
