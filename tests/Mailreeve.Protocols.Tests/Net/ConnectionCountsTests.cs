using Mailreeve.Protocols.Net;
using static Mailreeve.Protocols.Net.ConnectionCounts;

namespace Mailreeve.Protocols.Tests.Net;

public class ConnectionCountsTests
{
    private readonly ConnectionCounts counts = new(perClient: 2, inAll: 3);

    [Fact]
    public void Addresses_of_one_64_are_one_client_and_those_of_IPv4_each_their_own()
    {
        Assert.Equal(
            [Admission.Welcome, Admission.Welcome, Admission.TooManyOfYou, Admission.Welcome, Admission.TooManyInAll],
            ((string[])["2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2"]).Select(Enter));
    }

    [Fact]
    public void Who_leaves_makes_room()
    {
        Enter("2001:db8::1");
        Enter("2001:db8::2");
        counts.Leave(Address.Parse("2001:db8::1"));

        Assert.Equal(Admission.Welcome, Enter("2001:db8::3"));
    }

    private Admission Enter(string client) => counts.Enter(Address.Parse(client));
}
