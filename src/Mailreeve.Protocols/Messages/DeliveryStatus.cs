using MimeKit;

namespace Mailreeve.Protocols.Messages;

/// <summary>What a delivery status notification says (RFC 3464).</summary>
public static class DeliveryStatus
{
    private const int DetailCharsMax = 500;

    /// <summary>Whether the message says that delivery has failed for good.</summary>
    /// <param name="message">The message as received.</param>
    /// <param name="detail">Status and diagnostic text of the first failed recipient, one line.</param>
    /// <returns>
    /// <see langword="false"/> when it says <c>delayed</c>, <c>delivered</c>, <c>relayed</c> or <c>expanded</c> (RFC 3464 §2.3.3), or when
    /// it is no delivery status notification at all: an out-of-office note is not a bounce.
    /// </returns>
    public static bool IsFailure(ReadOnlyMemory<byte> message, out string detail)
    {
        detail = "";
        MimeEntity? body;
        try
        {
            using var stream = new MemoryStream(message.ToArray(), writable: false);
            body = new MimeParser(new ParserOptions { MaxMimeDepth = 16 }, stream, MimeFormat.Entity).ParseMessage().Body;
        }
        catch (FormatException)
        {
            return false;
        }

        if (body is not MultipartReport report || report.OfType<MessageDeliveryStatus>().FirstOrDefault() is not { } status)
            return false;
        foreach (var recipient in status.StatusGroups.Skip(1))
        {
            if (!string.Equals(recipient["Action"]?.Trim(), "failed", StringComparison.OrdinalIgnoreCase))
                continue;
            var text = $"{recipient["Status"]?.Trim()} {recipient["Diagnostic-Code"]?.Trim()}".Trim().ReplaceLineEndings(" ");
            detail = text.Length <= DetailCharsMax ? text : text[..DetailCharsMax];
            return true;
        }

        return false;
    }
}
