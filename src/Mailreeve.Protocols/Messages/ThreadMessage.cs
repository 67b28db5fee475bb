using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>What a message is threaded by (RFC 5256 §3).</summary>
/// <param name="Key">Sequence number or UID: what the tree is made of.</param>
/// <param name="Sent">Date of the header, or else the internal date (RFC 5256 §2.2).</param>
/// <param name="BaseSubject">Base subject, in one case for all (<see cref="MessageSummary.BaseSubject"/>).</param>
/// <param name="IsReplyOrForward">Whether its subject was marked as an answer or as forwarded.</param>
/// <param name="MessageId">Message-ID as <see cref="MessageSummary.MessageId"/> has it; null for none.</param>
/// <param name="References">Message-IDs that it refers to, the oldest first.</param>
public sealed record ThreadMessage(
    long Key, Instant Sent, string BaseSubject, bool IsReplyOrForward, string? MessageId, IReadOnlyList<string> References)
{
    /// <summary>Takes it from a summary.</summary>
    /// <param name="key">Sequence number or UID.</param>
    /// <param name="summary">The summary of the message.</param>
    /// <param name="internalDate">Its internal date, for a message without a date that can be read.</param>
    public static ThreadMessage Of(long key, MessageSummary summary, Instant internalDate) =>
        new(
            key, summary.SentAt?.ToInstant() ?? internalDate, Encoding.UTF8.GetString(summary.BaseSubject.Span),
            summary.IsReplyOrForward, summary.MessageId, summary.References);
}
