using System.Buffers;
using CsCheck;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class ImapFramerTests
{
    private static readonly ImapLimits Small = new()
    {
        LineBytesMax = 40,
        CommandBytesMax = 80,
        CommandBytesMaxBeforeLogin = 80,
        ArgumentLiteralBytesMax = 20,
        DiscardBytesMax = 1000,
        LiteralsMax = 3,
    };

    [Fact]
    public void Pipelined_commands_come_one_by_one_and_what_is_begun_is_kept()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a NOOP\r\nb IDLE\r\nDO");

        Assert.Equal((ImapFrame.Command, "a NOOP"), Next(framer, ref buffer));
        Assert.Equal((ImapFrame.Command, "b IDLE"), Next(framer, ref buffer));
        Assert.Equal(ImapFrame.NeedMore, framer.Next(ref buffer, plainLine: true));
        Assert.True(buffer.IsEmpty);
        Assert.False(framer.IsBetweenCommands);

        buffer = Wire.Sequence("NE\r\n");
        Assert.Equal(ImapFrame.Command, framer.Next(ref buffer, plainLine: true));
        Assert.Equal("DONE", Wire.Text(framer.Text));
        Assert.True(framer.IsBetweenCommands);
    }

    [Fact]
    public void Octets_behind_a_command_are_left_alone_for_TLS()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a STARTTLS\r\n\u0016\u0003\u0001");

        Assert.Equal((ImapFrame.Command, "a STARTTLS"), Next(framer, ref buffer));
        Assert.Equal(3, buffer.Length);
    }

    [Theory]
    [InlineData("4", true)]
    [InlineData("4+", false)]
    public void A_literal_is_announced_and_gathered_when_the_session_says_so(string announced, bool waits)
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence($"a LOGIN {{{announced}}}\r\n{{9}} {{2+}}\r\n\r\n\r\nb");

        Assert.Equal((ImapFrame.Literal, $"a LOGIN {{{announced}}}"), Next(framer, ref buffer));
        Assert.Equal((4, waits), (framer.LiteralBytes, framer.LiteralWaits));
        Assert.True(framer.TryGather());
        // The octets of a literal are never looked at: the first ends in what looks like an announcement.
        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.Equal(2, framer.LiteralBytes);
    }

    [Fact]
    public void What_was_gathered_is_parsed_as_one()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a LOGIN {4+}\r\nuser {7+}\r\npa\r\nss!\r\nb NOOP\r\n");

        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.True(framer.TryGather());
        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.True(framer.TryGather());
        Assert.Equal(ImapFrame.Command, framer.Next(ref buffer));
        Assert.Equal(new ImapCommand.Login("a", "user", "pa\r\nss!"), ImapParser.Parse(framer.Text, ImapLimits.Default));
        Assert.Equal((ImapFrame.Command, "b NOOP"), Next(framer, ref buffer));
    }

    [Fact]
    public void A_message_is_streamed_to_the_octet_and_another_may_follow()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a APPEND x {5+}\r\nabc");

        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.Equal(LiteralUse.Message, ImapParser.UseOfLiteral(framer.Text, ImapLimits.Default, out _));
        framer.Stream();
        Assert.False(framer.TakeLiteral(ref buffer, out var octets));
        Assert.Equal("abc", Wire.Text(octets.ToArray()));

        buffer = Wire.Sequence("de (\\Seen) {3}\r\nxyz\r\nb NOOP\r\n");
        Assert.True(framer.TakeLiteral(ref buffer, out octets));
        Assert.Equal("de", Wire.Text(octets.ToArray()));
        Assert.Equal((ImapFrame.Literal, " (\\Seen) {3}"), Next(framer, ref buffer));
        framer.Stream();
        Assert.True(framer.TakeLiteral(ref buffer, out octets));
        Assert.Equal("xyz", Wire.Text(octets.ToArray()));
        Assert.Equal((ImapFrame.Command, ""), Next(framer, ref buffer));
        Assert.Equal((ImapFrame.Command, "b NOOP"), Next(framer, ref buffer));
    }

    [Fact]
    public void A_refused_literal_that_waits_is_never_sent()
    {
        var framer = new ImapFramer(Small);
        var buffer = Wire.Sequence("a APPEND x {999999}\r\nb NOOP\r\n");

        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.False(framer.TryGather());
        Assert.True(framer.TryRefuse());
        Assert.Equal((ImapFrame.Command, "b NOOP"), Next(framer, ref buffer));
    }

    [Theory]
    [InlineData("a APPEND x {10+}\r\nz LOGOUT\r\n\r\nb NOOP\r\n")]
    [InlineData("a APPEND x {10+}\r\nz LOGOUT\r\n {5+}\r\nxx\r\nx\r\nb NOOP\r\n")]
    [InlineData("a APPEND x {10+}\r\nz LOGOUT\r\n (\\Seen) {0+}\r\n {1+}\r\n\n\r\nb NOOP\r\n")]
    [InlineData("a APPEND x {10+}\r\nz LOGOUT\r\n {5}\r\nb NOOP\r\n")]
    [InlineData("a APPEND x {0+}\r\n\r\nb NOOP\r\n")]
    public void A_refused_literal_that_does_not_wait_is_thrown_away_to_the_octet(string text)
    {
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(["Literal a", "Command b NOOP"], Frames(text, cut, refuse: true));
    }

    [Fact]
    public void A_message_can_be_refused_in_the_middle()
    {
        var framer = new ImapFramer(Small);
        var buffer = Wire.Sequence("a APPEND x {10}\r\n");
        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        framer.Stream();
        buffer = Wire.Sequence("z LO");
        Assert.False(framer.TakeLiteral(ref buffer, out _));

        Assert.True(framer.TryRefuse());

        buffer = Wire.Sequence("GOUT\r\n\r\nb NOOP\r\n");
        Assert.Equal((ImapFrame.Command, "b NOOP"), Next(framer, ref buffer));
    }

    [Theory]
    [InlineData("a APPEND x {1001+}\r\n")]
    [InlineData("a APPEND x {99999999999999999999+}\r\n")]
    public void A_refused_literal_that_is_too_much_to_throw_away_ends_the_connection(string text)
    {
        var framer = new ImapFramer(Small);
        var buffer = Wire.Sequence(text + "b NOOP\r\n");

        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.False(framer.TryRefuse());
        Assert.Equal(ImapFrame.Lost, framer.Next(ref buffer));
        Assert.Equal(ImapFrame.Lost, framer.Next(ref buffer));
    }

    [Fact]
    public void Several_refused_literals_count_together()
    {
        var framer = new ImapFramer(Small);
        var buffer = Wire.Sequence("a APPEND x {1+}\r\nx {500+}\r\n" + new string('x', 500) + " {500+}\r\n");

        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.True(framer.TryRefuse());
        Assert.Equal(ImapFrame.Lost, framer.Next(ref buffer));
    }

    [Theory]
    [InlineData("{-100}")]
    [InlineData("{+}")]
    [InlineData("{}")]
    [InlineData("{1x}")]
    [InlineData("{ 1}")]
    [InlineData("1}")]
    [InlineData("}")]
    public void What_announces_nothing_ends_the_line(string end)
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence($"a LOGIN {end}\r\n");

        Assert.Equal((ImapFrame.Command, $"a LOGIN {end}"), Next(framer, ref buffer));
    }

    [Fact]
    public void An_answer_to_a_challenge_has_no_literal()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("AHVz{5}\r\n");

        Assert.Equal(ImapFrame.Command, framer.Next(ref buffer, plainLine: true));
    }

    [Fact]
    public void A_bare_line_feed_ends_the_line_but_makes_no_command()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a NOOP\n\nb NOOP\r\n");

        Assert.Equal(ImapFrame.BareLineFeed, framer.Next(ref buffer));
        Assert.Equal(ImapFrame.BareLineFeed, framer.Next(ref buffer));
        Assert.Equal((ImapFrame.Command, "b NOOP"), Next(framer, ref buffer));
    }

    [Fact]
    public void A_line_that_is_too_long_is_reported_once_with_its_beginning_for_the_tag()
    {
        var text = "a NOOP " + new string('x', 100) + "\r\nb NOOP\r\n";
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(["TooLong a", "Command b NOOP"], Frames(text, cut, refuse: true));
    }

    [Fact]
    public void The_literal_behind_a_line_that_is_too_long_is_thrown_away_with_it()
    {
        var text = "a LOGIN " + new string('x', 40) + " {10+}\r\nz LOGOUT\r\n\r\nb NOOP\r\n";
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(["TooLong a", "Command b NOOP"], Frames(text, cut, refuse: true));
    }

    [Fact]
    public void A_line_without_an_end_is_held_nowhere_and_ends_the_connection()
    {
        var framer = new ImapFramer(Small);
        for (var sent = 0; sent < 1000; sent += 100)
        {
            var more = Wire.Sequence(new string('x', 100));
            Assert.Equal(ImapFrame.NeedMore, framer.Next(ref more));
            Assert.True(framer.Text.Length <= 256);
        }

        var last = Wire.Sequence("x");
        Assert.Equal(ImapFrame.Lost, framer.Next(ref last));
    }

    [Fact]
    public void Before_sign_in_a_command_is_small()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a LOGIN {9000+}\r\n");
        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
        Assert.False(framer.TryGather());

        framer.SignedIn = true;

        Assert.True(framer.TryGather());
    }

    [Fact]
    public void A_promise_of_a_literal_takes_no_memory()
    {
        const int count = 100;
        var limits = ImapLimits.Default with { ArgumentLiteralBytesMax = 100 << 20, CommandBytesMax = 200 << 20 };
        var line = Wire.Octets("a LOGIN {99999999+}\r\nx");
        var framers = Enumerable.Range(0, count).Select(_ => new ImapFramer(limits) { SignedIn = true }).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var framer in framers)
        {
            var buffer = new ReadOnlySequence<byte>(line);
            Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));
            Assert.True(framer.TryGather());
            Assert.Equal(ImapFrame.NeedMore, framer.Next(ref buffer));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < count * 2000);
    }

    [Fact]
    public void A_literal_cannot_be_passed_over()
    {
        var framer = new ImapFramer(ImapLimits.Default);
        var buffer = Wire.Sequence("a LOGIN {4}\r\nb NOOP\r\n");
        Assert.Equal(ImapFrame.Literal, framer.Next(ref buffer));

        Assert.Throws<InvalidOperationException>(() => framer.Next(ref buffer));
        Assert.Throws<InvalidOperationException>(() => framer.TakeLiteral(ref buffer, out _));
        framer.Stream();
        Assert.Throws<InvalidOperationException>(() => framer.Next(ref buffer));
        Assert.Throws<InvalidOperationException>(() => framer.TryGather());
    }

    [Fact]
    public void Wherever_the_stream_is_cut_the_frames_are_the_same()
    {
        var piece = Gen.OneOf("\r\n", "a ", "{3}", "{3+}", "{12+}", "{99+}", "\n", "\r", " xxxxxxxxxxxxxxxxxxxxx", "{-1}", "}", "{0+}\r\n", "b NOOP\r\n", " {1+}\r\n");
        var text = piece.Array[0, 14].Select(string.Concat);

        Gen.Select(text, Gen.Bool).Sample((t, refuse) =>
        {
            var whole = Frames(t, t.Length, refuse);
            for (var cut = 0; cut < t.Length; cut++)
            {
                if (!Frames(t, cut, refuse).SequenceEqual(whole))
                    return false;
            }

            return Frames(t, -1, refuse).SequenceEqual(whole);
        });
    }

    // What a session sees that gathers what it can and refuses the rest, or refuses everything. -1: octet by octet.
    private static List<string> Frames(string text, int cut, bool refuse)
    {
        var framer = new ImapFramer(Small);
        var frames = new List<string>();
        var octets = Wire.Octets(text);
        foreach (var part in cut < 0 ? octets.Chunk(1) : [octets[..cut], octets[cut..]])
        {
            var buffer = new ReadOnlySequence<byte>(part);
            while (true)
            {
                var frame = framer.Next(ref buffer);
                if (frame == ImapFrame.NeedMore)
                    break;
                var shown = frame == ImapFrame.Command ? Wire.Text(framer.Text) : frame == ImapFrame.Lost ? "" : ImapParser.TagOf(framer.Text, Small);
                frames.Add($"{frame} {shown}".TrimEnd());
                if (frame == ImapFrame.Lost || (frame == ImapFrame.Literal && (refuse || !framer.TryGather()) && !framer.TryRefuse()))
                    return frames;
            }
        }

        return frames;
    }

    private static (ImapFrame Frame, string Text) Next(ImapFramer framer, ref ReadOnlySequence<byte> buffer)
    {
        var frame = framer.Next(ref buffer);
        return (frame, Wire.Text(framer.Text));
    }
}
