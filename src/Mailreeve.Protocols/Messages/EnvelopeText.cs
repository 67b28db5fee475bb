namespace Mailreeve.Protocols.Messages;

/// <summary>Writes ENVELOPE (RFC 3501 §7.4.2) from the header of a message. All ten fields are always there.</summary>
internal readonly ref struct EnvelopeText(ReadOnlySpan<byte> message, in MimePart root, MessageLimits limits)
{
    private readonly ReadOnlySpan<byte> message = message;
    private readonly ref readonly MimePart root = ref root;

    // "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to
    // SP env-message-id ")"
    /// <summary>Writes it, and the local parts of the first addresses.</summary>
    public void Write(ref OctetWriter text, ref OctetWriter fromMailbox, ref OctetWriter toMailbox, ref OctetWriter ccMailbox)
    {
        var unused = new OctetWriter(64);
        text.Write((byte)'(');
        String(ref text, KnownField.Date);
        text.Write((byte)' ');
        String(ref text, KnownField.Subject);
        text.Write((byte)' ');
        var from = text.Length;
        Addresses(ref text, ref fromMailbox, KnownField.From);
        var fromLength = text.Length - from;
        text.Write((byte)' ');
        OrFrom(ref text, ref unused, KnownField.Sender, from, fromLength);
        text.Write((byte)' ');
        OrFrom(ref text, ref unused, KnownField.ReplyTo, from, fromLength);
        text.Write((byte)' ');
        Addresses(ref text, ref toMailbox, KnownField.To);
        text.Write((byte)' ');
        Addresses(ref text, ref ccMailbox, KnownField.Cc);
        text.Write((byte)' ');
        Addresses(ref text, ref unused, KnownField.Bcc);
        text.Write((byte)' ');
        String(ref text, KnownField.InReplyTo);
        text.Write((byte)' ');
        String(ref text, KnownField.MessageId);
        text.Write((byte)')');
        unused.Dispose();
    }

    private void String(ref OctetWriter text, KnownField field)
    {
        if (root[field] is { } range)
            text.String(message.Slice(range.Offset, range.Length));
        else
            text.Write("NIL"u8);
    }

    private void Addresses(ref OctetWriter text, ref OctetWriter mailbox, KnownField field)
    {
        if (root[field] is { } range)
            new AddressListReader(message.Slice(range.Offset, range.Length), limits.AddressesMax).Write(ref text, ref mailbox);
        else
            text.Write("NIL"u8);
    }

    // A missing Sender or Reply-To, or an empty one, is that of From: the server says so, the client does not guess.
    private void OrFrom(ref OctetWriter text, ref OctetWriter unused, KnownField field, int from, int fromLength)
    {
        var start = text.Length;
        Addresses(ref text, ref unused, field);
        if (text.Written[start..].SequenceEqual("NIL"u8))
        {
            text.Truncate(start);
            text.Repeat(from, fromLength);
        }
    }
}
