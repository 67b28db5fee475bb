using System.Net;
using Mailreeve.Mail.Inbound;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Configuration;

/// <summary>How mail from outside is checked, and what that takes.</summary>
internal sealed record InboundSettings
{
    /// <summary>Where Debian's package <c>publicsuffix</c> puts the list.</summary>
    private const string UsualSuffixList = "/usr/share/publicsuffix/public_suffix_list.dat";

    /// <summary>Whether all mail is taken as it comes.</summary>
    public bool IsOff { get; init; }

    /// <summary>How it is checked.</summary>
    public InboundOptions Options { get; init; } = Usual([]);

    /// <summary>The name server; null for those of the machine.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>File with the public suffix list; what is in the program does when it is not there.</summary>
    public string SuffixList { get; init; } = UsualSuffixList;

    /// <summary>Reads <c>[inbound]</c>. It may be left out.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="own">The provider's own networks: their mail is not checked here.</param>
    public static InboundSettings Read(TableReader file, FileProblems problems, IReadOnlyList<Prefix> own)
    {
        var usual = Usual(own);
        if (file.Table("inbound", required: false) is not { } table)
            return new InboundSettings { Options = usual };
        var settings = new InboundSettings
        {
            IsOff = table.Truth("off"),
            Resolver = NameServer.Read(table, "resolver", problems),
            SuffixList = table.TextIfAny("public-suffix-list", UsualSuffixList)?.Value ?? UsualSuffixList,
            Options = usual with
            {
                Policy = ReadPolicy(table),
                Trusted = table.Entry("trusted") is null ? usual.Trusted : ReadPrefixes(table, "trusted", problems),
                Lists = ReadLists(table, problems),
                LookupTimeout = Span(table, "lookup-seconds", TimeSpan.FromSeconds(1), usual.LookupTimeout),
                ConnectionsPerMinute = (int)(table.WholeIfAny("connections-per-minute") ?? usual.ConnectionsPerMinute),
                MessagesPerMinute = (int)(table.WholeIfAny("messages-per-minute") ?? usual.MessagesPerMinute),
                RecipientsPerMinute = (int)(table.WholeIfAny("recipients-per-minute") ?? usual.RecipientsPerMinute),
                GreylistWait = Span(table, "greylist-minutes", TimeSpan.FromMinutes(1), usual.GreylistWait),
                Rspamd = ReadRspamd(table, problems),
                Clamd = ReadClamd(table, problems),
                FilterTimeout = Span(table, "filter-seconds", TimeSpan.FromSeconds(1), usual.FilterTimeout),
                JournalKept = Span(table, "journal-days", TimeSpan.FromDays(1), usual.JournalKept),
            },
        };
        foreach (var problem in settings.Options.Problems())
            problems.Add(table.At, problem.Key, problem.Reason, "Leave the key out for the default.");
        table.Finish();
        return settings;
    }

    // What comes from this machine or from our own customers has been looked at elsewhere, or is looked at by other rules.
    private static InboundOptions Usual(IReadOnlyList<Prefix> own) =>
        new() { Trusted = [Prefix.Parse("127.0.0.0/8"), Prefix.Parse("::1"), .. own] };

    private static InboundPolicy ReadPolicy(TableReader table)
    {
        var usual = new InboundPolicy();
        return usual with
        {
            SpamAt = (int)(table.WholeIfAny("spam-at") ?? usual.SpamAt),
            RefuseListedAt = (int)(table.WholeIfAny("refuse-listed-at") ?? usual.RefuseListedAt),
            HonoursReject = !table.Truth("ignore-dmarc-reject"),
            TrustedSealers = table.Entry("trusted-sealers") is null ? [] : [.. (table.Texts("trusted-sealers", "lists.example") ?? []).Select(t => t.Value)],
            Greylisting = table.WordIfAny<Greylisting>("greylisting") ?? usual.Greylisting,
        };
    }

    private static List<DnsList> ReadLists(TableReader table, FileProblems problems)
    {
        var lists = new List<DnsList>();
        foreach (var entry in table.Tables("lists"))
        {
            var zone = entry.Text("zone", "list.example")?.Value.Trim('.').ToLowerInvariant() ?? "";
            var kind = entry.WordIfAny<DnsListKind>("kind") ?? DnsListKind.Address;
            var codes = new List<DnsListCode>();
            foreach (var code in entry.Tables("codes"))
            {
                if (ReadPrefixes(code, "answers", problems) is { Count: > 0 } answers && code.Text("meaning", "sends spam") is { } meaning)
                    codes.AddRange(answers.Select(a => new DnsListCode(a, meaning.Value, (int)(code.WholeIfAny("points") ?? 0))));
                code.Finish();
            }

            if (codes.Count == 0)
                problems.Add(entry.At, entry.KeyOf("codes"), "Without a meaning, no answer of the list counts.", "Write a [[inbound.lists.codes]] for each answer that counts.");
            lists.Add(new DnsList(zone, kind, [.. codes]));
            entry.Finish();
        }

        return lists;
    }

    private static List<Prefix> ReadPrefixes(TableReader table, string key, FileProblems problems)
    {
        var prefixes = new List<Prefix>();
        foreach (var text in table.Texts(key, "192.0.2.0/24") ?? [])
        {
            if (Prefix.TryParse(text.Value, out var prefix))
                prefixes.Add(prefix);
            else
                problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is neither an address nor a prefix.", "Write 192.0.2.0/24 or 2001:db8::/32, without bits beyond the length.");
        }

        return prefixes;
    }

    private static Uri? ReadRspamd(TableReader table, FileProblems problems)
    {
        if (table.TextIfAny("rspamd", "http://127.0.0.1:11333") is not { } text)
            return null;
        if (Uri.TryCreate(text.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        problems.Add(text.At, table.KeyOf("rspamd"), $"'{text.Value}' is no web address.", "Write rspamd = \"http://127.0.0.1:11333\".");
        return null;
    }

    private static string? ReadClamd(TableReader table, FileProblems problems)
    {
        if (table.TextIfAny("clamd", "/run/clamav/clamd.ctl") is not { } text)
            return null;
        if (text.Value.StartsWith('/') || (IPEndPoint.TryParse(text.Value, out var server) && server.Port > 0))
            return text.Value;
        problems.Add(text.At, table.KeyOf("clamd"), $"'{text.Value}' is neither a socket nor an address with a port.", "Write clamd = \"/run/clamav/clamd.ctl\" or \"127.0.0.1:3310\".");
        return null;
    }

    private static TimeSpan Span(TableReader table, string key, TimeSpan unit, TimeSpan usual) =>
        table.WholeIfAny(key) is { } count ? unit * Math.Clamp(count, -1, 100_000) : usual;
}
