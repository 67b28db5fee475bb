using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mailreeve.Policy;
using MimeKit;
using MimeKit.Utils;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Web.Public;

/// <summary>
/// Writes a filled-in form as the mail that a well-behaved reporter would have sent: text for people, XARF v4 for machines wrapped in
/// ARF as the XARF e-mail transport has it, and the reported message. So one reader understands every channel.
/// </summary>
internal static class ReportMessage
{
    // Unescaped, so that a person who looks at the raw report can read it; it is never put into a page as it is.
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The mail, with CRLF line ends.</summary>
    /// <param name="report">The form.</param>
    /// <param name="provider">We.</param>
    /// <param name="id">Names the report in XARF.</param>
    /// <param name="now">When the form was sent.</param>
    public static byte[] Write(FormReport report, Provider provider, Guid id, Instant now)
    {
        var message = new MimeMessage();
        message.From.Add(report.Email is { } email ? new MailboxAddress(report.Name, email) : new MailboxAddress("Anonymous", provider.AbuseAddress));
        message.To.Add(new MailboxAddress(null, provider.AbuseAddress));
        message.Subject = $"Abuse report by form: {report.Kind.Label}";
        message.Date = now.ToDateTimeOffset();
        message.MessageId = MimeUtils.GenerateMessageId(provider.HostName);
        message.Body = Body(report, provider, id, now);

        using var bytes = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = false;
        message.WriteTo(format, bytes);
        return bytes.ToArray();
    }

    private static Multipart Body(FormReport report, Provider provider, Guid id, Instant now)
    {
        var text = new TextPart("plain") { Text = Text(report) };
        var original = report.Message is { } bytes ? Original(bytes) : null;
        // Only the message knows where it came from: then it is a forwarded original, which is read from its own headers.
        if (report.Source is null)
            return [text, original!];

        var parts = new Multipart("report") { text, Feedback(), Xarf(report, provider, id, now) };
        parts.ContentType.Parameters.Add("report-type", "feedback-report");
        if (original is not null)
            parts.Add(original);
        return parts;
    }

    private static string Text(FormReport report)
    {
        var text = new StringBuilder();
        text.Append(report.Explanation).Append("\n\n");
        if (report.Source is not null)
            text.Append("Where: ").Append(report.Source).Append(report.Port is { } port ? $" port {port}" : "").Append('\n');
        if (report.OccurredAt is { } at)
            text.Append("When: ").Append(InstantPattern.General.Format(at)).Append('\n');
        return text.Append("The reporter stated to believe in good faith that this is accurate and complete.\n").ToString();
    }

    private static MimePart Feedback() => Part("message", "feedback-report", "Feedback-Type: xarf\r\nUser-Agent: Mailreeve\r\nVersion: 1\r\n"u8.ToArray());

    private static MimePart Xarf(FormReport report, Provider provider, Guid id, Instant now)
    {
        var contact = report.Email ?? provider.AbuseAddress;
        var reporter = new Dictionary<string, object?>
        {
            ["org"] = report.Name ?? "Anonymous",
            ["contact"] = contact,
            ["domain"] = contact[(contact.LastIndexOf('@') + 1)..],
        };
        var document = new Dictionary<string, object?>
        {
            ["xarf_version"] = "4.2.0",
            ["report_id"] = id,
            ["timestamp"] = InstantPattern.General.Format(report.OccurredAt ?? ReceivedAt(report.Message) ?? now),
            ["reporter"] = reporter,
            ["sender"] = reporter,
            ["source_identifier"] = report.Source,
            ["category"] = report.Kind.Category,
            ["type"] = report.Kind.Type,
            ["evidence_source"] = "user_complaint",
            ["description"] = report.Explanation.Length <= 1000 ? report.Explanation : report.Explanation[..1000],
        };
        if (report.Port is { } port)
            document["source_port"] = port;
        if (report.Source!.Contains("://", StringComparison.Ordinal))
            document["url"] = report.Source;
        if (report.Kind.Category == "messaging")
            document["protocol"] = "smtp";
        if (report.Message is { } message)
        {
            document["evidence"] = new[]
            {
                new Dictionary<string, object> { ["content_type"] = "message/rfc822", ["payload"] = Convert.ToBase64String(message) },
            };
        }

        var part = Part("application", "json", JsonSerializer.SerializeToUtf8Bytes(document, Json));
        part.FileName = "xarf.json";
        part.ContentTransferEncoding = ContentEncoding.Base64;
        return part;
    }

    /// <summary>When the reporter's own server took the message in: the topmost Received line, which only that server could write.</summary>
    private static Instant? ReceivedAt(byte[]? message)
    {
        if (message is null)
            return null;
        using var stream = new MemoryStream(message, writable: false);
        var received = new MimeParser(stream, MimeFormat.Entity).ParseHeaders()[HeaderId.Received];
        return received is not null && DateUtils.TryParse(received[(received.LastIndexOf(';') + 1)..].Trim(), out var at)
            ? Instant.FromDateTimeOffset(at)
            : null;
    }

    // The bytes as they are: parsing and writing them again would change what the evidence says.
    private static MimePart Original(byte[] bytes)
    {
        var part = Part("message", "rfc822", bytes);
        part.ContentTransferEncoding = bytes.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xff) ? ContentEncoding.EightBit : ContentEncoding.SevenBit;
        return part;
    }

    private static MimePart Part(string type, string subtype, byte[] bytes) =>
        new(type, subtype) { Content = new MimeContent(new MemoryStream(bytes, writable: false)) };
}
