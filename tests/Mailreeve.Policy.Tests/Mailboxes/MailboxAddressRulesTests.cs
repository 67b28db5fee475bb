using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Tests.Mailboxes;

public class MailboxAddressRulesTests
{
    private static readonly string[] Ours = ["provider.example"];
    private static readonly string[] Customers = ["alder.example"];

    [Theory]
    [InlineData("kim@provider.example")]
    [InlineData("kim.lee_2-a@provider.example")]
    [InlineData("info@alder.example")]
    public void Plain_names_can_be_given(string address) => Assert.Null(MailboxAddressRules.Problem(address, Ours, Customers));

    [Theory]
    [InlineData("")]
    [InlineData("kim")]
    [InlineData("@provider.example")]
    [InlineData("Kim@provider.example")]
    [InlineData("kim+lists@provider.example")]
    [InlineData("kim@lee@provider.example")]
    [InlineData(".kim@provider.example")]
    [InlineData("kim..lee@provider.example")]
    [InlineData("kím@provider.example")]
    [InlineData("kim@mail.provider.example")]
    [InlineData("kim@elsewhere.example")]
    [InlineData("abuse@provider.example")]
    [InlineData("postmaster@provider.example")]
    [InlineData("info@provider.example")]
    [InlineData("notice@provider.example")]
    [InlineData("abuse@alder.example")]
    public void Others_cannot(string address) => Assert.NotNull(MailboxAddressRules.Problem(address, Ours, Customers));

    [Fact]
    public void A_name_has_64_characters_at_most()
    {
        Assert.Null(MailboxAddressRules.Problem($"{new string('a', 64)}@provider.example", Ours, Customers));
        Assert.NotNull(MailboxAddressRules.Problem($"{new string('a', 65)}@provider.example", Ours, Customers));
    }
}
