using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Protocols.Tests.Smtp.Client;

public class OutgoingContentTests
{
    private static readonly Gen<string> Messages = Gen.Frequency(
            (20, Gen.Const("\r\n")), (6, Gen.Const("\r\n.")), (4, Gen.Const(".")), (4, Gen.Const("a")), (6, Gen.Const(new string('x', 70) + "\r\n")), (1, Gen.Const("\u00e4")),
            (1, Gen.Const("\r")), (1, Gen.Const("\n")), (1, Gen.Const("\0")))
        .Array[0, 30].Select(string.Concat);

    [Fact]
    public void What_stands_alone_is_found_wherever_it_stands_and_however_the_message_is_cut() =>
        Gen.Select(Messages, Gen.Int[1, 90].Array[1, 5]).Sample((text, cuts) =>
        {
            var content = OutgoingContent.Of(Cut(text, cuts));
            var rest = text.Replace("\r\n", "", StringComparison.Ordinal);
            var wrong = rest.AsSpan().ContainsAny('\r', '\n', '\0');
            return (content.Problem != ContentProblem.None) == wrong
                && content.SizeBytes == text.Length
                && (wrong || content.EightBit == text.Contains('\u00e4', StringComparison.Ordinal));
        }, iter: 20_000);

    [Theory]
    [InlineData("a\r\n", ContentProblem.None)]
    [InlineData("", ContentProblem.None)]
    [InlineData("a\nb", ContentProblem.BareCrOrLf)]
    [InlineData("\n", ContentProblem.BareCrOrLf)]
    [InlineData("a\rb", ContentProblem.BareCrOrLf)]
    [InlineData("a\r", ContentProblem.BareCrOrLf)]
    [InlineData("\r\r\n", ContentProblem.BareCrOrLf)]
    [InlineData("\0", ContentProblem.Nul)]
    [InlineData("a\0", ContentProblem.Nul)]
    public void The_problem_is_named(string text, ContentProblem problem)
    {
        foreach (var before in new[] { "", new string('y', 31), new string('y', 32), new string('y', 63) })
        {
            foreach (var after in new[] { "", text.EndsWith('\r') ? "" : new string('z', 100) })
                Assert.Equal(problem, OutgoingContent.Of(Cut(before + text + after, [1000])).Problem);
        }
    }

    [Fact]
    public void What_is_stuffed_is_read_back_by_our_own_server() =>
        Gen.Select(Messages, Gen.Int[1, 90].Array[1, 5]).Sample((text, cuts) =>
        {
            var message = Cut(text, cuts);
            if (OutgoingContent.Of(message).Problem != ContentProblem.None)
                return true;
            var sent = new ArrayBufferWriter<byte>();
            var stuffer = new DotStuffer();
            foreach (var piece in message)
                stuffer.Write(piece.Span, sent);
            stuffer.End(sent);

            var kept = new ArrayBufferWriter<byte>();
            var intake = new ContentIntake(new ContentLimits(1 << 20, 1 << 20, 1 << 20), kept);
            var isEnd = new DotReader().Read(sent.WrittenSpan, intake, out var consumed);
            var whole = text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal) ? text : text + "\r\n";
            return isEnd && consumed == sent.WrittenCount && Encoding.Latin1.GetString(kept.WrittenSpan) == whole;
        }, iter: 20_000);

    [Fact]
    public void An_address_with_a_line_end_in_it_is_no_command()
    {
        var output = new ArrayBufferWriter<byte>();
        var evil = new Mailbox("a\r\nRCPT TO:<b", "customer.example");

        Assert.Throws<ArgumentException>(() => new RcptCommand { To = evil }.WriteTo(output, ServerExtensions.None, smtpUtf8: true));
        Assert.Throws<ArgumentException>(() => new MailCommand { From = evil, SizeBytes = 1 }.WriteTo(output, ServerExtensions.None));
        Assert.Throws<ArgumentException>(() => ClientCommands.Ehlo(output, "a\r\nb"));
    }

    // The cuts are used one after the other, and again.
    private static ReadOnlySequence<byte> Cut(string text, int[] cuts)
    {
        var octets = Encoding.Latin1.GetBytes(text).AsMemory();
        if (octets.IsEmpty)
            return ReadOnlySequence<byte>.Empty;
        Piece? first = null, last = null;
        for (var i = 0; octets.Length > 0; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], octets.Length);
            last = new Piece(octets[..length], last);
            first ??= last;
            octets = octets[length..];
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> octets, Piece? before)
        {
            Memory = octets;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
