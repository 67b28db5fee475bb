using Mailreeve.Protocols.Dns;

namespace Mailreeve.Protocols.Tests.Dns;

public class DnsZoneHeadTests
{
    [Theory]
    [InlineData(63, 189, true)]
    [InlineData(63, 190, false)]
    [InlineData(63, 253, false)]
    [InlineData(64, 7, false)]
    public void A_mailbox_that_is_no_name_is_refused_and_every_other_fits(int before, int behind, bool isGood)
    {
        var longest = NameOf(253);
        var mailbox = $"{new string('m', before)}@{NameOf(behind)}";

        if (isGood)
            Assert.True(Head().Soa(7, new byte[DnsZoneHead.SoaBytesMax]).Length == DnsZoneHead.SoaBytesMax);
        else
            Assert.Throws<FormatException>(Head);

        DnsZoneHead Head() => new("bl.example", [longest], mailbox, new DnsZoneTimes(60, 61, 62, 63, 64));
    }

    // Labels of 63 and what is left.
    private static string NameOf(int length) => string.Concat(Enumerable.Range(0, length).Select(i => i % 64 == 63 ? '.' : 'a'));
}
