using Mailreeve.Policy.Cases;
using NodaTime;

namespace Mailreeve.Web.Layout;

/// <summary>Cases in words.</summary>
internal static class CaseText
{
    /// <summary>What a case alleges, as its heading.</summary>
    public static string Title(CaseKind kind) => kind switch
    {
        CaseKind.Spam => "Unsolicited mail",
        CaseKind.AdvertisedSite => "Site advertised by spam",
        CaseKind.NetworkAbuse => "Attack or port scan",
        CaseKind.SupportService => "Service that supports spam",
        CaseKind.OpenRelay => "Open mail relay",
        CaseKind.Postmaster => "Postmaster not read",
        _ => Show.Title(kind),
    };

    /// <summary>Where a case stands: a word, and a colour that only underlines it.</summary>
    public static (string Text, string Colour) Phase(CasePhase phase, Instant? due, Instant now, CaseDisposition? disposition) => phase switch
    {
        CasePhase.Notifying => ("Notice on its way", "accent"),
        CasePhase.AwaitingAnswer when due <= now => ("Overdue", "red"),
        CasePhase.AwaitingAnswer => ("Answer needed", "amber"),
        CasePhase.InReview => ("Answer in review", "accent"),
        CasePhase.Resolving => ("Being resolved", "green"),
        CasePhase.Closed when disposition == CaseDisposition.Unfounded => ("Closed: unfounded", ""),
        CasePhase.Closed => ("Closed: resolved", "green"),
        _ => (Show.Title(phase), ""),
    };

    /// <summary>What the customer should do about a case.</summary>
    public static IReadOnlyList<string> Steps(CaseKind kind) => kind switch
    {
        CaseKind.Spam =>
        [
            "Find what sent the mail: a person, a list, a compromised account or computer, a web form.",
            "Stop it, and change what let it happen: passwords, software, the list itself.",
            "Tell us below what it was and what keeps it from happening again.",
        ],
        CaseKind.AdvertisedSite =>
        [
            "Find whose site it is, and who sends the mail that advertises it.",
            "Take the site down, or have the mail stopped.",
            "Tell us below what was done and what keeps it from happening again.",
        ],
        CaseKind.OpenRelay =>
        [
            "Make your mail server refuse mail that is neither from you nor for you.",
            "Test it from outside your network.",
            "Tell us below what was changed.",
        ],
        CaseKind.Postmaster =>
        [
            "Make your mail server take mail for postmaster@ of the domain, and for postmaster alone, also with the empty sender.",
            "See that somebody reads it, and answer our mail that lies there.",
            "Have it checked again below, or tell us what was changed.",
        ],
        CaseKind.NetworkAbuse =>
        [
            "Take the machine off the network until you know what runs on it.",
            "Clean it or set it up anew, and close the way in.",
            "Tell us below what it was and what keeps it from happening again.",
        ],
        _ =>
        [
            "Find what the complaint is about, and stop it.",
            "Tell us below what was done and what keeps it from happening again.",
        ],
    };
}
