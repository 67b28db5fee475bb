using System.Text;
using Mailreeve.Protocols.Feeds;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Tests.Feeds;

public class PrefixFeedTests
{
    [Fact]
    public void A_plain_list_has_an_entry_a_line_and_comments()
    {
        var reading = Read(FeedFormat.Plain, "# a list\n192.0.2.0/24 ; SBL1\r\n\n198.51.100.7#why\n2001:db8::/32\t\n192.0.2.0/24\n; the end\nnonsense\n192.0.2.1/24\n");

        Assert.Equal([Prefix.Parse("192.0.2.0/24"), Prefix.Parse("198.51.100.7"), Prefix.Parse("2001:db8::/32")], reading.Prefixes);
        Assert.Equal((2, null), (reading.Malformed, reading.Problem));
    }

    [Fact]
    public void Drop_has_an_object_a_line_and_tells_how_many()
    {
        var reading = Read(FeedFormat.Drop, """
            {"cidr":"192.0.2.0/24","sblid":"SBL256894","rir":"apnic"}
            {"cidr":"2001:db8::/32","sblid":"SBL256895","rir":"arin"}
            {"type":"metadata","timestamp":1790072042,"size":104461,"records":2,"copyright":"(c)","terms":"…"}
            """);

        Assert.Equal([Prefix.Parse("192.0.2.0/24"), Prefix.Parse("2001:db8::/32")], reading.Prefixes);
        Assert.Equal((0, null), (reading.Malformed, reading.Problem));
    }

    [Theory]
    [InlineData("{\"cidr\":\"192.0.2.0/24\"}\n", "cut off")]
    [InlineData("{\"cidr\":\"192.0.2.0/24\"}\n{\"type\":\"metadata\",\"records\":2}\n", "says that it has 2")]
    public void Drop_that_is_not_whole_says_so(string text, string problem) =>
        Assert.Contains(problem, Read(FeedFormat.Drop, text).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("[1]\n{\"cidr\":7}\n{\"cidr\":\"nonsense\"}\n{\"type\":\"metadata\",\"records\":\"x\"}\n<html>\n")]
    [InlineData("{\"cidr\":[[[[[[[[1]]]]]]]]}\n{\n\u0000\n{\"type\":7}\n{}\n")]
    public void What_is_no_entry_is_counted(string text)
    {
        var reading = Read(FeedFormat.Drop, text);

        Assert.Empty(reading.Prefixes);
        Assert.Equal(5, reading.Malformed);
    }

    [Fact]
    public void A_list_that_does_not_end_is_not_read_to_its_end()
    {
        var reading = PrefixFeed.Read(FeedFormat.Plain, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"192.0.2.{i}\n"))), 100);

        Assert.Equal((101, "It has more than 100 entries."), (reading.Prefixes.Count, reading.Problem));
    }

    private static FeedReading Read(FeedFormat format, string text) => PrefixFeed.Read(format, Encoding.UTF8.GetBytes(text), 1000);
}
