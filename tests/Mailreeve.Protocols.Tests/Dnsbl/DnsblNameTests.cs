using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Tests.Dnsbl;

public class DnsblNameTests
{
    [Theory]
    [InlineData("2.0.0.127.bl", "127.0.0.2")]
    [InlineData("7.100.51.198.bl", "198.51.100.7")]
    [InlineData("0.0.0.0.bl", "0.0.0.0", true)]
    [InlineData("4.3.2.0.bl", "0.2.3.4", true)]
    [InlineData("2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl", "127.0.0.2")]
    [InlineData("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.bl", "2001:db8::7")]
    public void Names_of_addresses_are_read(string labels, string expected, bool isAboveOthers = false)
    {
        var kind = DnsblName.Read(Labels(labels), out var address);

        Assert.Equal((isAboveOthers ? DnsblNameKind.AddressAboveOthers : DnsblNameKind.Address, Address.Parse(expected)), (kind, address));
    }

    [Theory]
    [InlineData("127.bl", DnsblNameKind.AboveAddresses)]
    [InlineData("100.51.198.bl", DnsblNameKind.AboveAddresses)]
    [InlineData("8.b.d.0.1.0.0.2.bl", DnsblNameKind.AboveAddresses)]
    [InlineData("f.2.0.0.bl", DnsblNameKind.AboveAddresses)]
    [InlineData("test.bl", DnsblNameKind.None)]
    [InlineData("256.0.0.127.bl", DnsblNameKind.None)]
    [InlineData("02.0.0.127.bl", DnsblNameKind.None)]
    [InlineData("1.2.0.0.127.bl", DnsblNameKind.None)]
    [InlineData("-1.0.0.127.bl", DnsblNameKind.None)]
    [InlineData("1.7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl", DnsblNameKind.None)]
    public void Other_names_are_none(string labels, DnsblNameKind expected)
    {
        Assert.Equal(expected, DnsblName.Read(Labels(labels), out var address));
        Assert.Equal(default, address);
    }

    [Fact]
    public void What_a_client_asks_for_is_what_a_server_reads()
    {
        foreach (var text in (string[])["192.0.2.7", "203.0.113.255", "2001:db8::7", "2001:db8:1234:5678:9abc:def0:1234:5678"])
        {
            DnsblName.Read(Labels($"{DnsName.ReversedLabels(Address.Parse(text))}.bl"), out var address);
            Assert.Equal(text, $"{address}");
        }
    }

    // What stands before the name of the list.
    private static ReadOnlySpan<byte> Labels(string name) => WireName.Of(name).AsSpan(..^"\u0002bl\u0000".Length);
}
