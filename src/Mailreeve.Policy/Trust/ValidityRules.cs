using Mailreeve.Policy.Cases;

namespace Mailreeve.Policy.Trust;

/// <summary>Whether a complaint is one that C3 lets be charged.</summary>
public enum ComplaintValidity
{
    /// <summary>It is.</summary>
    Valid,

    /// <summary>It is about something else than UBE/UCE.</summary>
    OtherKind,

    /// <summary>It is a click in a feedback loop, which counts towards a rate and never towards a charge.</summary>
    FeedbackOnly,

    /// <summary>Nothing proves who complains.</summary>
    NotAuthentic,

    /// <summary>It cannot be told for certain whose it was.</summary>
    NotAttributable,

    /// <summary>The recipient is on record as having agreed to the list (C1).</summary>
    PermissionOnRecord,

    /// <summary>A charge for the same message was proposed before.</summary>
    AlreadyCharged,

    /// <summary>The message was not shown with its header, and our own records do not have it.</summary>
    HeadersNotIntact,
}

/// <summary>What is known about a complaint when it is asked whether it may be charged.</summary>
public sealed record ValidityFacts
{
    /// <summary>What it alleges.</summary>
    public required CaseKind Kind { get; init; }

    /// <summary>Whether it is a click in a feedback loop.</summary>
    public required bool IsFeedback { get; init; }

    /// <summary>Whether it is proved who complains, and nothing speaks against that reporter.</summary>
    public required bool IsAuthentic { get; init; }

    /// <summary>Whether it was the same customer's during the whole time in question.</summary>
    public required bool IsCertain { get; init; }

    /// <summary>Whether all recipients that the report names are on record for the list.</summary>
    public required bool HasPermission { get; init; }

    /// <summary>Whether somebody complained about the same message before.</summary>
    public required bool IsChargedBefore { get; init; }

    /// <summary>Whether the message was shown with the fields of a header that every message has.</summary>
    public required bool HasHeader { get; init; }

    /// <summary>What our own records say.</summary>
    public required OwnRecord Records { get; init; }
}

/// <summary>Whether a complaint may be charged, and why.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why, for whoever decides; it names no reporter.</param>
/// <param name="IsConfirmed">Whether our own records show the message, so that a charge may be made without a person where the policy says so.</param>
public sealed record ValidityVerdict(ComplaintValidity Outcome, string Reason, bool IsConfirmed)
{
    /// <summary>Valid, and nothing of ours to show it.</summary>
    public static readonly ValidityVerdict Valid = new(ComplaintValidity.Valid, "", false);
}

/// <summary>Judges whether a complaint is valid (C3). Pure.</summary>
/// <remarks>It judges what the complaint itself can show. What the customer says to it is judged by the person who confirms the charge.</remarks>
public static class ValidityRules
{
    /// <summary>The verdict; of several reasons against a charge the first that no evidence can mend.</summary>
    public static ValidityVerdict Decide(ValidityFacts facts)
    {
        var isConfirmed = facts.Records == OwnRecord.Whole;
        var outcome = facts switch
        {
            { Kind: not (CaseKind.Spam or CaseKind.AdvertisedSite or CaseKind.SupportService) } => ComplaintValidity.OtherKind,
            { IsFeedback: true } => ComplaintValidity.FeedbackOnly,
            { IsAuthentic: false } => ComplaintValidity.NotAuthentic,
            { IsCertain: false } => ComplaintValidity.NotAttributable,
            { HasPermission: true } => ComplaintValidity.PermissionOnRecord,
            { IsChargedBefore: true } => ComplaintValidity.AlreadyCharged,
            { HasHeader: false } when !isConfirmed => ComplaintValidity.HeadersNotIntact,
            _ => ComplaintValidity.Valid,
        };
        return new ValidityVerdict(outcome, ReasonOf(outcome, facts.Records), isConfirmed && outcome == ComplaintValidity.Valid);
    }

    /// <summary>Whether a charge is proposed at all. What only lacks evidence is for the person who decides.</summary>
    public static bool MayBeCharged(ComplaintValidity outcome) =>
        outcome is ComplaintValidity.Valid or ComplaintValidity.HeadersNotIntact or ComplaintValidity.NotAttributable;

    private static string ReasonOf(ComplaintValidity outcome, OwnRecord records) => outcome switch
    {
        ComplaintValidity.OtherKind => "It is not about unsolicited mail.",
        ComplaintValidity.FeedbackOnly => "A click in a feedback loop counts towards a rate, and never towards a charge.",
        ComplaintValidity.NotAuthentic => "Nothing proves who complains.",
        ComplaintValidity.NotAttributable => "The time in question covers a moment at which it may have been nobody's.",
        ComplaintValidity.PermissionOnRecord => "Permission of the recipient is on record for this list.",
        ComplaintValidity.AlreadyCharged => "A charge for the same message was proposed before.",
        ComplaintValidity.HeadersNotIntact => "The message was not shown with its header, and our own records do not have it.",
        _ => records switch
        {
            OwnRecord.Whole => "The reporter is proved, and our own records show this very message.",
            OwnRecord.InPart => "The reporter is proved and the header is there; our own records know the message, but not all of it was shown.",
            _ => "The reporter is proved and the header is there; our own records do not have the message.",
        },
    };
}
