using System.Net;
using System.Text.RegularExpressions;

namespace Mailreeve.Tidy;

/// <summary>The repository names no real machine, network or person: examples come from what is set aside for examples.</summary>
public sealed partial class PrivacyTests
{
    // RFC 5737, RFC 3849 and what no one on the Internet can have: private, loopback, link-local, shared, benchmark, multicast, reserved.
    private static readonly IPNetwork[] Harmless =
    [
        .. new[]
        {
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "2001:db8::/32", "fc00::/7", "fe80::/10", "::/96", "::ffff:0:0/96", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    // Written as mail addresses and being something else, each with its reason.
    private static readonly HashSet<string> NotNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "yherf.ercbegre.rknzcyr", // an .example name in ROT13, which a redaction must see through
        "lures.rep", // one that was cut off in the middle
    };

    private static IEnumerable<RepositoryFile> Written => Repository.Files.Where(f =>
        (f.IsBelow("src") || f.IsBelow("tests") || f.IsBelow("policy") || f.IsBelow("docs") || f.IsBelow("bench") || !f.Path.Contains('/', StringComparison.Ordinal))
        && !f.IsBelow("tests/Mailreeve.Tidy")
        && Path.GetFileName(f.Path) != "packages.lock.json"
        && !f.HasExtension(".csproj", ".props", ".targets", ".slnx"));

    [Fact]
    public void IPv4_addresses_are_examples() =>
        Assert.Empty(Repository.Find(Written, IPv4(), m => IsEdge(m.Value) || !IPAddress.TryParse(m.Value, out var a) || IsHarmless(a)));

    [Fact]
    public void IPv6_addresses_are_examples() =>
        Assert.Empty(Repository.Find(Written, IPv6(), m => !IPAddress.TryParse(m.Value.TrimEnd(':') + (m.Value.EndsWith(':') ? "::" : ""), out var a) || IsHarmless(a)));

    [Fact]
    public void Mail_addresses_end_in_example() =>
        Assert.Empty(Repository.Find(Written, MailDomains(), m => IsExample(m.Groups[1].Value) || NotNames.Contains(m.Groups[1].Value)));

    [Fact]
    public void No_path_of_a_machine_and_no_registry_is_named()
    {
        // In pieces, or this file would find itself.
        var machine = new Regex(
            "(?<![\\w.~-])/(" + "home|root|Users|work|mnt|workspace" + ")/[\\w.]|[A-Z]:\\\\Users|"
            + "artifactory|jfrog|" + "nexus\\.|gh" + "cr\\.io|docker\\.io|api\\.nu" + "get\\.org|registry\\.npmjs|pypi\\.org",
            RegexOptions.IgnoreCase);

        Assert.Empty(Repository.Find(Repository.Files.Where(f => !f.IsBelow("tests/Mailreeve.Tidy")), machine));
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("2a00:1450::1", false)]
    public void What_is_harmless_is_told_from_what_is_not(string address, bool harmless) =>
        Assert.Equal(harmless, IsHarmless(IPAddress.Parse(address)));

    private static bool IsHarmless(IPAddress address) => Harmless.Any(n => n.Contains(address));

    // The first address of a large network is nobody's machine; tests of limits need some.
    private static bool IsEdge(string address) => address.EndsWith(".0.0.0", StringComparison.Ordinal);

    private static bool IsExample(string domain) =>
        domain.Split('.')[^1].ToLowerInvariant() is "example" or "invalid" or "test" or "localhost";

    // Not a section (§4.1.1.1), a version or a part of something longer.
    [GeneratedRegex(@"(?<![\w.§/-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)(?!\.\w)")]
    private static partial Regex IPv4();

    // Global unicast only (2000::/3), with enough colons not to be a time.
    [GeneratedRegex(@"(?<![\w:.])[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4}(?![\w:])")]
    private static partial Regex IPv6();

    [GeneratedRegex(@"(?<=[A-Za-z0-9._%+=-])@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})(?![\w(])")]
    private static partial Regex MailDomains();
}
