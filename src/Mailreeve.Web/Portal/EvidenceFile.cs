using System.Globalization;
using System.Text;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.Policy.Cases;
using Mailreeve.Web.Layout;

namespace Mailreeve.Web.Portal;

/// <summary>The evidence of a case as a text that a customer can keep.</summary>
internal static class EvidenceFile
{
    /// <summary>The text, LF line ends; empty when there is neither that nor a complaint.</summary>
    /// <param name="of">The case.</param>
    /// <param name="seenByUs">What we saw ourselves; empty for nothing.</param>
    /// <param name="complaints">What others complain of.</param>
    public static string Write(AbuseCase of, string seenByUs, IReadOnlyList<ComplaintEvidence> complaints)
    {
        if (seenByUs.Length == 0 && complaints.Count == 0)
            return "";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Case {of.Id}: {of.Resource.Name}, {of.Type}\n");
        if (seenByUs.Length > 0)
            text.Append("\n--- What we saw ourselves\n\n").Append(seenByUs).Append('\n');
        if (complaints.Count > 0)
            text.Append("What would show who complained was taken out. The reports as received are kept, and are sealed by the hashes below.\n");
        var number = 0;
        foreach (var (receivedAt, evidence) in complaints)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n--- Complaint {++number}, received {Show.Utc(receivedAt)}\n");
            text.Append(CultureInfo.InvariantCulture, $"SHA-256 of the original: {evidence.OriginalSha256}\n");
            if (evidence.Removed.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"Fields left out: {string.Join(", ", evidence.Removed)}\n");
            text.Append('\n').Append(evidence.Text.Length == 0 ? "(It names nothing more than what stands above.)\n" : evidence.Text);
        }

        return text.ToString();
    }
}
