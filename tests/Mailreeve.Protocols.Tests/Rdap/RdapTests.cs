using System.Text;
using CsCheck;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Rdap;

namespace Mailreeve.Protocols.Tests.Rdap;

public sealed class RdapTests
{
    private const string Network = """
        {"objectClassName":"ip network","startAddress":"203.0.113.0","endAddress":"203.0.113.255","name":"OTHER-NET","entities":[
          {"objectClassName":"entity","roles":["technical"],"vcardArray":["vcard",[["email",{},"text","noc@other.example"]]]},
          {"objectClassName":"entity","roles":["registrant"],"vcardArray":["vcard",[["fn",{},"text","Other Networks"]]],"entities":[
            {"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["fn",{},"text","Abuse"],["email",{},"text","Abuse@other.example"]]]}]}]}
        """;

    private const string List = """
        {"version":"1.0","services":[[["203.0.113.0/24","2001:db8::/32"],["http://a.example/","https://a.example/rdap"]],[["203.0.113.128/25"],["https://b.example/"]],
         [["198.51.100.0/24"],["http://only-clear.example/"]]]}
        """;

    [Theory]
    [InlineData("203.0.113.200", "https://b.example/")]
    [InlineData("203.0.113.9", "https://a.example/rdap/")]
    [InlineData("2001:db8::1", "https://a.example/rdap/")]
    [InlineData("198.51.100.1", null)]
    [InlineData("192.0.2.1", null)]
    public void RFC_9224_The_longest_prefix_says_who_is_asked_and_never_in_the_clear(string address, string? server) =>
        Assert.Equal(server, RdapBootstrap.ServerFor(Encoding.UTF8.GetBytes(List), Address.Parse(address))?.ToString());

    [Fact]
    public void The_abuse_contact_may_stand_below_the_registrant() =>
        Assert.Equal(
            new RdapNetwork(Address.Parse("203.0.113.0"), Address.Parse("203.0.113.255"), "Other Networks", "abuse@other.example"),
            RdapNetwork.Read(Encoding.UTF8.GetBytes(Network), Address.Parse("203.0.113.9")));

    [Fact]
    public void A_network_that_does_not_hold_the_address_is_no_answer() =>
        Assert.Null(RdapNetwork.Read(Encoding.UTF8.GetBytes(Network), Address.Parse("198.51.100.9")));

    [Theory]
    [InlineData("a b@other.example")]
    [InlineData("x@y@other.example")]
    [InlineData("<script>@other.example")]
    [InlineData("abuse")]
    public void An_unusual_mailbox_is_none(string mailbox) =>
        Assert.Null(RdapNetwork.Read(Encoding.UTF8.GetBytes(Network.Replace("Abuse@other.example", mailbox, StringComparison.Ordinal)), Address.Parse("203.0.113.9"))!.AbuseMailbox);

    [Fact]
    public void Changed_answers_never_throw()
    {
        foreach (var document in new[] { Network, List })
        {
            var original = Encoding.UTF8.GetBytes(document);
            Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
            {
                var bytes = (byte[])original.Clone();
                foreach (var (at, value) in changes)
                    bytes[at] = value;
                _ = RdapNetwork.Read(bytes, Address.Parse("203.0.113.9"));
                _ = RdapBootstrap.ServerFor(bytes, Address.Parse("203.0.113.9"));
            }, iter: 500);
        }
    }
}
