using System.Buffers;
using System.Text;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.AuthResults;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Spf;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Inbound;

/// <summary>
/// Checks one message. What can be known from the client and the envelope is asked for at MAIL, all at once, and waited for at the
/// first RCPT; what the message says is looked at when it has come. The DNS has a few seconds each time, then it goes on without it.
/// </summary>
internal sealed class InboundCheck : IDisposable
{
    private const string SpamFlag = "X-Spam-Flag: YES\r\n";

    private readonly InboundChecks checks;
    private readonly Address client;
    private readonly string helo;
    private readonly Mailbox? from;
    private readonly bool isTooFast;
    private readonly CancellationTokenSource envelopeLimit;
    private readonly Task<SpfVerdict> spf;
    private readonly Task<ReverseName> reverse;
    private readonly Task<IReadOnlyList<ListFinding>> listed;
    private InboundFacts? envelope;

    public InboundCheck(InboundChecks checks, Address client, string helo, Mailbox? from, bool mayBegin)
    {
        (this.checks, this.client, this.helo, this.from, isTooFast) = (checks, client, helo, from, !mayBegin);
        envelopeLimit = new CancellationTokenSource(checks.Options.LookupTimeout);
        // RFC 7208 §2.4: without a sender it is the client's own name that is checked.
        var query = new SpfQuery(
            client, from?.LocalPart ?? "", from?.Domain ?? helo, helo, checks.HostName, checks.Clock.GetCurrentInstant().ToUnixTimeSeconds());
        spf = SpfCheck.RunAsync(query, checks.Dns.AskAsync, explain: false, envelopeLimit.Token).AsTask();
        reverse = ReverseAsync(envelopeLimit.Token);
        listed = checks.Lists.FindAsync(client, envelopeLimit.Token);
    }

    /// <summary>What becomes of a recipient, by what is known before the message has come.</summary>
    public async ValueTask<InboundVerdict> AtRecipientAsync(AcceptedRecipient to, string reference)
    {
        var facts = await EnvelopeAsync() with
        {
            IsForRole = InboundRules.IsForRole(to.Mailbox, to.Route),
            IsTooFast = !checks.MayName(client) || isTooFast,
        };
        if (InboundRules.MustWait(checks.Options.Policy, facts))
            facts = facts with { Greylist = await checks.Greylist.FindAsync(client, from, to.Mailbox, CancellationToken.None) };
        var verdict = InboundRules.Decide(checks.Options.Policy, facts);
        if (verdict is InboundVerdict.Defer or InboundVerdict.Refuse)
            Note(facts, verdict, recipients: 1, reference);
        return verdict;
    }

    /// <summary>What becomes of the message.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="reference">Our name for it.</param>
    public async ValueTask<InboundFindings> AtMessageAsync(ReadOnlySequence<byte> message, IReadOnlyList<AcceptedRecipient> to, string reference)
    {
        using var limit = new CancellationTokenSource(checks.Options.LookupTimeout);
        // The filters have a limit of their own, and work beside the rest.
        var filtering = AskRspamdAsync(message, to, reference);
        var scanning = checks.Clamd is { } clamd ? clamd.AskAsync(message, CancellationToken.None) : Task.FromResult<ClamdReply?>(null);
        var read = DkimMessage.Read(message);
        var facts = await EnvelopeAsync() with { IsForRole = to.Any(r => InboundRules.IsForRole(r.Mailbox, r.Route)) };
        var (signatures, chain) = await VerifyAsync(read, limit.Token);
        var author = AuthorDomain.OfOrNull(read);
        var domains = checks.Lists.FindAsync(DomainsOf(author, signatures), limit.Token);
        facts = facts with
        {
            Signatures = signatures,
            Chain = chain,
            Author = await checks.Dmarc.RunAsync(author, facts.Spf!, signatures, Random.Shared.Next(100), checks.Dns.AskAsync, limit.Token),
            Lists = [.. facts.Lists, .. await domains],
            Rspamd = await filtering,
            Clamd = await scanning,
        };
        var verdict = InboundRules.Decide(checks.Options.Policy, facts);
        Note(facts, verdict, to.Count, reference);
        var header = AuthenticationResults.Write(checks.HostName, InboundResults.Of(facts, client, helo, from));
        return new InboundFindings(
            verdict,
            Encoding.UTF8.GetBytes(verdict is InboundVerdict.Spam ? header + SpamFlag : header),
            AuthenticationResults.Forged(HeaderOf(message.Slice(0, message.Length - read.Body.Length)), [checks.HostName]))
        {
            Authentication = AuthenticationRules.Decide(facts, checks.Suffixes),
        };
    }

    public void Dispose()
    {
        // What is still being asked is of no use any more.
        envelopeLimit.Cancel();
        envelopeLimit.Dispose();
    }

    private async ValueTask<InboundFacts> EnvelopeAsync() =>
        envelope ??= new InboundFacts
        {
            Helo = InboundRules.FindHelo(helo, checks.HostName, checks.Ours),
            Spf = await spf,
            ReverseName = await reverse,
            Lists = await listed,
        };

    // The name of an address means something only if the name has the address, too.
    private async Task<ReverseName> ReverseAsync(CancellationToken stop)
    {
        const int NamesMax = 5;
        var names = await checks.Dns.AskAsync(DnsName.Reverse(client), DnsType.Ptr, stop);
        if (names.Outcome != DnsOutcome.Found)
            return names.Outcome == DnsOutcome.Nothing ? ReverseName.Missing : ReverseName.Unknown;
        var isSure = true;
        foreach (var name in names.Names.Take(NamesMax))
        {
            var addresses = await checks.Dns.AskAsync(name, client.IsIPv4 ? DnsType.A : DnsType.Aaaa, stop);
            if (addresses.Addresses.Contains(client))
                return ReverseName.True;
            isSure &= addresses.Outcome != DnsOutcome.Failed;
        }

        return isSure ? ReverseName.False : ReverseName.Unknown;
    }

    private async ValueTask<(IReadOnlyList<DkimVerdict> Signatures, ArcVerdict Chain)> VerifyAsync(DkimMessage message, CancellationToken stop)
    {
        var dkim = DkimVerification.Begin(message);
        var arc = ArcVerification.Begin(message);
        var keys = await checks.KeysAsync(dkim.Wanted.Concat(arc.Wanted), stop);
        var now = checks.Clock.GetCurrentInstant();
        return (dkim.Judge(key => keys[key], now), arc.Judge(key => keys[key], now));
    }

    // Filters write recipients into their logs, where no code of a postmaster belongs; of such an answer nothing is kept that could harm.
    private async Task<RspamdReply?> AskRspamdAsync(ReadOnlySequence<byte> message, IReadOnlyList<AcceptedRecipient> to, string reference) =>
        checks.Rspamd is { } rspamd && !to.Any(r => r.Route is MailRoute.PostmasterAnswer)
            ? await rspamd.AskAsync(message, client, helo, $"{from}", to.Select(r => $"{r.Mailbox}"), reference, CancellationToken.None)
            : null;

    private IEnumerable<string> DomainsOf(string? author, IReadOnlyList<DkimVerdict> signatures)
    {
        if (from is { IsLiteral: false })
            yield return from.Domain;
        if (author is not null)
            yield return author;
        foreach (var signature in signatures)
        {
            if (signature is { Passes: true, Domain: { } domain })
                yield return domain;
        }
    }

    private static ReadOnlySpan<byte> HeaderOf(ReadOnlySequence<byte> header) => header.IsSingleSegment ? header.FirstSpan : header.ToArray();

    private void Note(InboundFacts facts, InboundVerdict verdict, int recipients, string reference) =>
        checks.Journal.Note(new InboundCheckEntry
        {
            At = checks.Clock.GetCurrentInstant(),
            Reference = reference,
            ClientAddress = client,
            Helo = helo,
            EnvelopeFrom = $"{from}",
            Recipients = recipients,
            Outcome = verdict switch
            {
                InboundVerdict.Defer => InboundOutcome.Deferred,
                InboundVerdict.Refuse => InboundOutcome.Refused,
                InboundVerdict.Spam => InboundOutcome.TakenAsSpam,
                _ => InboundOutcome.Accepted,
            },
            Reason = verdict.Why,
            Clause = verdict.ByClause,
            Points = InboundRules.Points(checks.Options.Policy, facts),
            Results = string.Join("; ", InboundResults.Of(facts, client, helo, from).Select(r => $"{r.Method}={r.Result}")),
        });
}
