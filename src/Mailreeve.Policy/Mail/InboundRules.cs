using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Policy.Mail;

/// <summary>What becomes of mail from outside (C8). Pure: same facts, same verdict.</summary>
/// <remarks>
/// Asked for each recipient, with what is known of the client and the envelope, and once more when the message has come. What is not
/// known never speaks against anybody: a name server that is down must not cost mail.
/// </remarks>
public static class InboundRules
{
    private static readonly ClauseId BlocksOfOthers = new("C8");

    /// <summary>The verdict.</summary>
    public static InboundVerdict Decide(InboundPolicy policy, InboundFacts facts)
    {
        // Whoever wants to complain about a refusal must be able to; and what is complained about may well be spam or malware.
        if (facts.IsForRole)
            return InboundVerdict.Accept.Instance;
        if (facts.IsTooFast)
            return Defer(InboundReason.TooFast);
        if (facts.Helo == HeloFinding.Ours)
            return Refuse(InboundReason.FalseHelo);
        if (facts.Clamd is ClamdReply.Malware)
            return Refuse(InboundReason.Malware);
        if (ListPoints(facts) >= policy.RefuseListedAt)
            return Refuse(InboundReason.Listed);
        if (ByAuthor(policy, facts) is { } byAuthor)
            return byAuthor;
        if (facts.Rspamd is { Action: RspamdAction.SoftReject })
            return Defer(InboundReason.FilterAsksLater);
        if (facts.Greylist == GreylistState.Waiting && MustWait(policy, facts))
            return Defer(InboundReason.Greylisted);
        if (facts.Rspamd is { Action: RspamdAction.Reject or RspamdAction.AddHeader or RspamdAction.RewriteSubject })
            return new InboundVerdict.Spam(InboundReason.FilterSaysSpam, BlocksOfOthers);
        return Points(policy, facts) >= policy.SpamAt
            ? new InboundVerdict.Spam(InboundReason.ManySigns, BlocksOfOthers)
            : InboundVerdict.Accept.Instance;
    }

    /// <summary>Whether greylisting applies, so that it has to be looked up where it stands (RFC 6647 §5.1).</summary>
    public static bool MustWait(InboundPolicy policy, InboundFacts facts)
    {
        if (policy.Greylisting == Greylisting.Off || facts.IsForRole)
            return false;
        var points = Points(policy, facts);
        // Who is vouched for, by a list or by SPF of a client with a true name, would come again anyway.
        if (points < 0 || (facts.Spf is { Result: SpfResult.Pass } && facts.ReverseName == ReverseName.True && points == 0))
            return false;
        return policy.Greylisting == Greylisting.All || points > 0;
    }

    /// <summary>
    /// Whether mail for a recipient is never refused for what was found about it: abuse@ and postmaster@ in any domain, where complaints
    /// come (RFC 2142 §5), the bounces of our own notices, what a relay test waits for, and what postmasters of customers answer.
    /// </summary>
    public static bool IsForRole(Mailbox to, MailRoute route) =>
        route is MailRoute.NoticeBounce or MailRoute.Collected or MailRoute.PostmasterAnswer or MailRoute.Role { Address: RoleAddress.Abuse or RoleAddress.Postmaster }
        || DomainName.Same(to.LocalPart, "abuse") || DomainName.Same(to.LocalPart, "postmaster");

    /// <summary>What a name in HELO is worth (RFC 5321 §4.1.4 forbids to refuse for a name that is only wrong).</summary>
    /// <param name="helo">The name.</param>
    /// <param name="hostName">Our own.</param>
    /// <param name="ours">Our domains.</param>
    public static HeloFinding FindHelo(string helo, string hostName, OwnDomains ours)
    {
        if (DomainName.Same(helo, hostName) || ours.Contains(helo))
            return HeloFinding.Ours;
        if (helo is ['[', .., ']'])
            return Protocols.Net.Address.ParseOrNull(helo) is null ? HeloFinding.Odd : HeloFinding.Plausible;
        return helo.Contains('.', StringComparison.Ordinal) && Protocols.Net.Address.ParseOrNull(helo) is null
            && DomainName.IsValid(System.Text.Encoding.UTF8.GetBytes(helo))
                ? HeloFinding.Plausible
                : HeloFinding.Odd;
    }

    /// <summary>What becomes of a message that looks like spam: it is refused only when all who get it want that.</summary>
    /// <param name="choices">The choice of each recipient.</param>
    /// <returns>For each whether it goes into Junk; null when it is refused.</returns>
    public static IReadOnlyList<bool>? Spread(IReadOnlyList<SpamChoice> choices) =>
        // With one reply for all of them, who wants it must not lose it to one who does not.
        choices.All(c => c == SpamChoice.Refuse) ? null : [.. choices.Select(c => c != SpamChoice.Tag)];

    /// <summary>What speaks against a message, in points.</summary>
    public static int Points(InboundPolicy policy, InboundFacts facts)
    {
        var points = ListPoints(facts);
        if (facts.ReverseName is ReverseName.False or ReverseName.Missing)
            points += policy.NoTrueName;
        if (facts.Helo == HeloFinding.Odd)
            points += policy.OddHelo;
        if (facts.Author is { Result: DmarcResult.PermError })
            points += policy.NoAuthor;
        // A message that is shown to be its author's may have come a roundabout way.
        if (facts.Author is not { Result: DmarcResult.Pass })
        {
            points += facts.Spf?.Result switch
            {
                SpfResult.Fail => policy.SpfFail,
                SpfResult.SoftFail => policy.SpfSoftFail,
                _ => 0,
            };
        }

        return points;
    }

    private static int ListPoints(InboundFacts facts)
    {
        var points = 0;
        foreach (var finding in facts.Lists)
            points += finding.Weight;
        return points;
    }

    private static InboundVerdict? ByAuthor(InboundPolicy policy, InboundFacts facts)
    {
        if (facts.Author is not { Policy: not DmarcPolicy.None } author || IsVouchedFor(policy, facts))
            return null;
        return author.Result switch
        {
            DmarcResult.Fail when author.Policy == DmarcPolicy.Reject && policy.HonoursReject => Refuse(InboundReason.Forged),
            DmarcResult.Fail => new InboundVerdict.Spam(InboundReason.ProbablyForged, BlocksOfOthers),
            DmarcResult.TempError when author.Policy == DmarcPolicy.Reject && policy.HonoursReject => Defer(InboundReason.AuthorUnsure),
            _ => null,
        };
    }

    // A mailing list breaks what it hands on. If one we trust has sealed it, and says that it was in order when it came there, it is.
    private static bool IsVouchedFor(InboundPolicy policy, InboundFacts facts) =>
        facts.Chain is { Result: ArcResult.Pass, Links: [.., var last] }
        && policy.TrustedSealers.Any(sealer => DomainName.Same(sealer, last.Domain))
        && last.Results.Contains("dmarc=pass", StringComparison.OrdinalIgnoreCase);

    private static InboundVerdict.Defer Defer(InboundReason reason) => new(reason, BlocksOfOthers);

    private static InboundVerdict.Refuse Refuse(InboundReason reason) => new(reason, BlocksOfOthers);
}
