namespace Mailreeve.Policy.Trust;

/// <summary>Judges clicks in feedback loops by their rate (C4). Pure.</summary>
public static class FeedbackRules
{
    private const long Per = 10_000;

    /// <summary>Whether the customer is to be told.</summary>
    /// <param name="terms">The figures of the policy.</param>
    /// <param name="clicks">Messages that somebody called spam within <see cref="TrustTerms.FeedbackWindow"/>, each once.</param>
    /// <param name="notSpam">Messages that somebody said were none; each makes up for one click.</param>
    /// <param name="sent">Recipients of what was sent in that time; 0 when it did not go through our servers, and then clicks alone decide.</param>
    public static bool Exceeds(TrustTerms terms, long clicks, long notSpam, long sent)
    {
        var rest = clicks - notSpam;
        return rest >= terms.FeedbackAtLeast.Value && rest * Per > sent * terms.FeedbackRate.Value;
    }

    /// <summary>The rate in words.</summary>
    public static string Words(long clicks, long notSpam, long sent) => sent == 0
        ? $"{clicks} complaint(s) in feedback loops, {notSpam} that it was no spam; what was sent did not go through our servers"
        : $"{clicks} complaint(s) in feedback loops and {notSpam} that it was no spam, for {sent} recipient(s)";
}
