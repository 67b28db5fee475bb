using System.Globalization;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>A delivery status notification (RFC 3464 in RFC 6522; RFC 6533 when an address needs it): what became of a message, told to its sender.</summary>
public sealed record DeliveryStatusMessage
{
    // A header that is larger than this is cut: the sender knows its own message by then.
    private const int HeaderBytesMax = 32 << 10;

    // RFC 5322 §2.1.1 allows 998 octets in a line; the name of the field and a type stand before the text.
    private const int DiagnosticMax = 900;

    /// <summary>The name of the server that tells it.</summary>
    public required string Host { get; init; }

    /// <summary>Display name of the sender.</summary>
    public required string FromName { get; init; }

    /// <summary>Mailbox of the sender, where a person answers.</summary>
    public required string From { get; init; }

    /// <summary>Who is told: the envelope sender of the message.</summary>
    public required string To { get; init; }

    /// <summary>Message-ID without angle brackets; a boundary is made of what stands before its <c>@</c>.</summary>
    public required string MessageId { get; init; }

    /// <summary>Date.</summary>
    public required Instant Date { get; init; }

    /// <summary>When the message was handed in.</summary>
    public required Instant ArrivedAt { get; init; }

    /// <summary>The sender's own name for the message (ENVID), decoded; null for none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>What became of it, for each recipient that is told of; at least one, and all with the same action.</summary>
    public required IReadOnlyList<RecipientStatus> Recipients { get; init; }

    /// <summary>The message.</summary>
    public required ReadOnlyMemory<byte> Original { get; init; }

    /// <summary>Whether all of it is brought back, or only its header.</summary>
    public required bool ReturnFull { get; init; }

    /// <summary>Whether it needs SMTPUTF8 to be sent (RFC 6533).</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(To) || Recipients.Any(r => !Ascii.IsValid(r.Recipient) || !Ascii.IsValid(r.Original ?? ""));

    /// <summary>The message with CRLF line ends, ready for SMTP.</summary>
    public byte[] Write()
    {
        var original = ReturnFull ? Original : HeaderOf(Original);
        var boundary = $"={MessageId.Split('@')[0]}=";
        var text = new StringBuilder();
        WriteHeader(text, boundary);
        Begin(text, boundary, "text/plain; charset=utf-8", eightBit: NeedsUtf8);
        WriteWords(text);
        Begin(text, boundary, NeedsUtf8 ? "message/global-delivery-status" : "message/delivery-status", eightBit: NeedsUtf8);
        WriteStatus(text);
        Begin(text, boundary, TypeOfOriginal(), eightBit: !Ascii.IsValid(original.Span));

        using var message = new MemoryStream(text.Length + original.Length + 100);
        message.Write(Encoding.UTF8.GetBytes(text.ToString()));
        message.Write(original.Span);
        if (!original.Span.EndsWith("\r\n"u8))
            message.Write("\r\n"u8);
        message.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
        return message.ToArray();
    }

    private DeliveryAction Action => Recipients[0].Action;

    private string Subject => Action switch
    {
        DeliveryAction.Failed => "Your message could not be delivered",
        DeliveryAction.Delayed => "Your message is late",
        DeliveryAction.Delivered => "Your message has been delivered",
        _ => "Your message has been passed on",
    };

    private string Words => Action switch
    {
        DeliveryAction.Failed => "did not reach the recipients below, and is not tried any more. What follows each address is what the other side said.",
        DeliveryAction.Delayed => "has not reached the recipients below yet. It is tried on; you need not send it again.",
        DeliveryAction.Delivered => "lies in the mailboxes of the recipients below.",
        _ => "was taken by the next server for the recipients below, which will not tell you whether it arrives.",
    };

    private void WriteHeader(StringBuilder text, string boundary) => text
        .Append("From: \"").Append(Clean(FromName, 200).Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))
        .Append("\" <").Append(From).Append(">\r\n")
        .Append("To: <").Append(To).Append(">\r\n")
        .Append("Subject: ").Append(Subject).Append("\r\n")
        .Append("Date: ").Append(DateOf(Date)).Append("\r\n")
        .Append("Message-ID: <").Append(MessageId).Append(">\r\n")
        // RFC 3834 §5: nobody's machine should answer this.
        .Append("Auto-Submitted: auto-replied\r\n")
        .Append("MIME-Version: 1.0\r\n")
        .Append("Content-Type: multipart/report; report-type=").Append(NeedsUtf8 ? "global-delivery-status" : "delivery-status")
        .Append(";\r\n\tboundary=\"").Append(boundary).Append("\"\r\n");

    private static void Begin(StringBuilder text, string boundary, string type, bool eightBit) => text
        .Append("\r\n--").Append(boundary).Append("\r\nContent-Type: ").Append(type).Append("\r\nContent-Transfer-Encoding: ")
        .Append(eightBit ? "8bit" : "7bit").Append("\r\n\r\n");

    private void WriteWords(StringBuilder text)
    {
        text.Append("Your message of ").Append(DateOf(ArrivedAt)).Append("\r\n").Append(Words).Append("\r\n");
        foreach (var recipient in Recipients)
        {
            text.Append("\r\n  ").Append(Clean(recipient.Recipient, DiagnosticMax)).Append("\r\n");
            if (recipient.Diagnostic is { Length: > 0 } said)
                text.Append("    ").Append(Clean(said, DiagnosticMax)).Append("\r\n");
        }
    }

    private void WriteStatus(StringBuilder text)
    {
        // Per-message fields (RFC 3464 §2.2), then a group for each recipient (§2.3).
        if (EnvelopeId is not null)
            text.Append("Original-Envelope-Id: ").Append(Clean(EnvelopeId, DiagnosticMax)).Append("\r\n");
        text.Append("Reporting-MTA: dns; ").Append(Host).Append("\r\nArrival-Date: ").Append(DateOf(ArrivedAt)).Append("\r\n");
        foreach (var r in Recipients)
        {
            text.Append("\r\n");
            if (r.Original is { Length: > 0 } first)
                text.Append("Original-Recipient: ").Append(Clean(first, DiagnosticMax)).Append("\r\n");
            text.Append("Final-Recipient: ").Append(Ascii.IsValid(r.Recipient) ? "rfc822" : "utf-8").Append("; ").Append(Clean(r.Recipient, DiagnosticMax)).Append("\r\n")
                .Append("Action: ").Append(NameOf(r.Action)).Append("\r\n")
                .Append("Status: ").Append(r.Status).Append("\r\n");
            if (r.RemoteHost is not null)
                text.Append("Remote-MTA: dns; ").Append(Clean(r.RemoteHost, 255)).Append("\r\n");
            if (r.Diagnostic is { Length: > 0 } said)
                text.Append("Diagnostic-Code: smtp; ").Append(Clean(said, DiagnosticMax)).Append("\r\n");
            if (r.TriedUntil is { } until)
                text.Append("Will-Retry-Until: ").Append(DateOf(until)).Append("\r\n");
        }
    }

    private string TypeOfOriginal() => (ReturnFull, NeedsUtf8) switch
    {
        (true, false) => "message/rfc822",
        (true, true) => "message/global",
        (false, false) => "text/rfc822-headers",
        (false, true) => "message/global-headers",
    };

    private static string NameOf(DeliveryAction action) => action switch
    {
        DeliveryAction.Failed => "failed",
        DeliveryAction.Delayed => "delayed",
        DeliveryAction.Delivered => "delivered",
        _ => "relayed",
    };

    private static ReadOnlyMemory<byte> HeaderOf(ReadOnlyMemory<byte> message)
    {
        var end = message.Span.IndexOf("\r\n\r\n"u8);
        var header = end < 0 ? message : message[..(end + 2)];
        if (header.Length <= HeaderBytesMax)
            return header;
        var cut = header.Span[..HeaderBytesMax].LastIndexOf("\r\n"u8);
        return header[..(cut < 0 ? 0 : cut + 2)];
    }

    private string Clean(string text, int lengthMax)
    {
        var allowsUtf8 = NeedsUtf8;
        var clean = new StringBuilder(Math.Min(text.Length, lengthMax));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, lengthMax)))
            clean.Append(char.IsControl(c) ? ' ' : char.IsAscii(c) || (allowsUtf8 && !char.IsSurrogate(c)) ? c : '?');
        return clean.ToString();
    }

    private static string DateOf(Instant at) => at.ToDateTimeUtc().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}

/// <summary>What became of a message for one recipient.</summary>
/// <param name="Recipient">The recipient as it was tried.</param>
/// <param name="Original">The recipient as the sender first wrote it, with its type (ORCPT); null when it did not.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">The code (RFC 3463), as in <c>5.1.1</c>.</param>
/// <param name="Diagnostic">What the other side said; null for nothing.</param>
public sealed record RecipientStatus(string Recipient, string? Original, DeliveryAction Action, string Status, string? Diagnostic)
{
    /// <summary>The server that said it; null when none did.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>Until when it is tried; null when it is not tried any more.</summary>
    public Instant? TriedUntil { get; init; }

    /// <summary>The code in a reply, as in <c>550 5.1.1 No such user</c>; made of the first digit when there is none.</summary>
    public static string StatusOf(string reply)
    {
        // status-code = ("2" / "4" / "5") "." 1*3DIGIT "." 1*3DIGIT
        var words = reply.Split(' ', 3);
        if (words.Length > 1 && words[1].Split('.') is [['2' or '4' or '5'], { Length: > 0 and <= 3 } subject, { Length: > 0 and <= 3 } detail]
            && subject.All(char.IsAsciiDigit) && detail.All(char.IsAsciiDigit))
            return words[1];
        return reply.Length > 0 && reply[0] is '2' or '4' or '5' ? $"{reply[0]}.0.0" : "5.0.0";
    }
}
