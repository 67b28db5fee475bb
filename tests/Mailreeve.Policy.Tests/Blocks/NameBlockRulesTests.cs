using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Dmarc;

namespace Mailreeve.Policy.Tests.Blocks;

public class NameBlockRulesTests
{
    private static readonly string[] Own = ["provider.example", "mail.provider.example"];

    [Theory]
    [InlineData("Shop.Bad.Example.", "shop.bad.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("_service.bad.example", "_service.bad.example")]
    [InlineData("192.0.2.7", null)]
    [InlineData("192.0.2.256", null)]
    [InlineData("10.0.0", null)]
    [InlineData("192.0.02.7", null)]
    [InlineData("7.shop.example", "7.shop.example")]
    [InlineData("2001:db8::/32", null)]
    [InlineData("example", null)]
    [InlineData("*.bad.example", null)]
    [InlineData("https://bad.example/", null)]
    [InlineData("bad..example", null)]
    [InlineData("", null)]
    public void Names_are_read_as_people_write_them(string text, string? expected)
    {
        Assert.Equal(expected is not null, BlockedName.TryRead(text, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("bad.example", true)]
    [InlineData("customer.provider.example", true)]
    [InlineData("provider.example", false)]
    [InlineData("mail.provider.example", false)]
    [InlineData("co.uk", false)]
    [InlineData("shop.co.uk", true)]
    public void Ours_and_what_is_above_the_names_of_many_is_never_blocked(string name, bool allowed) =>
        Assert.Equal(allowed, NameBlockRules.Decide(OperatorRole.Admin, name, Own, PublicSuffixList.BuiltIn) is BlockVerdict.Allowed);
}
