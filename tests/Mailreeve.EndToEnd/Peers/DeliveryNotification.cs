using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>A delivery status notification as a mail program reads it (RFC 3464).</summary>
/// <param name="About">The Message-ID of the message that it brings back.</param>
/// <param name="Recipients">What it says of each recipient: address, action and status.</param>
/// <param name="IsFromNobody">Whether it came from the null sender, so that nothing can come back to it (RFC 5321 §6.1).</param>
internal sealed record DeliveryNotification(string? About, IReadOnlyList<(string Address, string Action, string Status)> Recipients, bool IsFromNobody)
{
    /// <summary>Reads one; null when the message is none.</summary>
    public static DeliveryNotification? Read(MimeMessage message)
    {
        if (message.Body is not MultipartReport { ReportType: "delivery-status" } report)
            return null;
        var returned = report.OfType<MessagePart>().FirstOrDefault()?.Message?.MessageId ?? report.OfType<TextPart>()
            .Where(p => p.ContentType.IsMimeType("text", "rfc822-headers"))
            .Select(p => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(p.Text + "\r\n"))).MessageId).FirstOrDefault();
        // The first group of fields is about the message, each of the others about a recipient.
        var recipients = report.OfType<MessageDeliveryStatus>().Single().StatusGroups.Skip(1)
            .Select(g => (Field(g, "Final-Recipient").Split(';')[^1].Trim(), Field(g, "Action"), Field(g, "Status"))).ToList();
        return new DeliveryNotification(returned, recipients, message.Headers["Return-Path"]?.Trim() == "<>");
    }

    private static string Field(HeaderList group, string name) => (group[name] ?? throw new InvalidDataException($"There is no {name}.")).Trim();
}
