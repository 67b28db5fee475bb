using System.Buffers;
using System.Text;
using Mailreeve.Mail.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class AppendIntakeTests
{
    [Theory]
    [InlineData("a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("a\nb\n", "a\r\nb\r\n")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData("a\rb\r\n", "a\rb\r\n")]
    [InlineData("a\r", "a\r")]
    [InlineData("no end", "no end")]
    public void Lines_end_in_CRLF_however_the_octets_arrive(string sent, string kept)
    {
        for (var cut = 0; cut <= sent.Length; cut++)
        {
            var output = new ArrayBufferWriter<byte>();
            var intake = new AppendIntake(output);

            intake.Take(Encoding.ASCII.GetBytes(sent[..cut]));
            intake.Take(Encoding.ASCII.GetBytes(sent[cut..]));

            Assert.Equal(kept, Encoding.ASCII.GetString(output.WrittenSpan));
            Assert.Equal(kept.Length, intake.Length);
            Assert.False(intake.HasNul);
        }
    }
}
