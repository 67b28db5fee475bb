using System.Buffers;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Spf;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>What is found out about mail from outside, on port 25, before it is taken (C8).</summary>
/// <remarks>
/// Standards: SPF (RFC 7208), DKIM (RFC 6376), ARC (RFC 8617), DMARC (RFC 7489), Authentication-Results (RFC 8601), DNS lists
/// (RFC 5782), greylisting (RFC 6647). Limits: <see cref="InboundOptions"/>. Diagnostics: the table <c>inbound_check</c>.
/// </remarks>
/// <param name="options">How.</param>
/// <param name="hostName">Our name.</param>
/// <param name="ours">Our domains.</param>
/// <param name="suffixes">What tells whose a domain is.</param>
/// <param name="dns">Asks the DNS.</param>
/// <param name="lists">The DNS lists.</param>
/// <param name="greylist">Who is put off.</param>
/// <param name="rspamd">Rspamd; null for none.</param>
/// <param name="clamd">clamd; null for none.</param>
/// <param name="journal">Where it is noted.</param>
/// <param name="clock">What time it is.</param>
/// <param name="ticks">Measures time for rates.</param>
public sealed class InboundChecks(
    InboundOptions options, string hostName, OwnDomains ours, PublicSuffixList suffixes, DnsCache dns, DnsListWatch lists, Greylist greylist,
    RspamdClient? rspamd, ClamdClient? clamd, InboundJournal journal, IClock clock, TimeProvider ticks)
{
    private readonly NetworkRates connections = new(options.ConnectionsPerMinute, ticks);
    private readonly NetworkRates messages = new(options.MessagesPerMinute, ticks);
    private readonly NetworkRates recipients = new(options.RecipientsPerMinute, ticks);

    internal InboundOptions Options => options;

    internal string HostName => hostName;

    internal OwnDomains Ours => ours;

    internal PublicSuffixList Suffixes => suffixes;

    internal DmarcCheck Dmarc { get; } = new(suffixes);

    internal DnsCache Dns => dns;

    internal DnsListWatch Lists => lists;

    internal Greylist Greylist => greylist;

    internal RspamdClient? Rspamd => rspamd;

    internal ClamdClient? Clamd => clamd;

    internal InboundJournal Journal => journal;

    internal IClock Clock => clock;

    /// <summary>Whether a client may open one more connection now.</summary>
    internal bool MayConnect(Address client) => IsTrusted(client) || connections.Take(client);

    /// <summary>Begins to check a message.</summary>
    /// <returns><see langword="null"/> when mail from there is not checked.</returns>
    internal InboundCheck? Begin(Address client, string helo, Mailbox? from) =>
        IsTrusted(client) ? null : new InboundCheck(this, client, helo, from, messages.Take(client));

    /// <summary>Checks a message that is there already, as another mail server hands it over.</summary>
    /// <param name="client">Who brought it to that server.</param>
    /// <param name="helo">What that one called itself.</param>
    /// <param name="from">Envelope sender; null for the null sender.</param>
    /// <param name="message">The message, with CRLF.</param>
    /// <param name="to">Who gets it; one or more.</param>
    /// <param name="reference">What to call it in the journal.</param>
    /// <returns><see langword="null"/> when mail from there is not checked.</returns>
    public async ValueTask<InboundFindings?> JudgeAsync(
        Address client, string helo, Mailbox? from, ReadOnlySequence<byte> message, IReadOnlyList<AcceptedRecipient> to, string reference)
    {
        using var check = Begin(client, helo, from);
        return check is null ? null : await check.AtMessageAsync(message, to, reference);
    }

    /// <summary>
    /// Who is proved to have sent a report whose client is not checked, because it only hands it on: a signature holds whatever way the
    /// report came.
    /// </summary>
    /// <param name="message">As it came.</param>
    /// <returns><see langword="null"/> when nothing proves it.</returns>
    internal async ValueTask<ReportAuthentication?> ProveAsync(ReadOnlySequence<byte> message)
    {
        using var limit = new CancellationTokenSource(options.LookupTimeout);
        var read = DkimMessage.Read(message);
        var dkim = DkimVerification.Begin(read);
        var keys = await KeysAsync(dkim.Wanted, limit.Token);
        var signatures = dkim.Judge(key => keys[key], clock.GetCurrentInstant());
        var nothing = new SpfVerdict(SpfResult.None, "");
        var author = await Dmarc.RunAsync(AuthorDomain.OfOrNull(read), nothing, signatures, sample: 0, dns.AskAsync, limit.Token);
        return AuthenticationRules.Decide(new InboundFacts { Signatures = signatures, Author = author }, suffixes);
    }

    /// <summary>The keys of signatures, asked for all at once.</summary>
    internal async ValueTask<IReadOnlyDictionary<DkimKeyName, DkimKeyAnswer>> KeysAsync(IEnumerable<DkimKeyName> wanted, CancellationToken stop)
    {
        var asked = wanted.Distinct().Select(key => (Key: key, Answer: dns.AskAsync($"{key}", DnsType.Txt, stop).AsTask())).ToList();
        var keys = new Dictionary<DkimKeyName, DkimKeyAnswer>();
        foreach (var (key, answer) in asked)
            keys[key] = KeyAnswer(await answer);
        return keys;
    }

    internal bool MayName(Address client) => recipients.Take(client);

    private static DkimKeyAnswer KeyAnswer(DnsAnswer answer) => answer.Outcome switch
    {
        DnsOutcome.Found => new DkimKeyAnswer.Found(answer.Texts),
        DnsOutcome.Nothing => new DkimKeyAnswer.Missing(),
        _ => new DkimKeyAnswer.Failed("the DNS did not answer"),
    };

    private bool IsTrusted(Address client)
    {
        foreach (var network in options.Trusted)
        {
            if (network.Contains(client))
                return true;
        }

        return false;
    }
}
