using System.Text;
using CsCheck;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Protocols.Tests.Pop3;

public class TopCutTests
{
    [Theory]
    [InlineData(0, "A: b\r\n\r\n")]
    [InlineData(1, "A: b\r\n\r\none\r\n")]
    [InlineData(2, "A: b\r\n\r\none\r\n\r\n")]
    [InlineData(3, "A: b\r\n\r\none\r\n\r\nthree")]
    [InlineData(999_999_999, "A: b\r\n\r\none\r\n\r\nthree")]
    public void So_many_lines_of_the_body_are_sent(int lines, string sent) =>
        Assert.Equal(sent, Cut("A: b\r\n\r\none\r\n\r\nthree", lines, 100));

    [Theory]
    [InlineData("A: b\r\n")]
    [InlineData("A: b")]
    [InlineData("")]
    public void A_message_without_a_body_is_sent_whole(string message) => Assert.Equal(message, Cut(message, 0, 100));

    [Fact]
    public void A_message_that_begins_with_an_empty_line_has_no_header() => Assert.Equal("\r\na\r\n", Cut("\r\na\r\nb\r\n", 1, 100));

    [Fact]
    public void Wherever_it_is_cut_it_is_the_same()
    {
        var message = Gen.OneOf("\r\n", "a", "A: b\r\n", "\r", "\n").Array[0, 20].Select(string.Concat);

        Gen.Select(message, Gen.Int[0, 5], Gen.Int[1, 7]).Sample((text, lines, cut) => Cut(text, lines, cut) == Cut(text, lines, 1000));
    }

    private static string Cut(string message, int lines, int rangeBytes)
    {
        var cut = new TopCut(lines);
        var sent = new StringBuilder();
        foreach (var range in Encoding.ASCII.GetBytes(message).Chunk(rangeBytes))
        {
            if (!cut.Ended)
                sent.Append(Encoding.ASCII.GetString(range.AsSpan(0, cut.Take(range))));
        }

        return sent.ToString();
    }
}
