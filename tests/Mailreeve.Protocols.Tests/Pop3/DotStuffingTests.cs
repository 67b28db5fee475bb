using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Protocols.Tests.Pop3;

public class DotStuffingTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r", "a\r\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("a.b\r\n.c\r\n..\r\n", "a.b\r\n..c\r\n...\r\n.\r\n")]
    public void A_dot_at_the_beginning_of_a_line_is_doubled_and_a_lone_one_ends(string message, string sent) => Assert.Equal(sent, Send(message, [message.Length]));

    [Fact]
    public void A_client_that_takes_a_bare_line_feed_for_a_line_end_sees_no_end_there() =>
        Assert.Equal("a\n..\r\nb\r\n.\r\n", Send("a\n.\r\nb\r\n", [100]));

    [Fact]
    public void A_nul_never_goes_out() => Assert.Equal("a\u0080b\r\n.\r\n", Send("a\0b\r\n", [100]));

    [Fact]
    public void Wherever_it_is_cut_it_is_the_same_as_octet_for_octet()
    {
        var piece = Gen.OneOf("\r\n", ".", "\r", "\n", "\0", "a", "\r\n.", "..", new string('x', 70) + "\r\n", "\n.\n.\n.\n.");
        var message = piece.Array[0, 30].Select(string.Concat);

        Gen.Select(message, Gen.Int[1, 40].Array[1, 6]).Sample((text, cuts) => Send(text, cuts) == Naive(text), iter: 20_000);
    }

    [Fact]
    public void A_message_of_nothing_but_dots_fits_into_the_room_that_was_asked_for()
    {
        var message = string.Concat(Enumerable.Repeat(".\n", 5_000));

        Assert.Equal(Naive(message), Send(message, [4096]));
    }

    // The cuts are used one after the other, and again.
    private static string Send(string message, int[] cuts)
    {
        var left = Encoding.Latin1.GetBytes(message);
        var output = new ArrayBufferWriter<byte>();
        var stuffing = new DotStuffing();
        for (var i = 0; left.Length > 0; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], left.Length);
            var room = new byte[DotStuffing.RoomFor(length)];
            left.AsSpan(0, length).CopyTo(room);
            output.Write(room.AsSpan(0, stuffing.Stuff(room, length)));
            left = left[length..];
        }

        stuffing.End(output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    private static string Naive(string message)
    {
        var sent = new StringBuilder();
        var before = '\n';
        foreach (var c in message)
        {
            if (c == '.' && before == '\n')
                sent.Append('.');
            sent.Append(c == '\0' ? '\u0080' : c);
            before = c;
        }

        if (message.Length > 0 && !message.EndsWith("\r\n", StringComparison.Ordinal))
            sent.Append("\r\n");
        return sent.Append(".\r\n").ToString();
    }
}
