using Mailreeve.Protocols.Dkim;

namespace Mailreeve.Protocols.Tests.Dkim;

public class KeyZoneLinesTests
{
    [Fact]
    public void A_key_that_does_not_fit_one_string_of_a_record_has_two()
    {
        var lines = KeyZoneLines.Of(TestKeys.Both).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.StartsWith("r1._domainkey.alder.example. 3600 IN TXT \"v=DKIM1; k=rsa; p=", lines[1], StringComparison.Ordinal);
        Assert.Equal(TestKeys.Rsa2048.RecordText, string.Concat(Strings(lines[1])));
        Assert.Equal([TestKeys.Ed25519.RecordText], Strings(lines[2]));
        Assert.All(Strings(lines[1]), s => Assert.InRange(s.Length, 1, 255));
    }

    private static IEnumerable<string> Strings(string line) => line.Split('"').Where((_, i) => i % 2 == 1);
}
