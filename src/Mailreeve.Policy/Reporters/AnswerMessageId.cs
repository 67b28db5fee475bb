using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Policy.Reporters;

/// <summary>The Message-ID of a mail to a reporter: a reply that names it belongs to the report, and nobody else can make one up.</summary>
public static class AnswerMessageId
{
    private const string Prefix = "answer.";

    /// <summary>The Message-ID without angle brackets.</summary>
    /// <param name="outbound">The mail's number in <c>outbound</c>.</param>
    /// <param name="report">The report it is about; the first of several.</param>
    /// <param name="key">The secret of this installation.</param>
    /// <param name="host">Our name.</param>
    public static string For(long outbound, ReportId report, ReadOnlySpan<byte> key, string host) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{outbound}.{report.Value}.{Digest(outbound, report, key)}@{host}");

    /// <summary>Reads one.</summary>
    /// <returns>The report; <see langword="null"/> when we never wrote that.</returns>
    public static ReportId? ReadOrNull(string messageId, ReadOnlySpan<byte> key)
    {
        if (messageId.Length > 200 || !messageId.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var at = messageId.IndexOf('@', StringComparison.Ordinal);
        if (messageId[Prefix.Length..(at < 0 ? messageId.Length : at)].Split('.') is not [var first, var second, var digest]
            || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var outbound)
            || !long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var report))
            return null;
        var id = new ReportId(report);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(digest.ToLowerInvariant()), Encoding.UTF8.GetBytes(Digest(outbound, id, key)))
                ? id
                : null;
    }

    private static string Digest(long outbound, ReportId report, ReadOnlySpan<byte> key)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"answer {outbound} {report.Value}"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, text).AsSpan(0, 10));
    }
}
