namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Microsoft's Junk Mail Reporting Program: no machine-readable part; the address is in the Subject ("complaint about message from
/// 192.0.2.7") and the original is attached, with its recipient in X-HmXmrOriginalRecipient.
/// </summary>
internal static class Jmrp
{
    private const string SubjectStart = "complaint about message from";

    public static MailPart? Find(MailParts mail)
    {
        var part = mail.Parts.FirstOrDefault(p => p.Level == 0 && Evidence.IsMessage(p));
        if (part is null)
            return null;
        var subject = mail.Root.Header("Subject") ?? "";
        return subject.TrimStart().StartsWith(SubjectStart, StringComparison.OrdinalIgnoreCase)
            || mail.ChildrenOf(part).Any(c => c.Header("X-HmXmrOriginalRecipient") is not null)
                ? part
                : null;
    }

    public static ReportReading Read(MailParts mail, MailPart part, Findings findings)
    {
        var original = Evidence.FromPart(mail, part, findings);
        var subject = mail.Root.Header("Subject") ?? "";
        var at = subject.IndexOf(SubjectStart, StringComparison.OrdinalIgnoreCase);
        var words = at < 0 ? [] : subject[(at + SubjectStart.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var address = Notation.Address(words.FirstOrDefault(), "Subject", findings);
        findings.Add(new Observation
        {
            Category = AbuseType.Spam.Category,
            Type = AbuseType.Spam.Type,
            ReportedType = "complaint",
            Address = address,
            Candidates = address is null ? original.Hops : [],
        });
        return new ReportReading
        {
            Format = ReportFormat.Jmrp,
            IsFeedbackLoop = true,
            Original = original,
            OriginalRecipients = [.. Evidence.Recipients(original, findings.Limits)],
        };
    }
}
