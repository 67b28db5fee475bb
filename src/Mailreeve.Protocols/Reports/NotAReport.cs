using Mailreeve.Protocols.Reports.FreeText;

namespace Mailreeve.Protocols.Reports;

/// <summary>Mail that reaches abuse@ without reporting anything, and mail that must not be answered automatically.</summary>
internal static class NotAReport
{
    private static readonly string[][] SubjectWords = [.. DataTable.Rows("not-a-report-words.tsv")];

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

    /// <summary>
    /// What a mail without machine-readable part is instead of a report, or null when it may be one. Evidence decides against all signs: a
    /// report may be sent as a reply, by a list or by a ticket system.
    /// </summary>
    /// <param name="mail">The mail.</param>
    /// <param name="text">Its text.</param>
    /// <param name="abuseScore">How much its words speak of abuse, see <see cref="AbuseWords"/>.</param>
    /// <param name="signs">What else speaks for a report.</param>
    public static string? ReasonOfText(MailParts mail, ReportText text, int abuseScore, Signs signs)
    {
        var root = mail.Root;
        if (!signs.HasProof && root.Header("In-Reply-To") is not null && IsReplySubject(text.Subject) && !NamesAnything(text.Own))
            return "A reply that names nothing besides what it quotes.";
        var isReply = root.Header("In-Reply-To") is not null || root.Header("References") is not null || IsReplySubject(text.Subject);
        // What is quoted in an answer is what was complained of before.
        if (!signs.HasOwnProof && isReply && UnaskedMail.IsAnswer(text.Own))
            return "An answer to a report.";
        if (!signs.HasProof && IsAutomatic(root) && KindBySubject(text) is "ticket" && Keyword(root.Header("Auto-Submitted")).StartsWith("auto", StringComparison.OrdinalIgnoreCase))
            return "An automatic acknowledgement, by its subject and by what it says of itself (RFC 3834).";
        if (!signs.HasProof && isReply && root.Header("Precedence")?.Trim().Equals("list", StringComparison.OrdinalIgnoreCase) == true && root.Header("In-Reply-To") is not null)
            return "A contribution to a discussion on a mailing list.";
        if (!signs.HasProof && root.Header("List-Unsubscribe") is not null && UnaskedMail.IsNewsletter(text.Subject, text.Body))
            return "A newsletter by its words, and it can be unsubscribed.";
        // An offer may name the addresses that it is about, and the announcement of an outage its time.
        if (!signs.HasProof && !signs.IsPassedOn && UnaskedMail.KindOf(text.Subject, text.Body) is { } unasked)
            return $"By its words {unasked}.";
        if (signs.HasEvidence)
            return null;
        if (root.Header("Return-Path") is { } path && path.Trim() is "<>")
            return "Sent with the null sender, as bounces are (RFC 5321 §4.5.5).";
        if (KindBySubject(text) is { } kind && (isReply || abuseScore < 12 || IsAutomatic(root) || kind is "bounce" or "out-of-office"))
            return $"Its subject is that of a {kind} message, and it brings no evidence.";
        if (isReply && IsReplySubject(text.Subject) && root.Header("In-Reply-To") is not null && !(NamesAnything(text.Own) && AbuseWords.Decide("", text.Own) is not null))
            return "A reply without evidence.";
        return root.Header("List-Unsubscribe") is not null && (abuseScore < 6 || !signs.Accuses)
            ? "A newsletter: it can be unsubscribed, and accuses nobody."
            : null;
    }

    private static bool NamesAnything(string text) =>
        MentionScanner.Scan(text, 50).Exists(m => m.Kind is MentionKind.Address or MentionKind.Prefix or MentionKind.Url || m.IsDefanged);

    /// <summary>What in a text speaks for a report.</summary>
    /// <param name="HasProof">Log lines, an original or its header.</param>
    /// <param name="HasOwnProof">The same, and not in what is quoted.</param>
    /// <param name="HasEvidence">That, or a time with an accused.</param>
    /// <param name="Accuses">That, or a site that the words accuse.</param>
    /// <param name="IsPassedOn">The head of a forwarded mail, even without its trace.</param>
    internal readonly record struct Signs(bool HasProof, bool HasOwnProof, bool HasEvidence, bool Accuses, bool IsPassedOn);

    private static string? KindBySubject(ReportText text)
    {
        var start = text.Body.AsSpan(0, Math.Min(text.Body.Length, 400));
        foreach (var cells in SubjectWords)
            foreach (var word in cells.AsSpan(1))
                if (text.Subject.Contains(word, StringComparison.OrdinalIgnoreCase)
                    || (cells[0] is "ticket" or "out-of-office" && start.Contains(word, StringComparison.OrdinalIgnoreCase)))
                    return cells[0];
        return null;
    }

    private static bool IsReplySubject(string subject)
    {
        foreach (var start in (ReadOnlySpan<string>)["re:", "aw:", "sv:", "antw:", "odp:", "rif:", "r:", "res:", "vs:", "antwort:", "ответ:", "回复:"])
            if (subject.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
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
