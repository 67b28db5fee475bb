using System.Net;
using Mailreeve.EndToEnd.Peers;
using Mailreeve.Testing;

[assembly: AssemblyFixture(typeof(NetworkOfPeers))]

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// A small Internet: machines with addresses of their own on one switch, names that are signed, mail servers that others wrote, and ours. It
/// starts with the first test that asks for it, touches nothing of this machine's own network, and goes with this process. Its tests are one
/// collection: a server that one of them kills is one that another writes to.
/// </summary>
public sealed class NetworkOfPeers : IAsyncDisposable
{
    private const string BlackHole = "192.0.2.99";

    private static readonly string[] OddNames =
    [
        "dead", "slow", "grey", "before", "after", "never", "busy", "half", "crowded", "tired", "broken", "right", "wrong", "good", "bad", "plain1",
        "gone", "spare1", "spare2", "spare3", "untrusted", "misnamed", "bare", "testing", "webless",
    ];

    // Those that announce an MTA-STS policy, on a web site at the address of their MX.
    private static readonly string[] StsNames = ["good", "bad", "untrusted", "misnamed", "bare", "testing", "webless"];

    private readonly Lazy<Task<NetworkOfPeers>> up;
    private NameServers names = null!;
    private NetworkNamespace wire = null!;
    private Machine another = null!;
    private PeerCertificate anothers = null!;
    private readonly List<NetworkNamespace> networks = [];
    private readonly PeerAuthority authority = new();
    private readonly List<IAsyncDisposable> started = [];

    public NetworkOfPeers() => up = new(StartAsync);

    /// <summary>The network, up, with everything in it. Skips the test where it cannot be.</summary>
    internal Task<NetworkOfPeers> UpAsync() => up.Value;

    /// <summary>Our server.</summary>
    internal Provider Provider { get; private set; } = null!;

    /// <summary>Those that others wrote: Postfix, Exim and OpenSMTPD.</summary>
    internal IReadOnlyDictionary<string, MailPeer> Peers { get; private set; } = null!;

    /// <summary>The machine of the odd servers and of strangers.</summary>
    internal Machine Elsewhere { get; private set; } = null!;

    /// <summary>The machine of a customer.</summary>
    internal Machine Customer { get; private set; } = null!;

    /// <summary>The machine of a customer's mail server; which of its addresses are the customer's is for the test to say.</summary>
    internal Machine CustomersServer { get; private set; } = null!;

    /// <summary>The names of the network.</summary>
    internal NameServers Names => names;

    /// <summary>Whose certificates are good.</summary>
    internal PeerAuthority Authority => authority;

    /// <summary>The certificate of the odd server that names it in its TLSA record.</summary>
    internal PeerCertificate RightCertificate { get; private set; } = null!;

    /// <summary>Starts our server once more, for a test that kills it: on a machine and with a domain of its own, for one test at a time.</summary>
    internal Task<Provider> StartAnotherProviderAsync(CancellationToken stop) => Provider.StartAsync(another, "another.example", authority, anothers, names, stop);

    /// <summary>The address of an odd server's MX, <c>mx.NAME.example</c>, which takes the mail of <c>NAME.example</c>.</summary>
    internal static IPAddress OddAddress(string name) => IPAddress.Parse($"192.0.2.{100 + Array.IndexOf(OddNames, name)}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var running in Enumerable.Reverse(started))
            await running.DisposeAsync();
        networks.ForEach(n => n.Dispose());
        authority.Dispose();
    }

    private async Task<NetworkOfPeers> StartAsync()
    {
        var stop = CancellationToken.None;
        wire = Make();
        wire.Ip("link set lo up", "link add switch type bridge", "link set switch up");
        names = new NameServers(Connect("192.0.2.53", "192.0.2.54"));
        started.Add(names);
        var provider = Connect("198.51.100.25", "2001:db8:25::25");
        another = Connect("198.51.100.26");
        anothers = authority.Issue("mail.another.example");
        Customer = Connect("203.0.113.80");
        CustomersServer = Connect("203.0.113.25", "203.0.113.26", "203.0.113.27");
        Elsewhere = Connect([.. OddNames.Select(n => $"{OddAddress(n)}"), "192.0.2.200"]);
        RightCertificate = authority.Issue("mx.right.example");
        var ours = authority.Issue("mail.provider.example");

        var setups = new (string Address, MailPeerSetup Setup, PeerCertificate Certificate)[]
        {
            ("192.0.2.10", MailPeerSetups.Postfix, authority.Issue("mx.postfix.example")),
            ("192.0.2.20", MailPeerSetups.Exim, authority.Issue("mx.exim.example")),
            ("192.0.2.30", MailPeerSetups.OpenSmtpd, authority.Issue("mx.opensmtpd.example")),
        };
        Peers = setups.ToDictionary(s => s.Setup.Package, s => new MailPeer(Connect(s.Address), s.Setup, s.Certificate));
        started.AddRange(Peers.Values);

        await names.StartAsync(Records(ours, [.. setups.Select(s => (s.Address, s.Setup.Domain, s.Certificate))]), Unsigned, stop);
        await Task.WhenAll(Peers.Values.Select(p => p.StartAsync(names, stop)));
        Provider = await Provider.StartAsync(provider, "provider.example", authority, ours, names, stop);
        started.Add(Provider);
        return this;
    }

    // The key of each server is in a TLSA record, but for OpenSMTPD's: Debian's fails at every handshake it is asked for ("EVP lib"), and gets
    // its mail in the clear. That of wrong.example is another's.
    private string Records(PeerCertificate ours, IReadOnlyList<(string Address, string Domain, PeerCertificate Certificate)> peers) => $"""
        provider MX 10 mail.provider
        provider TXT "v=spf1 mx -all"
        collector.provider MX 10 mail.provider
        third.provider MX 10 mail.provider
        another MX 10 mail.another
        mail.another A 198.51.100.26
        alder MX 10 mx.alder
        mx.alder A 203.0.113.25
        mail.provider A 198.51.100.25
        mail.provider AAAA 2001:db8:25::25
        _25._tcp.mail.provider TLSA 3 1 1 {ours.KeyHash}
        {string.Join('\n', peers.Select(p => $"""
            {p.Domain}. MX 10 mx.{p.Domain}.
            {p.Domain}. TXT "v=spf1 ip4:{p.Address} -all"
            mx.{p.Domain}. A {p.Address}
            {(p.Domain == MailPeerSetups.OpenSmtpd.Domain ? "" : $"_25._tcp.mx.{p.Domain}. TLSA 3 1 1 {p.Certificate.KeyHash}")}
            """))}
        {string.Join('\n', OddNames.Select(n => $"""
            {n} MX 10 mx.{n}
            mx.{n} A {OddAddress(n)}
            """))}
        _25._tcp.mx.right TLSA 3 1 1 {RightCertificate.KeyHash}
        _25._tcp.mx.wrong TLSA 3 1 1 {ours.KeyHash}
        {string.Join('\n', StsNames.Select(n => $"""
            _mta-sts.{n} TXT "v=STSv1; id=1;"
            mta-sts.{n} A {OddAddress(n)}
            """))}
        _smtp._tls.testing TXT "v=TLSRPTv1; rua=mailto:tls@postfix.example"
        silent MX 10 mx.silent
        silent MX 20 mx.spare1
        mx.silent A {BlackHole}
        null MX 0 .
        selfish MX 10 localhost
        mirror MX 10 mail.provider
        alias MX 10 elsewhere.alias
        elsewhere.alias CNAME mx.spare2
        localhost A 127.0.0.1
        """;

    private static string Unsigned => $"""
        @ MX 10 mx
        mx A {OddAddress("plain1")}
        """;

    private NetworkNamespace Make()
    {
        var made = NetworkNamespace.Make();
        networks.Add(made);
        return made;
    }

    /// <summary>Adds a machine, which lasts as long as the network.</summary>
    // Everything is on the link, and nothing beyond it. Who has the black hole's address is known, and not there: what is sent to it is
    // lost without a word.
    internal Machine Connect(params string[] addresses)
    {
        var network = Make();
        var port = $"port{networks.Count}";
        network.Ip(
        [
            "link set lo up",
            $"link add eth0 type veth peer name {port} netns {wire.Path}",
            .. addresses.Select(a => a.Contains(':', StringComparison.Ordinal) ? $"addr add {a}/128 dev eth0 nodad" : $"addr add {a}/32 dev eth0"),
            "link set eth0 up",
            $"route add default dev eth0 src {addresses[0]}",
            .. addresses.Any(a => a.Contains(':', StringComparison.Ordinal)) ? ["-6 route add default dev eth0"] : Array.Empty<string>(),
            $"neigh add {BlackHole} lladdr 02:00:00:00:00:99 dev eth0 nud permanent",
        ]);
        wire.Ip($"link set {port} master switch", $"link set {port} up");
        return new Machine(network, [.. addresses.Select(IPAddress.Parse)]);
    }
}
