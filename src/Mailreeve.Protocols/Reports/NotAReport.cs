namespace Mailreeve.Protocols.Reports;

/// <summary>Mail that reaches abuse@ without reporting anything, and mail that must not be answered automatically.</summary>
internal static class NotAReport
{
    /// <summary>What it is instead, or null when it may be a report.</summary>
    public static string? Reason(MailParts mail)
    {
        foreach (var part in mail.Parts)
        {
            if (part.Level > 0)
                continue;
            if (part.Is("message", "delivery-status") || part.Is("message", "global-delivery-status"))
                return "A delivery status notification (RFC 3464).";
            if (part.Is("message", "disposition-notification") || part.Is("message", "global-disposition-notification"))
                return "A read receipt (RFC 8098).";
        }

        var submitted = Keyword(mail.Root.Header("Auto-Submitted"));
        return submitted.Equals("auto-replied", StringComparison.OrdinalIgnoreCase) || mail.Root.Header("X-Autoreply") is not null
            || mail.Root.Header("X-Autorespond") is not null
                ? "An automatic reply (RFC 3834)."
                : null;
    }

    /// <summary>RFC 3834 §2, and the signs that programs before it left.</summary>
    public static bool IsAutomatic(MailPart root)
    {
        var submitted = Keyword(root.Header("Auto-Submitted"));
        if (submitted.Length > 0 && !submitted.Equals("no", StringComparison.OrdinalIgnoreCase))
            return true;
        if (root.Header("Precedence")?.Trim().ToLowerInvariant() is "bulk" or "junk" or "list" or "auto_reply")
            return true;
        if (root.Header("List-Id") is not null || root.Header("X-Autoreply") is not null || root.Header("X-Loop") is not null
            || root.Header("Feedback-ID") is not null)
            return true;
        return root.Header("Return-Path") is { } path && Notation.Mailbox(path) is null
            || (root.Type?.IsMimeType("multipart", "report") == true && IsStatus(root));
    }

    private static bool IsStatus(MailPart root) =>
        root.Type!.Parameters["report-type"] is { } type
        && (type.Contains("delivery-status", StringComparison.OrdinalIgnoreCase) || type.Contains("disposition", StringComparison.OrdinalIgnoreCase));

    // Parameters and comments may follow the keyword (RFC 3834 §5).
    private static ReadOnlySpan<char> Keyword(string? value)
    {
        var span = value.AsSpan().Trim();
        var end = span.IndexOfAny(" ;(\t");
        return end < 0 ? span : span[..end];
    }
}
