namespace Mailreeve.Protocols.Reports;

/// <summary>
/// A mail whose only evidence is the original attached whole, or attached in an attached message. It states nothing itself, so the
/// observation has candidates instead of an address.
/// </summary>
internal static class ForwardedOriginal
{
    /// <summary>The attached messages; of a forward within a forward the innermost, which is the one complained about.</summary>
    public static List<MailPart> Find(MailParts mail)
    {
        var messages = mail.Parts.Where(Evidence.IsMessage).ToList();
        var outer = messages.Select(m => OuterOf(mail, m)).ToHashSet();
        return [.. messages.Where(m => !outer.Contains(m))];
    }

    public static ReportReading Read(MailParts mail, List<MailPart> messages, Findings findings)
    {
        OriginalMessage? first = null;
        var recipients = new List<string>();
        foreach (var part in messages)
        {
            var original = Evidence.FromPart(mail, part, findings);
            first ??= original;
            if (recipients.Count < 200)
                recipients.AddRange(Evidence.Recipients(original, findings.Limits));
            findings.Add(new Observation
            {
                Category = AbuseType.Spam.Category,
                Type = AbuseType.Spam.Type,
                Candidates = original.Hops,
            });
        }

        return new ReportReading
        {
            Format = ReportFormat.ForwardedOriginal,
            Original = first,
            OriginalRecipients = [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static MailPart? OuterOf(MailParts mail, MailPart part)
    {
        for (var index = part.Parent; index >= 0; index = mail.Parts[index].Parent)
            if (Evidence.IsMessage(mail.Parts[index]))
                return mail.Parts[index];
        return null;
    }
}
