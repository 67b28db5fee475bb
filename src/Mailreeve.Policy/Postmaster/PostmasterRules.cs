using NodaTime;

namespace Mailreeve.Policy.Postmaster;

/// <summary>Whether postmaster@ of a customer's domain takes mail, and whether a person reads it (C7). Pure: same arguments, same answer.</summary>
public static class PostmasterRules
{
    /// <summary>Until a check that was put off is made again.</summary>
    public static readonly Duration RetryEvery = Duration.FromHours(1);

    /// <summary>How long a server may put off mail for postmaster before that counts as a refusal.</summary>
    public static readonly Duration PutOffAtMost = Duration.FromHours(24);

    /// <summary>Until the mail is sent once more.</summary>
    public static readonly Duration RemindEvery = Duration.FromDays(2);

    /// <summary>Mails that ask, all together; then a person of ours writes or calls.</summary>
    public const int MailsMax = 4;

    /// <summary>Until a domain is checked again whose postmaster reads mail.</summary>
    public static readonly Duration AgainAfter = Duration.FromDays(180);

    /// <summary>Until a domain is checked again that refuses, or takes no mail at all.</summary>
    public static readonly Duration RecheckAfter = Duration.FromDays(1);

    /// <summary>Until a customer may have a domain checked once more: each check that finds its mail taken writes another mail.</summary>
    public static readonly Duration CustomerEvery = Duration.FromHours(1);

    /// <summary>What is tried: each recipient with the null sender, as a bounce has it, and with a real one.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="sender">A mailbox of ours.</param>
    public static IReadOnlyList<PostmasterProbe> ProbesOf(string domain, string sender) =>
    [
        new("", $"postmaster@{domain}"),
        new(sender, $"postmaster@{domain}"),
        new("", "Postmaster"),
        new(sender, "Postmaster"),
    ];

    /// <summary>What the replies show.</summary>
    /// <param name="replies">The code of each probe: of MAIL if that was not taken, else of RCPT; null when there was none.</param>
    /// <remarks>RFC 5321 §4.5.1: a server that takes mail at all takes it for postmaster, with and without the domain.</remarks>
    public static PostmasterFinding OfReplies(IReadOnlyCollection<int?> replies) =>
        replies.Any(r => r / 100 == 5) ? PostmasterFinding.Refuses
        : replies.Count > 0 && replies.All(r => r is 250 or 251 or 252) ? PostmasterFinding.Accepts
        : PostmasterFinding.PutOff;

    /// <summary>Where a domain stands after a check, and when something is to be done about it next.</summary>
    /// <param name="before">Where it stood.</param>
    /// <param name="finding">What the check has shown.</param>
    /// <param name="readWithin">How long a person has to answer the mail that asks for it.</param>
    /// <param name="now">The time.</param>
    public static PostmasterStanding After(PostmasterStanding before, PostmasterFinding finding, Duration readWithin, Instant now) => finding switch
    {
        PostmasterFinding.NoMail => new PostmasterStanding(PostmasterState.NoMail, now + RecheckAfter),
        PostmasterFinding.Refuses => new PostmasterStanding(PostmasterState.Refuses, now + RecheckAfter),
        PostmasterFinding.PutOff when before.PutOffSince is { } since && now >= since + PutOffAtMost =>
            // Since when stays known: whoever never answers is not given another day by each check.
            new PostmasterStanding(PostmasterState.Refuses, now + RecheckAfter) { PutOffSince = since },
        PostmasterFinding.PutOff => new PostmasterStanding(PostmasterState.PutOff, now + RetryEvery) { PutOffSince = before.PutOffSince ?? now },
        // It accepts: now somebody is to read it.
        _ => new PostmasterStanding(PostmasterState.Asked, now + Duration.Min(RemindEvery, readWithin)) { DueAt = now + readWithin, Mails = 1 },
    };

    /// <summary>Where a domain stands whose postmaster was asked and has not answered, when its time for a reminder has come.</summary>
    public static PostmasterStanding AfterSilence(PostmasterStanding before, Instant now)
    {
        if (now >= before.DueAt)
            return before with { State = PostmasterState.Overdue, NextAt = now + AgainAfter };
        var reminded = before.Mails < MailsMax ? before with { Mails = before.Mails + 1 } : before;
        return reminded with { NextAt = Instant.Min(now + RemindEvery, before.DueAt!.Value) };
    }

    /// <summary>Where a domain stands when a person has answered.</summary>
    public static PostmasterStanding AfterAnswer(Instant now) => new(PostmasterState.Read, now + AgainAfter);

    /// <summary>Whether cases must hear of it: the domain has come to stand where one is to be opened, or ended.</summary>
    public static bool IsNews(PostmasterState before, PostmasterState after) =>
        before != after && after is PostmasterState.Refuses or PostmasterState.Overdue or PostmasterState.Read or PostmasterState.NoMail or PostmasterState.Gone;
}

/// <summary>One envelope that is tried.</summary>
/// <param name="From">The sender; empty for the null one.</param>
/// <param name="To">The recipient.</param>
public sealed record PostmasterProbe(string From, string To);

/// <summary>What a check shows.</summary>
public enum PostmasterFinding
{
    /// <summary>Mail for postmaster is taken.</summary>
    Accepts,

    /// <summary>Not now, or nobody answers.</summary>
    PutOff,

    /// <summary>It is refused.</summary>
    Refuses,

    /// <summary>The domain takes no mail, or ours does it.</summary>
    NoMail,
}

/// <summary>Where the postmaster of a domain stands.</summary>
public enum PostmasterState
{
    /// <summary>It is to be checked.</summary>
    Waiting,

    /// <summary>Mail for it is put off; it is tried again.</summary>
    PutOff,

    /// <summary>Mail for it is refused.</summary>
    Refuses,

    /// <summary>The domain takes no mail, or ours does it.</summary>
    NoMail,

    /// <summary>Mail for it is taken; a person was asked to answer.</summary>
    Asked,

    /// <summary>Nobody has answered in time.</summary>
    Overdue,

    /// <summary>A person has answered.</summary>
    Read,

    /// <summary>It is not checked any more: the contract has ended, or the domain is gone. Cases are still to hear of it.</summary>
    Gone,
}

/// <summary>Where the postmaster of a domain stands, and what is next.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="NextAt">When something is to be done about it.</param>
public sealed record PostmasterStanding(PostmasterState State, Instant NextAt)
{
    /// <summary>Since when mail is put off.</summary>
    public Instant? PutOffSince { get; init; }

    /// <summary>Until when a person has time to answer.</summary>
    public Instant? DueAt { get; init; }

    /// <summary>Mails that asked for it.</summary>
    public long Mails { get; init; }
}
