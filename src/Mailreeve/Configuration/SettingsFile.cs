using System.Net;
using System.Net.Sockets;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Network;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Configuration;

/// <summary>Reads <c>mailreeve.toml</c>. All mistakes are told at once, each with its line and what to write instead.</summary>
internal sealed class SettingsFile
{
    private const string UnixSocket = "unix:";

    private readonly FileProblems problems;
    private readonly string folder;

    private SettingsFile(string path)
    {
        problems = new FileProblems(path);
        folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    }

    /// <summary>Reads the settings.</summary>
    /// <param name="path">The file; paths in it are relative to its folder.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="mistakes">What is wrong; empty when the settings are good.</param>
    /// <returns>Null when something is wrong.</returns>
    public static Settings? Read(string path, string text, out IReadOnlyList<PolicyProblem> mistakes)
    {
        var file = new SettingsFile(path);
        var settings = file.Read(new TableReader(file.problems, TomlTree.Read(path, text, file.problems.All), ""));
        mistakes = file.problems.InOrder();
        return mistakes.Count == 0 ? settings : null;
    }

    private Settings Read(TableReader file)
    {
        var provider = ReadProvider(file);
        var database = file.Table("database", required: true);
        var connection = database?.Text("connection", "sqlite:/var/lib/mailreeve/mailreeve.db");
        database?.Finish();

        var data = file.TextIfAny("data-folder", "/var/lib/mailreeve");
        var policy = file.TextIfAny("policy-folder", "policy");
        var log = file.Table("log", required: false);
        var (json, debug) = (log?.Truth("json") ?? false, log?.Truth("debug") ?? false);
        log?.Finish();

        var smtp = file.Table("smtp", required: true);
        var smtpListen = EndPoints(smtp, "listen", "0.0.0.0:25");
        var tls = ReadTls(file, smtp, provider.HostName, Path.GetFullPath(data?.Value ?? "data", folder));
        var limits = ReadLimits(smtp);
        smtp?.Finish();

        var imap = ReadDoors(file, "imap", "0.0.0.0:143", "0.0.0.0:993", tls.IsOffered);
        var pop3 = ReadDoors(file, "pop3", "0.0.0.0:110", "0.0.0.0:995", tls.IsOffered);
        var submission = ReadSubmission(file, tls.IsOffered);
        var lmtp = file.Table("lmtp", required: false);
        var lmtpListen = lmtp is null ? [] : EndPoints(lmtp, "listen", "127.0.0.1:24");
        lmtp?.Finish();
        var policyService = file.Table("policy-service", required: false);
        var policyServiceListen = policyService is null ? [] : DoorsForOwnMta(policyService, "listen", "127.0.0.1:10040");
        policyService?.Finish();
        var milter = file.Table("milter", required: false);
        var milterListen = milter is null ? [] : DoorsForOwnMta(milter, "listen", "127.0.0.1:10041");
        milter?.Finish();

        var inbound = InboundSettings.Read(file, problems, provider.Networks);

        var web = file.Table("web", required: true);
        var webListenTls = web?.Entry("listen-tls") is null ? [] : EndPoints(web, "listen-tls", "0.0.0.0:443");
        var webListen = webListenTls.Count > 0 && web!.Entry("listen") is null ? [] : EndPoints(web, "listen", "127.0.0.1:8080");
        NeedsCertificate(web, webListenTls, tls.IsOffered);
        var proxies = PrefixesIfAny(web, "trusted-proxies");
        web?.Finish();

        var enforcement = new EnforcementReader(problems, EndPoints, tls.IsOffered).Read(file);
        var outbound = ReadOutbound(file, provider.HostName);
        var reporters = file.Table("reporters", required: false);
        var asksRegistries = reporters?.TruthIfAny("ask-registries") ?? false;
        reporters?.Finish();
        var network = new NetworkReader(problems, EndPoints, (table, key, example) => Prefixes(table, key, example));
        var radius = network.Radius(file);
        var translators = network.Translators(file);
        var whoRetention = network.Who(file);
        var lists = new ListsReader(problems, EndPoints, (table, key, example) => Prefixes(table, key, example)).Read(file, provider);
        var thirdParties = new ThirdPartyReader(problems, folder).Read(file);
        var relayTest = new RelayTestReader(problems, PrefixesIfAny).Read(file, provider.Domains, provider.HostName);
        var detection = new DetectionReader(problems, folder, EndPoints, (table, key, example) => Prefixes(table, key, example)).Read(file);
        var postmaster = file.Table("postmaster", required: false);
        var checksPostmasters = postmaster?.TruthIfAny("check") ?? false;
        postmaster?.Finish();
        file.Finish();
        return new Settings
        {
            Provider = provider with
            {
                NeverBlock = NeverBlock.Discover(
                    [.. provider.NeverBlock, .. enforcement.BgpPeers.Select(p => new NeverBlockEntry(Prefix.Single(Address.From(p.EndPoint.Address)), "a router that is told what to drop"))],
                    Storage.Database.HostsOf(connection?.Value ?? "")),
                Translators = translators,
                Servers = [.. provider.Servers, .. outbound.Sources.SelectMany(s => s.Addresses).Select(Prefix.Single)],
            },
            Database = Rooted(connection?.Value ?? ""),
            DataFolder = Path.GetFullPath(data?.Value ?? "data", folder),
            PolicyFolder = policy is null ? Path.Combine(AppContext.BaseDirectory, "policy") : Path.GetFullPath(policy.Value, folder),
            SmtpListen = smtpListen,
            Tls = tls,
            Imap = imap,
            Pop3 = pop3,
            Submission = submission,
            LmtpListen = lmtpListen,
            PolicyServiceListen = policyServiceListen,
            MilterListen = milterListen,
            SmtpLimits = limits,
            Inbound = inbound,
            WebListen = webListen,
            WebListenTls = webListenTls,
            TrustedProxies = proxies,
            Outbound = outbound,
            AsksRegistries = asksRegistries,
            Accounting = radius,
            WhoRetention = whoRetention,
            Enforcement = enforcement,
            Lists = lists,
            ThirdParties = thirdParties,
            RelayTest = relayTest,
            Detection = detection,
            ChecksPostmasters = checksPostmasters,
            JsonLog = json,
            DebugLog = debug,
        };
    }

    private Provider ReadProvider(TableReader file)
    {
        var table = file.Table("provider", required: true);
        var domains = table?.Texts("domains", "provider.example") ?? [];
        if (table is not null && domains.Count == 0)
            problems.Add(table.At, table.KeyOf("domains"), "At least one domain is needed.", "Write domains = [\"provider.example\"].");
        var baseUrl = table?.Text("base-url", "https://mail.provider.example");
        if (baseUrl is not null && (!Uri.TryCreate(baseUrl.Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
            problems.Add(baseUrl.At, "provider.base-url", $"'{baseUrl.Value}' is no web address.", "Write base-url = \"https://mail.provider.example\".");

        var never = new List<NeverBlockEntry>();
        foreach (var entry in table?.Tables("never-block") ?? [])
        {
            if (OnePrefix(entry, entry.Text("prefix", "192.0.2.1")) is { } prefix && entry.Text("reason", "our router") is { } reason)
                never.Add(new NeverBlockEntry(prefix, reason.Value));
            entry.Finish();
        }

        var provider = new Provider
        {
            Name = table?.Text("name", "Example Internet")?.Value ?? "",
            Domains = [.. domains.Select(d => d.Value.ToLowerInvariant())],
            HostName = table?.Text("host-name", "mail.provider.example")?.Value ?? "",
            BaseUrl = baseUrl?.Value.TrimEnd('/') ?? "",
            SupportTelephone = table?.Text("support-telephone", "+1 555 0100")?.Value ?? "",
            Networks = Prefixes(table, "networks", "192.0.2.0/24"),
            Servers = PrefixesIfAny(table, "mail-servers"),
            NeverBlock = never,
        };
        table?.Finish();
        return provider;
    }

    private TlsSettings ReadTls(TableReader file, TableReader? smtp, string hostName, string dataFolder)
    {
        var reader = new TlsReader(problems, folder);
        // The older place, for one certificate alone.
        var first = reader.Pair(smtp, required: false);
        var others = reader.Pairs(file);
        return new TlsSettings { Files = first is null ? others : [first, .. others], Acme = reader.Acme(file, hostName, dataFolder, EndPoints) };
    }

    /// <summary>A time that need not be there.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="table">Where it stands.</param>
    /// <param name="key">Its key.</param>
    /// <param name="usual">What it is otherwise.</param>
    /// <param name="least">The shortest.</param>
    /// <param name="most">The longest.</param>
    internal static Duration Time(FileProblems problems, TableReader table, string key, Duration usual, Duration least, Duration most)
    {
        var example = DurationText.Print(usual);
        if (table.TextIfAny(key, example) is not { } text)
            return usual;
        if (DurationText.TryParse(text.Value, out var time) && time >= least && time <= most)
            return time;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no time from {DurationText.Print(least)} to {DurationText.Print(most)}.", $"Write {key} = \"{example}\".");
        return usual;
    }

    private void NeedsCertificate(TableReader? table, IReadOnlyList<IPEndPoint> listenTls, bool hasCertificate) =>
        NeedsCertificate(problems, table, listenTls, hasCertificate);

    /// <summary>Says so when a service is to listen with TLS and there is no certificate.</summary>
    internal static void NeedsCertificate(FileProblems problems, TableReader? table, IReadOnlyList<IPEndPoint> listenTls, bool hasCertificate)
    {
        if (table is not null && listenTls.Count > 0 && !hasCertificate)
            problems.Add(table.At, table.KeyOf("listen-tls"), "TLS needs a certificate.", "Give [[tls]] with certificate and key, or [acme]: all services use them.");
    }

    private int? Port(TableReader? table, string key)
    {
        if (table?.WholeIfAny(key) is not { } port)
            return null;
        if (port is > 0 and < 65_536)
            return (int)port;
        problems.Add(table.Entry(key)!.Value.At, table.KeyOf(key), $"{port} is no port.", "Write port = 587 or port-tls = 465.");
        return null;
    }

    private MailDoors ReadDoors(TableReader file, string name, string example, string exampleTls, bool hasCertificate)
    {
        if (file.Table(name, required: false) is not { } table)
            return MailDoors.None;
        var doors = DoorsOf(table, example, exampleTls, hasCertificate);
        table.Finish();
        return doors;
    }

    private SubmissionDoors ReadSubmission(TableReader file, bool hasCertificate)
    {
        if (file.Table("submission", required: false) is not { } table)
            return new SubmissionDoors(MailDoors.None);
        var doors = DoorsOf(table, "0.0.0.0:587", "0.0.0.0:465", hasCertificate);
        var defaults = new SubmissionOptions();
        var submission = new SubmissionDoors(doors)
        {
            Elsewhere = new MailPorts(Port(table, "port-tls"), Port(table, "port")),
            Options = new SubmissionOptions
            {
                AllowsPlain = doors.AllowsPlain,
                TakesServers = table.Truth("smarthost"),
                ServersNameAnySender = table.Truth("smarthost-any-sender"),
                SessionsPerMailbox = (int)(table.WholeIfAny("sessions-per-mailbox") ?? defaults.SessionsPerMailbox),
                SessionsPerCustomer = (int)(table.WholeIfAny("sessions-per-customer") ?? defaults.SessionsPerCustomer),
                PauseMax = table.WholeIfAny("pause-seconds-max") is { } pause ? TimeSpan.FromSeconds(pause) : defaults.PauseMax,
            },
            RecipientsPerMessage = (int?)table.WholeIfAny("recipients-per-message"),
        };
        if (doors.Listen.Count > 0 && !hasCertificate && !doors.AllowsPlain)
            problems.Add(table.At, table.KeyOf("listen"), "Nobody could sign in: passwords are taken under TLS only, and TLS needs a certificate.", "Give smtp.certificate and smtp.key: all mail services use them.");
        foreach (var problem in new SmtpLimits { RecipientsPerMessage = submission.RecipientsPerMessage ?? 100 }.Problems())
            problems.Add(table.At, table.KeyOf("recipients-per-message"), problem.Reason, "Leave the key out for the default.");
        foreach (var problem in submission.Options.Problems())
            problems.Add(table.At, table.KeyOf(problem.Key), problem.Reason, "Leave the key out for the default.");
        table.Finish();
        return submission;
    }

    private MailDoors DoorsOf(TableReader table, string example, string exampleTls, bool hasCertificate)
    {
        var doors = new MailDoors(
            table.Entry("listen") is null ? [] : EndPoints(table, "listen", example),
            table.Entry("listen-tls") is null ? [] : EndPoints(table, "listen-tls", exampleTls))
        {
            ConnectionsMax = (int?)table.WholeIfAny("connections-max"),
            ConnectionsPerAddress = (int?)table.WholeIfAny("connections-per-address"),
            AllowsPlain = table.Truth("allow-plain"),
        };
        NeedsCertificate(table, doors.ListenTls, hasCertificate);
        if (doors is { ConnectionsMax: < 1 } or { ConnectionsPerAddress: < 1 })
            problems.Add(table.At, table.KeyOf("connections-max"), "A limit below 1 lets nobody in.", "Leave the key out for the default.");
        return doors;
    }

    private SmtpLimits ReadLimits(TableReader? smtp)
    {
        var limits = new SmtpLimits();
        if (smtp is null)
            return limits;
        limits = limits with
        {
            SizeBytesMax = smtp.WholeIfAny("size-bytes-max") ?? limits.SizeBytesMax,
            RecipientsPerMessage = (int)(smtp.WholeIfAny("recipients-per-message") ?? limits.RecipientsPerMessage),
            ConnectionsPerAddress = (int)(smtp.WholeIfAny("connections-per-address") ?? limits.ConnectionsPerAddress),
            ConnectionsMax = (int)(smtp.WholeIfAny("connections-max") ?? limits.ConnectionsMax),
        };
        foreach (var problem in limits.Problems())
            problems.Add(smtp.At, problem.Key, problem.Reason, "Leave the key out for the default.");
        return limits;
    }

    private List<OutboundSource> ReadSources(TableReader? table)
    {
        var sources = new List<OutboundSource>();
        foreach (var entry in table?.Tables("source") ?? [])
        {
            var addresses = new List<Address>();
            foreach (var text in entry.Texts("addresses", "192.0.2.25") ?? [])
            {
                if (Address.TryParse(text.Value, out var address))
                    addresses.Add(address);
                else
                    problems.Add(text.At, entry.KeyOf("addresses"), $"'{text.Value}' is no address.", "Write addresses = [\"192.0.2.25\", \"2001:db8::25\"].");
            }

            if (entry.Text("class", "trusted") is { } name)
                sources.Add(new OutboundSource(name.Value, addresses));
            entry.Finish();
        }

        return sources;
    }

    private OutboundOptions ReadOutbound(TableReader file, string hostName)
    {
        var table = file.Table("outbound", required: false);
        var host = table?.TextIfAny("smarthost", "smtp.provider.example");
        var options = new OutboundOptions
        {
            HostName = hostName,
            ExchangerPort = (int)(table?.WholeIfAny("exchanger-port") ?? 25),
            DaneResolver = table is null ? null : NameServer.Read(table, "dane-resolver", problems),
            MtaSts = table?.TruthIfAny("mta-sts") ?? true,
            TlsReports = table?.TruthIfAny("tls-reports") ?? true,
            ConnectionsMax = (int)(table?.WholeIfAny("connections-max") ?? 200),
            ConcurrentMax = (int)(table?.WholeIfAny("connections-per-destination") ?? 20),
            Retry = table?.WholeIfAny("retry-first-seconds") is { } first ? new RetryTimes { First = Duration.FromSeconds(first) } : new RetryTimes(),
            Sources = ReadSources(table),
            Smarthost = host is null
                ? null
                : new Smarthost(
                    host.Value,
                    (int)(table!.WholeIfAny("smarthost-port") ?? 587),
                    table.WordIfAny<SmarthostTls>("smarthost-tls") ?? SmarthostTls.Required,
                    table.TextIfAny("smarthost-user", "mailreeve")?.Value,
                    table.TextIfAny("smarthost-password", "…")?.Value),
        };
        if (table is not null)
        {
            foreach (var problem in options.Problems())
                problems.Add(table.At, problem.Key, problem.Reason, "Leave the key out for the default.");
        }

        table?.Finish();
        return options;
    }

    private List<IPEndPoint> EndPoints(TableReader? table, string key, string example)
    {
        var endPoints = new List<IPEndPoint>();
        foreach (var text in table?.Texts(key, example) ?? [])
        {
            if (IPEndPoint.TryParse(text.Value, out var endPoint) && text.Value.Contains(':', StringComparison.Ordinal))
                endPoints.Add(endPoint);
            else
                problems.Add(text.At, table!.KeyOf(key), $"'{text.Value}' is not an address with a port.", $"Write {key} = [\"{example}\"].");
        }

        return endPoints;
    }

    private List<EndPoint> DoorsForOwnMta(TableReader table, string key, string example)
    {
        var endPoints = new List<EndPoint>();
        foreach (var text in table.Texts(key, example) ?? [])
        {
            if (text.Value.StartsWith(UnixSocket, StringComparison.Ordinal) && UnixPath(text.Value[UnixSocket.Length..]) is { } path)
                endPoints.Add(new UnixDomainSocketEndPoint(path));
            else if (IPEndPoint.TryParse(text.Value, out var endPoint) && text.Value.Contains(':', StringComparison.Ordinal))
                endPoints.Add(endPoint);
            else
                problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is neither an address with a port nor a Unix socket.", $"Write {key} = [\"{example}\"] or [\"unix:/run/mailreeve/name\"].");
        }

        return endPoints;
    }

    // A socket's path has 107 octets at most (unix(7)).
    private string? UnixPath(string path)
    {
        var whole = path.Length == 0 ? "" : Path.GetFullPath(path, folder);
        return System.Text.Encoding.UTF8.GetByteCount(whole) is > 0 and <= 107 ? whole : null;
    }

    private List<Prefix> PrefixesIfAny(TableReader? table, string key) =>
        table is null || table.Entry(key) is null ? [] : Prefixes(table, key, "192.0.2.1");

    private List<Prefix> Prefixes(TableReader? table, string key, string example) =>
        [.. (table?.Texts(key, example) ?? []).Select(t => OnePrefix(table!, t, key)).OfType<Prefix>()];

    private Prefix? OnePrefix(TableReader table, TomlValue.Text? text, string key = "prefix")
    {
        if (text is null)
            return null;
        if (Prefix.TryParse(text.Value, out var prefix))
            return prefix;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is neither an address nor a prefix.", "Write 192.0.2.0/24 or 2001:db8::/32, without bits beyond the length.");
        return null;
    }

    private string Rooted(string connection) =>
        connection.StartsWith("sqlite:", StringComparison.Ordinal)
            ? $"sqlite:{Path.GetFullPath(connection["sqlite:".Length..], folder)}"
            : connection;
}
