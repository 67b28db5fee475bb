using System.Runtime.CompilerServices;

namespace Mailreeve.Protocols.Messages;

/// <summary>What a part is made of.</summary>
internal enum PartKind : byte
{
    /// <summary>Neither of the others: pictures, programs, what is too deep to be looked into.</summary>
    Other,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Parts between boundaries; its children follow it.</summary>
    Multipart,

    /// <summary>A message, message/rfc822; its child is that message's root.</summary>
    Message,
}

/// <summary>The fields that ENVELOPE, BODYSTRUCTURE and the sort keys are made of.</summary>
internal enum KnownField
{
    Date,
    Subject,
    From,
    Sender,
    ReplyTo,
    To,
    Cc,
    Bcc,
    InReplyTo,
    MessageId,
    References,
    ContentType,
    ContentTransferEncoding,
    ContentDisposition,
    ContentId,
    ContentDescription,
    ContentLanguage,
    ContentLocation,
    ContentMd5,
    None,
}

/// <summary>A part while the message is being read. Offsets are those of the message.</summary>
internal struct MimePart
{
    public PartKind Kind;

    /// <summary>Deeper than the limit: shown as application/octet-stream, whatever it says.</summary>
    public bool IsOpaque;

    /// <summary>Whether a part without Content-Type is a message here (RFC 2046 §5.1.5).</summary>
    public bool IsInDigest;

    public int HeaderStart;
    public int BodyStart;
    public int End;

    /// <summary>Parts inside it, at any depth. They follow it in the list.</summary>
    public int Descendants;

    public int BoundaryStart;
    public int BoundaryLength;

    private FieldRanges fields;

    /// <summary>Where the value of a field lies: the first one's, when there are several.</summary>
    public readonly SectionRange? this[KnownField field]
    {
        get
        {
            var range = fields[(int)field];
            return range.Offset == 0 && range.Length == 0 ? null : range;
        }
    }

    // A value is never at offset 0, there is a name before it.
    public void Note(KnownField field, int offset, int length)
    {
        if (fields[(int)field] == default)
            fields[(int)field] = new SectionRange(offset, length);
    }

    [InlineArray((int)KnownField.None)]
    private struct FieldRanges
    {
        private SectionRange first;
    }
}
