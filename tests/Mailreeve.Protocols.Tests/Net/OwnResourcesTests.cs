using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Tests.Net;

public class OwnResourcesTests
{
    private static readonly string[] Lines =
    [
        "# ours", "", "192.0.2.64/27  # customers", "192.0.2.80/28", "192.0.2.64/26", "198.51.100.7", "2001:db8:1::/48", "Customer.example.",
        "*.wild.example", "@mail.example", "post@elsewhere.example", "bücher.example",
    ];

    [Theory]
    [InlineData("192.0.2.64", true)]
    [InlineData("192.0.2.127", true)]
    [InlineData("192.0.2.128", false)]
    [InlineData("192.0.2.63", false)]
    [InlineData("::ffff:192.0.2.65", true)]
    [InlineData("198.51.100.7", true)]
    [InlineData("198.51.100.8", false)]
    [InlineData("2001:db8:1:ffff::1", true)]
    [InlineData("2001:db8:2::", false)]
    [InlineData("::", false)]
    public void Addresses_are_ours_when_a_prefix_covers_them(string address, bool isOurs) =>
        Assert.Equal(isOurs, OwnResources.Read(Lines, out _).Owns(Address.Parse(address)));

    [Theory]
    [InlineData("customer.example", true)]
    [InlineData("WWW.shop.CUSTOMER.example.", true)]
    [InlineData("notcustomer.example", false)]
    [InlineData("customer.example.org", false)]
    [InlineData("a.wild.example", true)]
    [InlineData("mail.example", true)]
    [InlineData("elsewhere.example", false)]
    [InlineData("example", false)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("www.bücher.example", true)]
    [InlineData("", false)]
    public void Domains_are_ours_with_what_is_below_them(string domain, bool isOurs) =>
        Assert.Equal(isOurs, OwnResources.Read(Lines, out _).OwnsDomain(domain));

    [Theory]
    [InlineData("post@elsewhere.example", true)]
    [InlineData("POST@Elsewhere.example", true)]
    [InlineData("other@elsewhere.example", false)]
    [InlineData("anyone@sub.customer.example", true)]
    [InlineData("nobody", false)]
    public void Mailboxes_are_ours_by_themselves_or_by_their_domain(string mailbox, bool isOurs) =>
        Assert.Equal(isOurs, OwnResources.Read(Lines, out _).OwnsMailbox(mailbox));

    [Fact]
    public void Bad_lines_are_told_with_their_number_and_the_others_count()
    {
        var own = OwnResources.Read(["192.0.2.1/24", "198.51.100.1", "two words", "a@b@", "nodots", "x@customer.example"], out var problems);

        Assert.Equal(["line 1:", "line 3:", "line 4:", "line 5:"], problems.Select(p => p[..7]));
        Assert.True(own.Owns(Address.Parse("198.51.100.1")));
        Assert.True(own.OwnsMailbox("x@customer.example"));
    }
}
