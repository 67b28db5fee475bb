namespace Mailreeve.Protocols.Reports;

/// <summary>The originals attached whole to a mail, or attached in an attached message.</summary>
internal static class ForwardedOriginal
{
    /// <summary>The attached messages; of a forward within a forward the innermost, which is the one complained about.</summary>
    public static List<MailPart> Find(MailParts mail)
    {
        var messages = mail.Parts.Where(Evidence.IsMessage).ToList();
        var outer = messages.Select(m => OuterOf(mail, m)).ToHashSet();
        return [.. messages.Where(m => !outer.Contains(m))];
    }

    private static MailPart? OuterOf(MailParts mail, MailPart part)
    {
        for (var index = part.Parent; index >= 0; index = mail.Parts[index].Parent)
            if (Evidence.IsMessage(mail.Parts[index]))
                return mail.Parts[index];
        return null;
    }
}
