using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Tests.Dnsbl;

public class DnsListTests
{
    private static readonly DnsList List = new("list.example", DnsListKind.Address,
    [
        new DnsListCode(Prefix.Parse("127.0.0.2"), "sends spam", 10),
        new DnsListCode(Prefix.Parse("127.0.0.8/30"), "dial-up", 3),
    ]);

    [Theory]
    [InlineData("192.0.2.7", "7.2.0.192.list.example")]
    [InlineData("::ffff:192.0.2.7", "7.2.0.192.list.example")]
    [InlineData("2001:db8::1f", "f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example")]
    public void An_address_is_asked_for_from_its_end(string address, string name) =>
        Assert.Equal(name, List.NameOf(Address.Parse(address)));

    [Theory]
    [InlineData("127.0.0.2", "sends spam")]
    [InlineData("127.0.0.10", "dial-up")]
    [InlineData("127.0.0.10 127.0.0.2", "sends spam")]
    [InlineData("127.0.0.3", null)]
    [InlineData("127.0.0.1", null)]
    public void Only_an_answer_with_a_meaning_counts_and_the_weightiest_is_told(string answers, string? meaning) =>
        Assert.Equal(meaning, (List.Read(Answer(answers)) as DnsListReading.Listed)?.Code.Meaning);

    [Theory]
    [InlineData("127.255.255.252")]
    [InlineData("127.255.255.254")]
    [InlineData("127.0.0.2 127.255.255.255")]
    [InlineData("192.0.2.80")]
    [InlineData("127.0.0.2 192.0.2.80")]
    public void An_error_or_an_answer_from_elsewhere_is_never_a_listing(string answers) =>
        Assert.IsType<DnsListReading.Broken>(List.Read(Answer(answers)));

    [Theory]
    [InlineData("127.0.0.2", "", null)]
    [InlineData("127.0.0.4", "", null)]
    [InlineData("127.0.0.2", "127.0.0.2", "everything")]
    [InlineData("", "", "nothing")]
    [InlineData("127.255.255.254", "", "error")]
    [InlineData("192.0.2.80", "192.0.2.80", "outside")]
    public void A_list_whose_test_entries_are_not_in_order_is_no_list(string listed, string unlisted, string? problem)
    {
        var found = List.ProblemOf(Answer(listed), Answer(unlisted));

        if (problem is null)
            Assert.Null(found);
        else
            Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_does_not_answer_is_left_out_and_lists_nobody()
    {
        Assert.NotNull(List.ProblemOf(DnsAnswer.Failed, DnsAnswer.Nothing));
        Assert.IsType<DnsListReading.Unknown>(List.Read(DnsAnswer.Failed));
    }

    private static DnsAnswer Answer(string addresses) =>
        DnsAnswer.Of([.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Address.Parse)]);
}
