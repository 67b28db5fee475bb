using Mailreeve.Protocols.Bgp;

namespace Mailreeve.Protocols.Tests.Bgp;

public class BgpMessagesTests
{
    private static readonly BgpOpen Ours = new()
    {
        As = 64500,
        HoldSeconds = 90,
        RouterId = 0xC000_020A,
        Families = [BgpFamily.UnicastIPv4, BgpFamily.FlowIPv6],
        RestartSeconds = 300,
    };

    [Fact]
    public void An_OPEN_is_written_as_the_RFCs_say()
    {
        const string Expected =
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 003F 01"
            + "04 FBF4 005A C000020A 22 0220"
            + "010400010001 010400020085 0200 400A812C 00010180 00028580 41040000FBF4";

        Assert.Equal(Expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Ours.Write()));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        foreach (var open in new[]
        {
            Ours, Ours with { As = 4_200_000_000 }, Ours with { HasLongAs = false, RestartSeconds = null },
            Ours with { Families = [.. Enum.GetValues<BgpFamily>()], HoldSeconds = 0, RestartSeconds = 4095 },
        })
        {
            Assert.True(BgpOpen.TryRead(open.Write().AsSpan(BgpHeader.Length), out var read, out var wrong), wrong.ToString());
            Assert.Equivalent(open, read, strict: true);
        }
    }

    [Theory]
    // Nothing said of capabilities; unknown ones; each in a parameter of its own; lengths of two octets (RFC 9072).
    [InlineData("04 FBF4 005A C000020A 00", 64500, "UnicastIPv4")]
    [InlineData("04 FBF4 005A C000020A 08 0206 4600 4702ABCD", 64500, "UnicastIPv4")]
    [InlineData("04 5BA0 005A C000020A 10 0206 41040000FBF4 0206 010400020085", 64500, "FlowIPv6")]
    [InlineData("04 FBF4 005A C000020A FF FF 0009 02 0006 010400020001", 64500, "UnicastIPv6")]
    [InlineData("04 FBF4 005A C000020A 0E 020C 010400190041 010400010001", 64500, "UnicastIPv4")]
    public void An_OPEN_of_others_is_read(string hex, uint number, string families)
    {
        Assert.True(BgpOpen.TryRead(Octets(hex), out var read, out _));

        Assert.Equal(number, read.As);
        Assert.Equal(families, string.Join(", ", read.Families));
    }

    [Theory]
    [InlineData("03 FBF4 005A C000020A 00", 1)]
    [InlineData("04 0000 005A C000020A 00", 2)]
    [InlineData("04 FBF4 005A 00000000 00", 3)]
    [InlineData("04 FBF4 005A C000020A 03 010100", 4)]
    [InlineData("04 FBF4 0002 C000020A 00", 6)]
    [InlineData("04 FBF4 005A C000020A 01", 0)]
    [InlineData("04 FBF4 005A C000020A 04 0202 4105", 0)]
    [InlineData("04 FBF4 005A C000020A 05 0203 410100", 0)]
    [InlineData("04 FBF4 005A C000020A FF FF 0009 02 0007 010400020001", 0)]
    public void An_OPEN_that_is_wrong_is_answered_with_the_reason(string hex, byte subcode)
    {
        Assert.False(BgpOpen.TryRead(Octets(hex), out _, out var wrong));

        Assert.Equal((BgpError.Open, subcode), (wrong.Error, wrong.Subcode));
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE 0013 04", 1)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0012 04", 2)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0014 04", 2)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 001C 01", 2)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 1001 02", 2)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0018 05", 2)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0013 06", 3)]
    public void A_header_that_is_wrong_is_answered_with_the_reason(string hex, byte subcode)
    {
        Assert.False(BgpHeader.TryRead(Octets(hex), out _, out var wrong));

        Assert.Equal((BgpError.Header, subcode), (wrong.Error, wrong.Subcode));
    }

    [Theory]
    [InlineData("0601", "cease, it takes no more prefixes from us")]
    [InlineData("0602 05 48656C6C6F", "cease, administrative shutdown: \"Hello\"")]
    [InlineData("0602 FF 480A49", "cease, administrative shutdown: \"HI\"")]
    [InlineData("0400", "hold timer expired")]
    [InlineData("0202", "OPEN, bad peer AS: remote-as or local-as is not what the other side has")]
    [InlineData("6363", "error 99, subcode 99")]
    public void A_reason_is_told_in_words(string hex, string words) => Assert.Equal(words, BgpNotification.Read(Octets(hex)).ToString());

    private static byte[] Octets(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
