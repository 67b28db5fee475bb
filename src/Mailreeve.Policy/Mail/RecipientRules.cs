using System.Buffers;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>Who gets mail here. Pure: same facts, same verdict.</summary>
public static class RecipientRules
{
    private const string BouncePrefix = "notice+";

    private static readonly SearchValues<char> RelaySyntax = SearchValues.Create("%!@:/\\");
    private static readonly ClauseId ClosedRelay = new("C7");
    private static readonly ClauseId RoleAddresses = new("S3");

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

        if (!ours.Contains(to.Domain) || to.LocalPart.AsSpan().ContainsAny(RelaySyntax))
            return new RecipientVerdict.Refuse(RefusalReason.NotOurs, ClosedRelay);
        if (RoleOf(to.LocalPart) is { } role)
            return new RecipientVerdict.Accept(new MailRoute.Role(role));
        if (to.LocalPart.Length > BouncePrefix.Length && DomainName.Same(to.LocalPart.AsSpan(0, BouncePrefix.Length), BouncePrefix))
            return new RecipientVerdict.Accept(new MailRoute.NoticeBounce(to.LocalPart[BouncePrefix.Length..]));

        return new RecipientVerdict.Refuse(RefusalReason.NoSuchUser, RoleAddresses);
    }

    private static RoleAddress? RoleOf(string localPart)
    {
        foreach (var role in Enum.GetValues<RoleAddress>())
        {
            if (DomainName.Same(localPart, role.ToString()))
                return role;
        }

        return null;
    }
}
