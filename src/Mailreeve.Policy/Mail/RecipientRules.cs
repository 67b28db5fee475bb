using System.Buffers;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>Who gets mail here. Pure: same facts, same verdict.</summary>
public static class RecipientRules
{
    private const string BouncePrefix = "notice+";

    private static readonly SearchValues<char> RelaySyntax = SearchValues.Create("%!@:/\\");
    private static readonly ClauseId ClosedRelay = new("C7");
    private static readonly ClauseId Roles = new("S3");
    private static readonly ClauseId MailboxTerms = new("C9");

    /// <summary>Whether a recipient is taken, and where its mail goes.</summary>
    /// <remarks>
    /// An address is taken as it is written. <c>u%V@us</c>, <c>V!u@us</c> and <c>"u@V"@us</c> are never rewritten into <c>u@V</c>;
    /// they are asked for only by those who look for a relay, and are told so.
    /// </remarks>
    public static RecipientVerdict Decide(RecipientFacts facts)
    {
        var (to, ours) = facts;
        if (to.Domain.Length == 0)
        {
            // RFC 5321 §4.5.1: <Postmaster>, in any case, without a domain.
            return DomainName.Same(to.LocalPart, "postmaster")
                ? new RecipientVerdict.Accept(new MailRoute.Role(RoleAddress.Postmaster))
                : new RecipientVerdict.Refuse(RefusalReason.NotOurs, ClosedRelay);
        }

        if (facts.Collector == CollectorFinding.Token)
            return new RecipientVerdict.Accept(new MailRoute.Collected());
        if (to.LocalPart.AsSpan().ContainsAny(RelaySyntax))
            return new RecipientVerdict.Refuse(RefusalReason.NotOurs, ClosedRelay);
        if (facts.Collector == CollectorFinding.Domain && !ours.Contains(to.Domain))
        {
            return RoleAddresses.Of(to.LocalPart) is { } asked and (RoleAddress.Abuse or RoleAddress.Postmaster)
                ? new RecipientVerdict.Accept(new MailRoute.Role(asked))
                : new RecipientVerdict.Refuse(RefusalReason.NoSuchUser, Roles);
        }

        if (!ours.Contains(to.Domain))
            return facts.IsCustomerDomain ? InCustomerDomain(facts) : new RecipientVerdict.Refuse(RefusalReason.NotOurs, ClosedRelay);
        if (RoleAddresses.Of(to.LocalPart) is { } role)
            return new RecipientVerdict.Accept(new MailRoute.Role(role));
        if (to.LocalPart.Length > BouncePrefix.Length && DomainName.Same(to.LocalPart.AsSpan(0, BouncePrefix.Length), BouncePrefix))
            return new RecipientVerdict.Accept(new MailRoute.NoticeBounce(to.LocalPart[BouncePrefix.Length..]));
        if (CodeOf(to.LocalPart) is { } code)
            return new RecipientVerdict.Accept(new MailRoute.PostmasterAnswer(code));

        return facts.Mailbox is { } mailbox ? Into(mailbox, facts) : new RecipientVerdict.Refuse(RefusalReason.NoSuchUser, Roles);
    }

    /// <summary>Whether a recipient of a customer's message is taken. To anyone else's domain it is; in our own and those of customers it must be there.</summary>
    public static RecipientVerdict DecideOutgoing(RecipientFacts facts)
    {
        if (facts.To.Domain.Length == 0)
            return new RecipientVerdict.Refuse(RefusalReason.NoDomain, ClosedRelay);
        if (!facts.Ours.Contains(facts.To.Domain) && !facts.IsCustomerDomain && facts.Collector == CollectorFinding.Elsewhere)
            return new RecipientVerdict.Accept(new MailRoute.Outgoing());
        return Decide(facts) is RecipientVerdict.Refuse refused ? refused : new RecipientVerdict.Accept(new MailRoute.Outgoing());
    }

    // RFC 2142 §5: postmaster and abuse exist in every domain, whether or not the customer thought of them.
    private static RecipientVerdict InCustomerDomain(RecipientFacts facts)
    {
        if (facts.Mailbox is { } mailbox)
            return Into(mailbox, facts);
        if (RoleAddresses.Of(facts.To.LocalPart) is { } role and (RoleAddress.Abuse or RoleAddress.Postmaster))
            return new RecipientVerdict.Accept(new MailRoute.Role(role));
        return facts.CatchAll is { } rest ? Into(rest, facts) : new RecipientVerdict.Refuse(RefusalReason.NoSuchUser, Roles);
    }

    private static RecipientVerdict Into(MailboxFact mailbox, RecipientFacts facts) => mailbox.State switch
    {
        MailboxState.Ended => new RecipientVerdict.Refuse(RefusalReason.NoSuchUser, MailboxTerms),
        // Its owner reads what is there, and there is to be read why nothing else comes.
        _ when mailbox.BlockedUnder is { } clause && !facts.IsOurLetter => new RecipientVerdict.Refuse(RefusalReason.Blocked, clause),
        MailboxState.Suspended => new RecipientVerdict.Refuse(RefusalReason.Suspended, MailboxTerms),
        MailboxState.Inactive => new RecipientVerdict.Refuse(RefusalReason.Inactive, MailboxTerms),
        _ when mailbox.RoomBytes < Math.Max(1, facts.SizeBytes ?? 1) => new RecipientVerdict.Refuse(RefusalReason.MailboxFull, MailboxTerms),
        _ => new RecipientVerdict.Accept(new MailRoute.ToMailbox(mailbox.Id)),
    };

    private static string? CodeOf(string localPart) =>
        localPart.Length > PostmasterCode.Prefix.Length && DomainName.Same(localPart.AsSpan(0, PostmasterCode.Prefix.Length), PostmasterCode.Prefix)
        && PostmasterCode.IsLikeOne(localPart.AsSpan(PostmasterCode.Prefix.Length))
            ? localPart[PostmasterCode.Prefix.Length..]
            : null;
}
