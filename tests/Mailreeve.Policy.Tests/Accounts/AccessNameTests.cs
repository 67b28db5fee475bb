using Mailreeve.Policy.Accounts;

namespace Mailreeve.Policy.Tests.Accounts;

public sealed class AccessNameTests
{
    [Theory]
    [InlineData("Kim@DSL.provider.example", "kim@dsl.provider.example")]
    [InlineData("02-00-5E-10-00-07", "02:00:5e:10:00:07")]
    [InlineData("02:00:5e:10:00:07", "02:00:5e:10:00:07")]
    [InlineData("0200.5e10.0007", "02:00:5e:10:00:07")]
    [InlineData("02005E100007", "02:00:5e:10:00:07")]
    [InlineData("02:00:5e:10:00", "02:00:5e:10:00")]
    [InlineData("0:200:5e:10:00:07", "0:200:5e:10:00:07")]
    [InlineData("100.64.0.9", "100.64.0.9")]
    [InlineData("Straße", "straße")]
    [InlineData("ÄB", "Äb")]
    [InlineData("olt1 slot/2/port 7", "olt1 slot/2/port 7")]
    public void Names_that_mean_the_same_are_the_same(string name, string expected)
    {
        Assert.Equal(expected, AccessName.Normalise(name));
        Assert.Equal(expected, AccessName.Normalise(expected));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" kim")]
    [InlineData("kim\n")]
    public void What_is_no_name_is_none(string? name) => Assert.Null(AccessName.Normalise(name));

    [Fact]
    public void A_name_is_no_longer_than_an_attribute() =>
        Assert.Equal((false, true), (AccessName.Normalise(new string('a', 253)) is null, AccessName.Normalise(new string('a', 254)) is null));
}
