using System.Globalization;
using Mailreeve.Protocols.AuthResults;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>Puts facts about a message into the words of Authentication-Results (RFC 8601 §2.7).</summary>
public static class InboundResults
{
    /// <summary>One result for each thing that was looked at. What has no registered method begins with <c>x-</c>.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="client">Who brought it.</param>
    /// <param name="helo">What that one calls itself.</param>
    /// <param name="from">Envelope sender; null for the null sender.</param>
    public static IReadOnlyList<AuthResult> Of(InboundFacts facts, Address client, string helo, Mailbox? from)
    {
        var results = new List<AuthResult>();
        if (facts.Spf is { } spf)
        {
            results.Add(new AuthResult("spf", Word(spf.Result))
            {
                Comment = spf.Problem,
                Properties = [from is null ? ("smtp.helo", helo) : ("smtp.mailfrom", $"{from}")],
            });
        }

        results.AddRange(facts.Signatures.Select(OfSignature));
        if (facts.Chain is { Result: not ArcResult.None } chain)
            results.Add(new AuthResult("arc", Word(chain.Result)) { Comment = chain.Links is [.., var last] ? $"sealed by {last.Domain}" : chain.Reason });
        if (facts.Author is { } author)
            results.Add(OfAuthor(author));
        if (facts.ReverseName != ReverseName.Unknown)
        {
            results.Add(new AuthResult("iprev", facts.ReverseName == ReverseName.True ? "pass" : "fail")
            {
                Properties = [("policy.iprev", $"{client}")],
            });
        }

        results.AddRange(facts.Lists.Select(l => new AuthResult("x-dnsbl", "listed")
        {
            Comment = l.Meaning,
            Properties = [("policy.zone", l.List), ("policy.points", l.Weight.ToString(CultureInfo.InvariantCulture))],
        }));
        if (facts.Rspamd is { } rspamd)
        {
            results.Add(new AuthResult("x-rspamd", Word(rspamd.Action))
            {
                Properties = [("policy.score", rspamd.Score.ToString("0.##", CultureInfo.InvariantCulture))],
            });
        }

        if (facts.Clamd is { } clamd)
        {
            results.Add(clamd switch
            {
                ClamdReply.Malware malware => new AuthResult("x-virus", "fail") { Properties = [("policy.name", malware.Signature)] },
                ClamdReply.Clean => new AuthResult("x-virus", "pass"),
                _ => new AuthResult("x-virus", "temperror"),
            });
        }

        return results;
    }

    private static AuthResult OfSignature(DkimVerdict verdict) =>
        new("dkim", Word(verdict.Result))
        {
            Comment = verdict.IsTesting ? $"{verdict.Reason}; testing" : verdict.Reason,
            Properties = verdict.Signature is { Key: var key } ? [("header.d", key.Domain), ("header.s", key.Selector)] : [],
        };

    private static AuthResult OfAuthor(DmarcVerdict author) =>
        new("dmarc", Word(author.Result))
        {
            Comment = author.RecordOf is { } domain ? $"{domain} says {Word(author.Published)}" : null,
            Properties = [("header.from", author.Domain)],
        };

    private static string Word(Enum value) => value switch
    {
        RspamdAction action => action switch
        {
            RspamdAction.NoAction => "pass",
            RspamdAction.Greylist or RspamdAction.SoftReject => "neutral",
            _ => "fail",
        },
        _ => value.ToString().ToLowerInvariant(),
    };
}
