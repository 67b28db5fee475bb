using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Recognises the names of header fields.</summary>
internal static class KnownFields
{
    /// <summary>The field of that name, in any case; <see cref="KnownField.None"/> for all that a summary does not need.</summary>
    public static KnownField Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "To"u8) => KnownField.To,
        2 when Is(name, "Cc"u8) => KnownField.Cc,
        3 when Is(name, "Bcc"u8) => KnownField.Bcc,
        4 when Is(name, "From"u8) => KnownField.From,
        4 when Is(name, "Date"u8) => KnownField.Date,
        6 when Is(name, "Sender"u8) => KnownField.Sender,
        7 when Is(name, "Subject"u8) => KnownField.Subject,
        8 when Is(name, "Reply-To"u8) => KnownField.ReplyTo,
        10 when Is(name, "Message-ID"u8) => KnownField.MessageId,
        10 when Is(name, "References"u8) => KnownField.References,
        10 when Is(name, "Content-ID"u8) => KnownField.ContentId,
        11 when Is(name, "In-Reply-To"u8) => KnownField.InReplyTo,
        11 when Is(name, "Content-MD5"u8) => KnownField.ContentMd5,
        12 when Is(name, "Content-Type"u8) => KnownField.ContentType,
        16 when Is(name, "Content-Language"u8) => KnownField.ContentLanguage,
        16 when Is(name, "Content-Location"u8) => KnownField.ContentLocation,
        19 when Is(name, "Content-Disposition"u8) => KnownField.ContentDisposition,
        19 when Is(name, "Content-Description"u8) => KnownField.ContentDescription,
        25 when Is(name, "Content-Transfer-Encoding"u8) => KnownField.ContentTransferEncoding,
        _ => KnownField.None,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) =>
        (name[0] | 0x20) == (known[0] | 0x20) && Ascii.EqualsIgnoreCase(name, known);
}
