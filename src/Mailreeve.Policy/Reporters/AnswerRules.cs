using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Reporters;

/// <summary>Whether and when a reporter is answered by mail. Pure.</summary>
/// <remarks>
/// RFC 3834 §2: one answer in a while, so that no two programs keep each other busy; none to machines, lists and null senders. And none to
/// an address that a stranger may have written there: it would get mail about reports that it never sent.
/// </remarks>
public static class AnswerRules
{
    /// <summary>One mail to one mailbox within this time; what comes meanwhile is put together in the next.</summary>
    public static readonly Duration Between = Duration.FromHours(24);

    /// <summary>How long the state of a report is shown to who has its code: longer than a case takes, shorter than forever.</summary>
    public static readonly Duration StatusShownFor = Duration.FromDays(180);

    /// <summary>Why this sender is not answered; <see langword="null"/> when it is.</summary>
    public static string? WhyNot(AnswerFacts facts)
    {
        var sender = facts.EnvelopeFrom ?? "";
        var at = sender.LastIndexOf('@');
        if (!facts.ByMail)
            return "It did not come by mail.";
        if (at <= 0 || at == sender.Length - 1)
            return "It has no sender.";
        if (facts.AsksForNothing)
            return "It asks for nothing.";
        if (facts.IsAutomatic)
            return "A program sent it.";
        if (IsMachine(sender[..at].ToLowerInvariant()))
            return "Its sender is a machine or a list.";
        if (facts.IsOurs)
            return "It is from our own domain.";
        return facts.Authentication?.Covers(sender) == true ? null : "Nothing proves that its sender is its sender.";
    }

    /// <summary>When the next mail to a mailbox may go.</summary>
    public static Instant NextAt(Instant now, Instant? lastAnswered) =>
        lastAnswered is { } last && last + Between > now ? last + Between : now;

    private static bool IsMachine(string localPart) =>
        localPart is "mailer-daemon" or "postmaster" or "noreply" or "no-reply" or "donotreply" or "do-not-reply" or "bounce" or "bounces"
        || localPart.StartsWith("owner-", StringComparison.Ordinal)
        || localPart.StartsWith("bounce+", StringComparison.Ordinal)
        || localPart.StartsWith("bounces+", StringComparison.Ordinal)
        || localPart.EndsWith("-request", StringComparison.Ordinal)
        || localPart.EndsWith("-bounces", StringComparison.Ordinal)
        || localPart.EndsWith("-owner", StringComparison.Ordinal);
}

/// <summary>What is known of who sent a report.</summary>
public sealed record AnswerFacts
{
    /// <summary>Whether it came by mail.</summary>
    public required bool ByMail { get; init; }

    /// <summary>Envelope sender; null or empty for none.</summary>
    public required string? EnvelopeFrom { get; init; }

    /// <summary>Whether it is no report, or one that is only put on record: feedback, and what providers tell each other about their mail.</summary>
    public required bool AsksForNothing { get; init; }

    /// <summary>Whether a program or a list sent it (RFC 3834 §2).</summary>
    public required bool IsAutomatic { get; init; }

    /// <summary>Whether the envelope sender is at one of our domains.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>Who sent it; null when that is not proved.</summary>
    public required ReportAuthentication? Authentication { get; init; }
}

/// <summary>What a reporter is told.</summary>
public enum AnswerKind
{
    /// <summary>We have it, and what becomes of it.</summary>
    Received,

    /// <summary>What it names is not ours.</summary>
    NotOurs,

    /// <summary>Something is missing without which we cannot find who it was.</summary>
    NeedsFacts,

    /// <summary>The case that it was part of is closed.</summary>
    Outcome,
}

/// <summary>What a report lacks.</summary>
public enum MissingFact
{
    /// <summary>What it is about: an address, a web address, or the message itself.</summary>
    Source,

    /// <summary>The message with its header.</summary>
    Headers,

    /// <summary>When, with the zone.</summary>
    Time,

    /// <summary>The source port: the address was shared, or changed hands.</summary>
    Port,
}
