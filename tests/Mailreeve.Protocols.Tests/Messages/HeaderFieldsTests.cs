using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class HeaderFieldsTests
{
    private const string Header = "Subject: a\r\n folded\r\nTo: b\r\nX-Y : c\r\nto: d\r\n\r\n";

    [Theory]
    [InlineData("SUBJECT", false, "Subject: a\r\n folded\r\n\r\n")]
    [InlineData("to", false, "To: b\r\nto: d\r\n\r\n")]
    [InlineData("x-y to", false, "To: b\r\nX-Y : c\r\nto: d\r\n\r\n")]
    [InlineData("Cc", false, "\r\n")]
    [InlineData("Cc", true, Header)]
    [InlineData("to subject", true, "X-Y : c\r\n\r\n")]
    public void Fields_are_picked_by_name(string names, bool isExcluding, string picked) => Assert.Equal(picked, Pick(Header, names, isExcluding));

    [Theory]
    [InlineData("Subject: a", "Subject: a\r\n\r\n")]
    [InlineData("Subject: a\r\n", "Subject: a\r\n\r\n")]
    [InlineData("", "\r\n")]
    [InlineData("no header\r\n\r\n", "\r\n")]
    public void A_blank_line_follows_in_any_case(string header, string picked) => Assert.Equal(picked, Pick(header, "subject", false));

    [Fact]
    public void The_first_field_of_a_name_is_found()
    {
        Assert.True(HeaderFields.TryFind(Encoding.ASCII.GetBytes(Header), "TO"u8, out var value));
        Assert.Equal("b", Encoding.ASCII.GetString(value));
        Assert.False(HeaderFields.TryFind(Encoding.ASCII.GetBytes(Header), "cc"u8, out _));
    }

    [Theory]
    [InlineData(0, "A: b\r\n\r\n")]
    [InlineData(1, "A: b\r\n\r\n1\r\n")]
    [InlineData(2, "A: b\r\n\r\n1\r\n\r\n")]
    [InlineData(3, "A: b\r\n\r\n1\r\n\r\n3")]
    [InlineData(int.MaxValue, "A: b\r\n\r\n1\r\n\r\n3")]
    public void TOP_ends_after_as_many_lines(int lines, string top) =>
        Assert.Equal(top.Length, TopLines.LengthOf("A: b\r\n\r\n1\r\n\r\n3"u8, 8, lines));

    private static string Pick(string header, string names, bool isExcluding)
    {
        var output = new ArrayBufferWriter<byte>();
        var length = HeaderFields.Write(
            Encoding.ASCII.GetBytes(header), [.. names.Split(' ').Select(Encoding.ASCII.GetBytes)], isExcluding, output);
        Assert.Equal(length, output.WrittenCount);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
