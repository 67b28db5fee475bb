using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp;

/// <summary>Says to the client why its mail is not wanted.</summary>
internal static class InboundReplies
{
    /// <returns><see langword="null"/> when it is taken.</returns>
    public static Reply? For(InboundVerdict verdict, SmtpSession session) => verdict switch
    {
        InboundVerdict.Defer(var reason, var clause) => Of(reason, $"{clause}", session, "Deferred"),
        InboundVerdict.Refuse(var reason, var clause) => Of(reason, $"{clause}", session, "Refused"),
        _ => null,
    };

    /// <summary>All who would get it want no spam.</summary>
    public static Reply Unwanted(InboundVerdict.Spam spam, SmtpSession session) => Of(spam.Reason, $"{spam.Clause}", session, "Refused");

    private static Reply Of(InboundReason reason, string clause, SmtpSession session, string outcome)
    {
        session.Log.InboundJudged(session.Id, outcome, $"{reason}", clause);
        return reason switch
        {
            InboundReason.TooFast => Reply.C451TooFast,
            InboundReason.Greylisted => Reply.C451Greylisted,
            InboundReason.AuthorUnsure => Reply.C451AuthorUnsure,
            InboundReason.FilterAsksLater => Reply.C451FilterAsksLater,
            InboundReason.FalseHelo => Reply.C550Unwanted("5.7.1", "You are not who you say in EHLO", clause, session.Parts.WhereToTurn),
            InboundReason.Listed => Reply.C550Unwanted("5.7.1", "Your address or domain is on lists of spammers", clause, session.Parts.WhereToTurn),
            InboundReason.Forged => Reply.C550Unwanted(
                "5.7.26", "Not authenticated, and the domain in From asks to refuse such mail", clause, session.Parts.WhereToTurn),
            InboundReason.Malware => Reply.C550Unwanted("5.7.1", "Message carries malware", clause, session.Parts.WhereToTurn),
            _ => Reply.C550Unwanted("5.7.1", "Message looks like spam, which its recipients refuse", clause, session.Parts.WhereToTurn),
        };
    }
}
