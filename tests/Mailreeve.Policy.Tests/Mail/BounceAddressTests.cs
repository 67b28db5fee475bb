using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Tests.Mail;

public class BounceAddressTests
{
    private static readonly byte[] Key = [1, 2, 3];

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void What_is_written_comes_back_through_the_rules_for_recipients(long outbound)
    {
        var mailbox = Mailbox.ParseOrNull(BounceAddress.For(outbound, Key, "provider.example"))!;
        var verdict = RecipientRules.Decide(new RecipientFacts(mailbox, new OwnDomains(["provider.example"])));

        var route = Assert.IsType<MailRoute.NoticeBounce>(Assert.IsType<RecipientVerdict.Accept>(verdict).Route);

        Assert.True(BounceAddress.TryRead(route.Token.ToUpperInvariant(), Key, out var read));
        Assert.Equal(outbound, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("17")]
    [InlineData("17-")]
    [InlineData("17-00112233445566778899")]
    [InlineData("-17-x")]
    [InlineData("99999999999999999999-x")]
    public void What_we_did_not_write_is_not_read(string token)
    {
        Assert.False(BounceAddress.TryRead(token, Key, out _));
    }

    [Fact]
    public void Another_key_or_another_number_does_not_fit()
    {
        var token = BounceAddress.For(17, Key, "provider.example")["notice+".Length..].Split('@')[0];

        Assert.False(BounceAddress.TryRead(token, [9], out _));
        Assert.False(BounceAddress.TryRead("18" + token[2..], Key, out _));
    }
}
