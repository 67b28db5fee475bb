namespace Mailreeve.Protocols.Reports;

/// <summary>Which messages a mail answers (RFC 5322 §3.6.4).</summary>
public static class RepliedTo
{
    private const int IdsMax = 50;

    /// <summary>Message-IDs in In-Reply-To and References, without angle brackets, the newest first.</summary>
    public static IReadOnlyList<string> Ids(ReadOnlyMemory<byte> mail, ReportLimits limits)
    {
        var head = MailParts.Read(mail.Length > limits.HeaderBytes ? mail[..limits.HeaderBytes] : mail, limits).Root;
        var references = head.Header("References") is { Length: <= 20_000 } r ? Split(r).Reverse() : [];
        var direct = head.Header("In-Reply-To") is { Length: <= 20_000 } i ? Split(i) : [];
        return [.. direct.Concat(references).Distinct(StringComparer.Ordinal).Take(IdsMax)];
    }

    private static IEnumerable<string> Split(string field) =>
        field.Split([' ', '\t', '\r', '\n', '<', '>', ','], StringSplitOptions.RemoveEmptyEntries).Where(w => w.Contains('@'));
}
