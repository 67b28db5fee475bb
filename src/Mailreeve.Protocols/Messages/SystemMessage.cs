using MimeKit;
using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>A message that the program itself writes: a notice, an answer, a reminder.</summary>
public sealed record SystemMessage
{
    /// <summary>Display name of the sender.</summary>
    public required string FromName { get; init; }

    /// <summary>Mailbox of the sender, where answers by mail go.</summary>
    public required string From { get; init; }

    /// <summary>Mailbox of the recipient.</summary>
    public required string To { get; init; }

    /// <summary>Subject, one line.</summary>
    public required string Subject { get; init; }

    /// <summary>The plain-text part.</summary>
    public required string Text { get; init; }

    /// <summary>The HTML part; null for none.</summary>
    public string? Html { get; init; }

    /// <summary>Message-ID without angle brackets. The same message always has the same one, however often it is tried.</summary>
    public required string MessageId { get; init; }

    /// <summary>Date.</summary>
    public required Instant Date { get; init; }

    /// <summary>Message-ID that this answers; null when it answers none.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Further header fields.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The message with CRLF line ends, ready for SMTP.</summary>
    /// <exception cref="FormatException">A mailbox is none.</exception>
    public byte[] Write()
    {
        var message = new MimeMessage
        {
            MessageId = MessageId,
            Date = Date.ToDateTimeOffset(),
            Subject = Subject,
        };
        message.From.Add(new MailboxAddress(FromName, From));
        message.To.Add(MailboxAddress.Parse(To));

        // RFC 3834 §5: nobody's machine should answer this.
        message.Headers.Add("Auto-Submitted", InReplyTo is null ? "auto-generated" : "auto-replied");
        if (InReplyTo is not null)
        {
            message.InReplyTo = InReplyTo;
            message.References.Add(InReplyTo);
        }

        foreach (var (name, value) in Headers)
            message.Headers.Add(name, value);

        var text = new TextPart("plain") { Text = Text };
        message.Body = Html is null ? text : new MultipartAlternative(text, new TextPart("html") { Text = Html });
        foreach (var part in message.BodyParts.OfType<TextPart>())
            part.ContentTransferEncoding = part.GetBestEncoding(EncodingConstraint.SevenBit);

        using var stream = new MemoryStream();
        message.WriteTo(Format, stream);
        return stream.ToArray();
    }

    private static readonly FormatOptions Format = MakeFormat();

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
