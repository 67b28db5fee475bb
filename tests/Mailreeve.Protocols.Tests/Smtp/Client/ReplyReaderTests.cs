using System.Text;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Protocols.Tests.Smtp.Client;

public class ReplyReaderTests
{
    [Theory]
    [InlineData("250 ok\r\n", "250 ok")]
    [InlineData("250\r\n", "250")]
    [InlineData("250 \r\n", "250")]
    [InlineData("250-one\r\n250-two\r\n250 three\r\n", "250 one two three")]
    [InlineData("250-one\n250 two\n", "250 one two")]
    [InlineData("250 a\tb\0c\r\r\n", "250 a?b?c")]
    [InlineData("550 5.1.1 kein Postfach f\u00fcr M\u00fcller\r\n", "550 5.1.1 kein Postfach f\ufffdr M\ufffdller")]
    public void A_reply_is_read_however_it_is_cut(string text, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        for (var cut = 0; cut < octets.Length; cut++)
        {
            var reader = new ReplyReader();
            Assert.Equal(ReplyStatus.NeedMore, reader.Read(octets.AsSpan(0, cut), out var first, out _));

            Assert.Equal(ReplyStatus.Reply, reader.Read(octets.AsSpan(first), out var second, out var reply));
            Assert.Equal(octets.Length, first + second);
            Assert.Equal(expected, $"{reply}");
        }
    }

    [Fact]
    public void Replies_that_come_together_are_read_one_by_one()
    {
        ReadOnlySpan<byte> octets = "250 ok\r\n550-no\r\n550 never\r\n354 go\r\n"u8;
        var reader = new ReplyReader();
        var read = new List<string>();
        while (reader.Read(octets, out var consumed, out var reply) == ReplyStatus.Reply)
        {
            read.Add($"{reply}");
            octets = octets[consumed..];
        }

        Assert.Equal(["250 ok", "550 no never", "354 go"], read);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("25\r\n")]
    [InlineData("ok\r\n")]
    [InlineData("150 what\r\n")]
    [InlineData("650 what\r\n")]
    [InlineData("260 what\r\n")]
    [InlineData("250_ok\r\n")]
    [InlineData("2500 ok\r\n")]
    [InlineData("250-one\r\n251 two\r\n")]
    [InlineData("250-one\r\n\r\n")]
    [InlineData(" 250 ok\r\n")]
    public void What_is_no_reply_is_an_error_and_nothing_behind_it_is_read(string text)
    {
        var reader = new ReplyReader();

        Assert.Equal(ReplyStatus.Malformed, reader.Read(Encoding.Latin1.GetBytes(text), out _, out _));
        Assert.Equal(ReplyStatus.Malformed, reader.Read("250 ok\r\n"u8, out _, out _));
    }

    [Fact]
    public void A_reply_has_limits()
    {
        Assert.Equal(ReplyStatus.Malformed, Read("250 " + new string('x', ReplyReader.LineBytesMax)));
        Assert.Equal(ReplyStatus.NeedMore, Read("250 " + new string('x', ReplyReader.LineBytesMax - 5)));
        Assert.Equal(ReplyStatus.Malformed, Read(string.Concat(Enumerable.Repeat("250-x\r\n", ReplyReader.LinesMax + 1))));
        Assert.Equal(ReplyStatus.Malformed, Read(string.Concat(Enumerable.Repeat($"250-{new string('x', 2000)}\r\n", 10))));
        Assert.Equal(ReplyStatus.Reply, Read(string.Concat(Enumerable.Repeat("250-x\r\n", ReplyReader.LinesMax - 1)) + "250 x\r\n"));
    }

    [Fact]
    public void What_a_server_can_is_read_from_its_answer_to_EHLO()
    {
        var can = ServerExtensions.Read(new RemoteReply(250, "mx.customer.example PIPELINING\nsize 1000\nSTARTTLS\n8BitMime\nAUTH LOGIN PLAIN\nX-OTHER 1 2\nDSN\nSMTPUTF8\n"));

        Assert.Equal((false, 1000L, true, true, true, true, true, true), (can.Pipelining, can.SizeBytesMax, can.StartTls, can.EightBitMime, can.AuthPlain, can.AuthLogin, can.Dsn, can.SmtpUtf8));
        Assert.Equal((true, null), (ServerExtensions.Read(new RemoteReply(250, "x\nSIZE 0")).Size, ServerExtensions.Read(new RemoteReply(250, "x\nSIZE 0")).SizeBytesMax));
        Assert.Equal(ServerExtensions.None, ServerExtensions.Read(new RemoteReply(250, "STARTTLS")));
    }

    private static ReplyStatus Read(string text) => new ReplyReader().Read(Encoding.Latin1.GetBytes(text), out _, out _);
}
