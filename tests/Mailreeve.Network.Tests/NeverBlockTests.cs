using System.Net;
using System.Net.NetworkInformation;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Network.Tests;

public sealed class NeverBlockTests
{
    private static readonly NeverBlockEntry Upstream = new(Prefix.Parse("198.51.100.0/30"), "our upstream");

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("::/1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("126.0.0.0/7")]
    [InlineData("169.254.169.254")]
    [InlineData("224.0.0.251")]
    [InlineData("239.255.255.250")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::fb")]
    [InlineData("198.51.100.1")]
    [InlineData("198.51.100.0/24")]
    public void A_block_that_hits_what_must_be_reached_is_never_placed(string target)
    {
        var verdict = BlockRules.Decide(ShippedPolicy.Policy, Facts(target, NeverBlock.Discover([Upstream], [])));

        Assert.Contains("never-block list", Assert.IsType<BlockVerdict.Never>(verdict).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("203.0.113.0/25")]
    [InlineData("2001:db8::7")]
    [InlineData("198.51.100.4")]
    [InlineData("128.0.0.0")]
    [InlineData("1.0.0.0")]
    [InlineData("fec0::1")]
    public void Others_may_be_blocked(string target)
    {
        // Without this machine's own addresses, which may be any.
        var entries = NeverBlock.Discover([Upstream], []).Where(e => !e.Reason.EndsWith("of this machine", StringComparison.Ordinal)).ToList();

        Assert.IsType<BlockVerdict.Allowed>(BlockRules.Decide(ShippedPolicy.Policy, Facts(target, entries)));
    }

    [Fact]
    public void Every_address_of_this_machine_is_found()
    {
        var entries = NeverBlock.Discover([], []);

        var own = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => Address.From(a.Address))
            .ToList();
        Assert.NotEmpty(own);
        Assert.All(own, address => Assert.Contains(entries, e => e.Prefix.Contains(address)));
    }

    [Fact]
    public void The_gateway_that_the_kernel_uses_is_found()
    {
        var entries = NeverBlock.Discover([], []);

        var gateways = DefaultGateways().ToList();
        Assert.All(gateways, gateway => Assert.Contains(entries, e => e.Prefix.Contains(gateway)));
    }

    [Fact]
    public void What_the_provider_says_comes_first_and_keeps_its_reason()
    {
        var loopback = new NeverBlockEntry(Prefix.Parse("127.0.0.0/8"), "as configured");

        var entries = NeverBlock.Discover([Upstream, loopback], []);

        Assert.Equal([Upstream, loopback], entries.Take(2));
        Assert.Equal(entries.Count, entries.Select(e => e.Prefix).Distinct().Count());
        Assert.All(entries, e => Assert.NotEmpty(e.Reason));
    }

    private static BlockFacts Facts(string target, IReadOnlyList<NeverBlockEntry> entries)
    {
        var prefix = Prefix.Parse(target);
        return new BlockFacts([prefix], entries.FirstOrDefault(e => e.Prefix.Overlaps(prefix)), OtherCustomers: 0);
    }

    // /proc/net/route, as the kernel prints it: interface, destination, gateway … in hexadecimal, least significant byte first.
    private static IEnumerable<Address> DefaultGateways() =>
        File.ReadLines("/proc/net/route").Skip(1)
            .Select(line => line.Split('\t'))
            .Where(fields => fields[1] == "00000000" && fields[2] != "00000000")
            .Select(fields => Address.From(new IPAddress([.. Convert.FromHexString(fields[2]).Reverse()])));
}
