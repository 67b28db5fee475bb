using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

// BDAT has no dot: its octets come here as they are, and the same checks hold (RFC 3030 §2).
public class ContentIntakeTests
{
    [Theory]
    [InlineData("a\r\n.\r\nb\r\n", ContentProblem.None)]
    [InlineData("no line end", ContentProblem.None)]
    [InlineData("", ContentProblem.None)]
    [InlineData("a\nb", ContentProblem.BareCrOrLf)]
    [InlineData("a\rb", ContentProblem.BareCrOrLf)]
    [InlineData("a\r", ContentProblem.BareCrOrLf)]
    [InlineData("a\0b", ContentProblem.Nul)]
    public void Chunks_are_held_to_the_same_rules(string text, ContentProblem expected)
    {
        foreach (var size in new[] { 1, 2, 3, 1000 })
        {
            var sink = new ArrayBufferWriter<byte>();
            var content = new ContentIntake(new ContentLimits(1000, 1000, 1000), sink);
            foreach (var chunk in Encoding.ASCII.GetBytes(text).Chunk(size))
                content.Append(chunk);

            Assert.Equal(expected, content.Complete());
            if (expected == ContentProblem.None)
                Assert.Equal(text, Encoding.ASCII.GetString(sink.WrittenSpan));
        }
    }

    [Theory]
    [InlineData(60, 1000, 70, ContentProblem.TooBig)]
    [InlineData(70, 1000, 60, ContentProblem.LineTooLong)]
    [InlineData(80, 60, 70, ContentProblem.HeaderTooBig)]
    public void The_limit_that_is_met_first_is_named_however_the_message_is_cut(int size, int header, int line, ContentProblem expected)
    {
        foreach (var cut in new[] { 1, 50, 65, 75, 100 })
        {
            var sink = new ArrayBufferWriter<byte>();
            var content = new ContentIntake(new ContentLimits(size, header, line), sink);
            foreach (var chunk in new byte[100].Select(_ => (byte)'y').Chunk(cut))
                content.Append(chunk);

            Assert.Equal(expected, content.Complete());
            Assert.True(sink.WrittenCount <= size);
        }
    }
}
