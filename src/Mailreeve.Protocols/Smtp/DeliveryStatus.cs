using MimeKit;

namespace Mailreeve.Protocols.Smtp;

/// <summary>What a delivery status notification says (RFC 3464).</summary>
/// <param name="Failed">Whether the message will not arrive; <see langword="false"/> when it is only late.</param>
/// <param name="Reason">The status and the remote server's words.</param>
public sealed record DeliveryStatus(bool Failed, string Reason)
{
    /// <summary>Reads a message.</summary>
    /// <returns><see langword="null"/> when it is no delivery status notification.</returns>
    public static DeliveryStatus? Read(byte[] raw)
    {
        try
        {
            using var stream = new MemoryStream(raw, writable: false);
            var options = new ParserOptions { MaxMimeDepth = 16 };
            var status = MimeMessage.Load(options, stream).Body is MultipartReport { ReportType: "delivery-status" } report
                ? report.OfType<MessageDeliveryStatus>().FirstOrDefault()
                : null;

            // The first group is about the message, each other one about a recipient.
            return status?.StatusGroups.Skip(1).Select(Of).FirstOrDefault(s => s is not null);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static DeliveryStatus? Of(HeaderList recipient)
    {
        if (recipient["Action"]?.Trim() is not { Length: > 0 } action)
            return null;
        var reason = $"{recipient["Status"]?.Trim()} {recipient["Diagnostic-Code"]?.Trim()}".Trim();
        var clean = new string([.. reason.Take(500).Select(c => char.IsControl(c) ? ' ' : c)]);
        return new DeliveryStatus(action.Equals("failed", StringComparison.OrdinalIgnoreCase), clean);
    }
}
