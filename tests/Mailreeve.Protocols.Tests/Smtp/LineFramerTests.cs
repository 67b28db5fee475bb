using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class LineFramerTests
{
    [Fact]
    public void Pipelined_lines_come_one_by_one_and_the_rest_stays()
    {
        var buffer = Bytes("NOOP\r\nQUIT\r\nRS");
        var framer = new LineFramer(512);

        Assert.Equal((LineStatus.Line, "NOOP"), Next(framer, ref buffer));
        Assert.Equal((LineStatus.Line, "QUIT"), Next(framer, ref buffer));
        Assert.Equal(LineStatus.NeedMore, Next(framer, ref buffer).Status);
        Assert.Equal("RS", Text(buffer));
    }

    [Fact]
    public void A_line_of_a_million_octets_is_held_nowhere_and_reported_once()
    {
        var framer = new LineFramer(512);
        var kept = ReadOnlySequence<byte>.Empty;
        for (var i = 0; i < 1000; i++)
        {
            kept = Bytes(Text(kept) + new string('x', 1000));
            Assert.Equal(LineStatus.NeedMore, framer.Next(ref kept, out _));
            Assert.True(kept.Length <= 512);
        }

        kept = Bytes(Text(kept) + "\r\nQUIT\r\n");

        Assert.Equal(LineStatus.TooLong, Next(framer, ref kept).Status);
        Assert.Equal((LineStatus.Line, "QUIT"), Next(framer, ref kept));
    }

    [Fact]
    public void The_limit_counts_the_line_end()
    {
        var fits = Bytes(new string('x', 510) + "\r\n");
        var over = Bytes(new string('x', 511) + "\r\n");

        Assert.Equal(LineStatus.Line, Next(new LineFramer(512), ref fits).Status);
        Assert.Equal(LineStatus.TooLong, Next(new LineFramer(512), ref over).Status);
    }

    [Fact]
    public void A_bare_line_feed_ends_the_line_but_makes_no_command()
    {
        var buffer = Bytes("NOOP\nQUIT\r\n");
        var framer = new LineFramer(512);

        Assert.Equal(LineStatus.BareLineFeed, Next(framer, ref buffer).Status);
        Assert.Equal((LineStatus.Line, "QUIT"), Next(framer, ref buffer));
    }

    private static (LineStatus Status, string Line) Next(LineFramer framer, ref ReadOnlySequence<byte> buffer)
    {
        var status = framer.Next(ref buffer, out var line);
        return (status, Text(line));
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.Latin1.GetBytes(text));

    private static string Text(ReadOnlySequence<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
