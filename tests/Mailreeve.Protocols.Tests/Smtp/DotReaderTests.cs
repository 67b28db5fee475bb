using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class DotReaderTests
{
    private static readonly ContentLimits Wide = new(1 << 20, 1 << 16, 1 << 16);

    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("\r\n.\r\n", "\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("a\r\n..\r\n.\r\n", "a\r\n.\r\n")]
    [InlineData("..a\r\n.b\r\n...\r\n.\r\n", ".a\r\nb\r\n..\r\n")]
    [InlineData("a.\r\n.\r\n", "a.\r\n")]
    public void Data_ends_at_the_lone_dot_and_dots_are_unstuffed(string data, string message)
    {
        Assert.Equal(new Outcome(message, ContentProblem.None, data.Length, true), Read(data + "", Wide));
    }

    // Each of these is an end of data to some server, and to us one refused message that goes on to the true end.
    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r")]
    [InlineData("\r.\n")]
    [InlineData("\r.\r")]
    [InlineData("\n.\r\n")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\n.\r\r\n")]
    [InlineData("\r\r\n.\r\n x")]
    [InlineData("\r\n.\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n.\0\r\n")]
    public void No_other_sequence_ends_the_data_and_the_message_is_refused(string sequence)
    {
        const string smuggled = "MAIL FROM:<smuggled@v.example>\r\nRCPT TO:<abuse@d.example>\r\nDATA\r\n";
        var firstEnd = sequence.StartsWith("\r\r\n.", StringComparison.Ordinal);
        var data = $"Subject: x\r\n\r\nhello{sequence}{smuggled}\r\n.\r\n";

        var outcome = Read(data + "QUIT\r\n", Wide);

        Assert.True(outcome.Ended);
        Assert.Contains(outcome.Problem, new[] { ContentProblem.BareCrOrLf, ContentProblem.Nul });
        if (!firstEnd)
            Assert.Equal(data.Length, outcome.Consumed);
    }

    [Fact]
    public void Octets_after_the_end_are_left_for_the_next_command()
    {
        Assert.Equal(8, Read("hello\r\n.\r\nQUIT\r\n", Wide).Consumed - "\r\n".Length);
    }

    [Fact]
    public void Without_the_dot_nothing_has_ended()
    {
        Assert.False(Read("hello\r\n.", Wide).Ended);
        Assert.False(Read("hello\r\n.\r", Wide).Ended);
        Assert.False(Read("hello.\r\n", Wide).Ended);
    }

    [Theory]
    [InlineData(7, ContentProblem.None)]
    [InlineData(6, ContentProblem.TooBig)]
    public void The_size_is_that_of_the_message_after_unstuffing(long max, ContentProblem expected)
    {
        Assert.Equal(expected, Read("..ello\r\n.\r\n", Wide with { SizeBytesMax = max }).Problem);
    }

    [Fact]
    public void A_header_of_a_hundred_megabytes_is_read_through_and_not_kept()
    {
        var sink = new ArrayBufferWriter<byte>();
        var content = new ContentIntake(Wide with { SizeBytesMax = long.MaxValue }, sink);
        var reader = new DotReader();
        var line = Encoding.ASCII.GetBytes($"X-Padding: {new string('x', 900)}\r\n");
        for (var sent = 0; sent < 100_000_000; sent += line.Length)
            Assert.False(reader.Read(line, content, out _));

        Assert.True(reader.Read(".\r\n"u8, content, out _));

        Assert.Equal(ContentProblem.HeaderTooBig, content.Complete());
        Assert.True(sink.WrittenCount <= 1 << 16);
        Assert.True(sink.Capacity <= 1 << 18);
    }

    [Fact]
    public void The_body_does_not_count_as_header()
    {
        Assert.Equal(ContentProblem.None, Read($"A: b\r\n\r\n{new string('x', 90)}\r\n.\r\n", Wide with { HeaderBytesMax = 10 }).Problem);
    }

    [Theory]
    [InlineData(10, ContentProblem.None)]
    [InlineData(11, ContentProblem.LineTooLong)]
    public void A_line_has_a_limit(int length, ContentProblem expected)
    {
        Assert.Equal(expected, Read($"{new string('x', length)}\r\n.\r\n", Wide with { LineBytesMax = 10 }).Problem);
    }

    [Fact]
    public void Wherever_the_data_is_cut_the_outcome_is_the_same()
    {
        var piece = Gen.OneOf("\r\n", ".", "\r", "\n", "\0", "a", "\r\n.\r\n", "..", "hello", "\r\n\r\n");
        var data = piece.Array[0, 12].Select(p => string.Concat(p) + "\r\n.\r\nQUIT\r\n");
        var small = new ContentLimits(24, 16, 12);

        Gen.Select(data, Gen.Bool).Sample((d, tight) =>
        {
            var limits = tight ? small : Wide;
            var whole = Read(d, limits);
            for (var cut = 0; cut <= d.Length; cut++)
            {
                if (Read(d, limits, cut) != whole)
                    return false;
            }

            return Read(d, limits, everyOctet: true) == whole;
        });
    }

    [Fact]
    public void What_was_stuffed_and_sent_is_what_is_read()
    {
        var line = Gen.OneOf("", ".", "..", ".a", "a", "a.b").Array[0, 8];

        line.Sample(lines =>
        {
            var message = string.Concat(lines.Select(l => l + "\r\n"));
            var sent = string.Concat(lines.Select(l => (l.StartsWith('.') ? "." : "") + l + "\r\n")) + ".\r\n";
            return Read(sent, Wide) == new Outcome(message, ContentProblem.None, sent.Length, true);
        });
    }

    private static Outcome Read(string data, ContentLimits limits, int cut = -1, bool everyOctet = false)
    {
        var bytes = Encoding.Latin1.GetBytes(data);
        var sink = new ArrayBufferWriter<byte>();
        var content = new ContentIntake(limits, sink);
        var reader = new DotReader();
        var consumed = 0;
        var ended = false;
        foreach (var part in everyOctet ? bytes.Chunk(1) : cut < 0 ? [bytes] : [bytes[..cut], bytes[cut..]])
        {
            if (ended)
                break;
            ended = reader.Read(part, content, out var taken);
            consumed += taken;
        }

        var problem = ended ? content.Complete() : content.Problem;
        return new Outcome(problem == ContentProblem.None ? Encoding.Latin1.GetString(sink.WrittenSpan) : "", problem, consumed, ended);
    }

    private sealed record Outcome(string Message, ContentProblem Problem, int Consumed, bool Ended);
}
