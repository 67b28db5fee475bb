using NodaTime;

namespace Mailreeve.Policy.Mailboxes;

/// <summary>How long messages are kept (C9). Pure.</summary>
public static class RetentionRules
{
    /// <summary>When a message ends.</summary>
    /// <param name="terms">The numbers of the policy.</param>
    /// <param name="savedAt">
    /// When this server stored it, by its own clock. Never INTERNALDATE (RFC 3501 §2.3.3) or a header: those say what a client or a
    /// sender likes. It is worked out when it is asked for and not stored, so that a new revision holds for old messages too.
    /// </param>
    public static Term<Instant> ExpiresAt(PolicyTerms terms, Instant savedAt) =>
        new(savedAt + terms.MessageRetention.Value, terms.MessageRetention.Clause);

    /// <summary>Whether a message has ended.</summary>
    public static bool IsExpired(PolicyTerms terms, Instant savedAt, Instant now) => now >= ExpiresAt(terms, savedAt).Value;
}
