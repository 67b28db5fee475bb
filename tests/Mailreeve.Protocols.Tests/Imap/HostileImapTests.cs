using System.Buffers;
using System.Diagnostics;
using CsCheck;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

/// <summary>Commands that nobody sends by mistake.</summary>
public class HostileImapTests
{
    private static readonly string[] Commands =
    [
        "a LOGIN {4+}\r\nuser \"pa\\\"ss\"",
        "a AUTHENTICATE PLAIN AHVzZXIAcGFzcw==",
        "a ID (\"name\" \"x\" \"version\" NIL)",
        "a SELECT \"Entw&APw-rfe\" (CONDSTORE)",
        "a CREATE x (USE (\\Junk \\Sent))",
        "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"*\" %) RETURN (CHILDREN STATUS (MESSAGES SIZE))",
        "a STATUS {5}\r\nINBOX (MESSAGES UNSEEN)",
        "a APPEND x (\\Seen $a) \" 7-Feb-2026 12:00:00 +0130\" {310+}",
        "a UID SEARCH RETURN (ALL SAVE) CHARSET UTF-8 OR (NOT 1:*,5 KEYWORD x) (HEADER a {1}\r\nb SENTSINCE 1-Jan-2026) MODSEQ \"/x\" all 5",
        "a UID SORT RETURN (COUNT) (REVERSE DATE SUBJECT) UTF-8 YOUNGER 5 TEXT \"x\"",
        "a THREAD REFERENCES US-ASCII UID $",
        "a UID FETCH 1:*,$ (FLAGS BODY.PEEK[1.2.HEADER.FIELDS.NOT (From \"To\")]<0.100> RFC822.SIZE) (CHANGEDSINCE 5)",
        "a UID STORE 4:2 (UNCHANGEDSINCE 3) -FLAGS.SILENT (\\Deleted \\Seen k)",
        "a UID MOVE 1,2,3:* \"x y\"",
        "a ENABLE CONDSTORE UTF8=ACCEPT",
    ];

    [Fact]
    public void No_change_to_a_command_makes_the_parser_throw()
    {
        Mutated.Sample(octets =>
        {
            var command = ImapParser.Parse(octets, ImapLimits.Default);
            ImapParser.UseOfLiteral(octets, ImapLimits.Default, out _);
            ImapParser.ParseAppendRest(octets, ImapLimits.Default, out _);
            // What goes back to the client is of our own words.
            return command.Tag.Length <= 128 && (command is not ImapCommand.Malformed bad || bad.Reason.All(c => c is >= ' ' and <= '~'));
        }, iter: 20_000);
    }

    [Fact]
    public void No_stream_makes_the_framer_throw_or_hold_more_than_it_may()
    {
        var limits = new ImapLimits { LineBytesMax = 60, CommandBytesMaxBeforeLogin = 100, ArgumentLiteralBytesMax = 30, DiscardBytesMax = 200 };

        Mutated.Array[1, 4].Sample(commands =>
        {
            var framer = new ImapFramer(limits);
            var buffer = new ReadOnlySequence<byte>([.. commands.SelectMany(c => c.Concat("\r\n"u8.ToArray()))]);
            for (var frames = 0; frames < 1000; frames++)
            {
                var frame = framer.Next(ref buffer);
                if (framer.Text.Length > 256)
                    return false;
                if (frame is ImapFrame.NeedMore or ImapFrame.Lost)
                    return true;
                if (frame == ImapFrame.Literal && !framer.TryGather() && !framer.TryRefuse())
                    return true;
            }

            return false;
        }, iter: 5_000);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("((((((((((ALL ")]
    [InlineData("NOT ")]
    [InlineData("OR ")]
    [InlineData("OR ALL ")]
    [InlineData("ALL ")]
    [InlineData("1,")]
    [InlineData("1:*,")]
    [InlineData("\"")]
    [InlineData("\\\"")]
    [InlineData("{1}\r\nx ")]
    [InlineData("{1+}")]
    [InlineData("BODY[")]
    [InlineData("BODY[1.1.1.1.1.1.1.1] ")]
    [InlineData("1.")]
    [InlineData("x ")]
    [InlineData("\\Seen ")]
    [InlineData(" ")]
    [InlineData("9")]
    [InlineData("&")]
    [InlineData("&AAAA")]
    [InlineData("\u00ff")]
    [InlineData("\0")]
    public void The_longest_command_of_the_worst_kind_is_read_in_no_time(string piece)
    {
        var limits = ImapLimits.Default;
        var filling = string.Concat(Enumerable.Repeat(piece, limits.CommandBytesMax / piece.Length));
        string[] starts =
        [
            "a SEARCH ", "a SEARCH (", "a SEARCH SUBJECT \"", "a FETCH ", "a FETCH 1 (", "a FETCH 1 BODY[", "a FETCH 1 BODY[HEADER.FIELDS (", "a STORE 1 FLAGS (",
            "a STORE 1 FLAGS ", "a LIST \"\" (", "a SELECT \"", "a SELECT ", "a ID (", "a LOGIN \"", "a ENABLE ", "a AUTHENTICATE PLAIN ", "a SORT (", "a APPEND x (",
            "a COPY ", "a STATUS x (", "a ", "",
        ];
        var watch = Stopwatch.StartNew();

        foreach (var start in starts)
            ImapParser.Parse(Wire.Octets(start + filling), limits);

        // Well under a second for all of them; the bound is for a machine that is busy with other things.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void A_command_of_as_many_literals_as_may_be_is_read_in_no_time()
    {
        var framer = new ImapFramer(ImapLimits.Default) { SignedIn = true };
        var literal = "{2000+}\r\n" + new string('x', 2000) + " ";
        var buffer = Wire.Sequence("a SEARCH SUBJECT " + string.Concat(Enumerable.Repeat(literal + "SUBJECT ", 101)) + "\r\n");
        var watch = Stopwatch.StartNew();

        var literals = 0;
        while (framer.Next(ref buffer) == ImapFrame.Literal && ImapParser.UseOfLiteral(framer.Text, ImapLimits.Default, out _) == LiteralUse.Argument
            && framer.TryGather())
            literals++;

        Assert.Equal(100, literals);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    // Octets swapped, dropped, doubled and put in, and pieces of one command in another.
    private static Gen<byte[]> Mutated
    {
        get
        {
            var special = Gen.OneOf("(", ")", "\"", "\\", "{", "}", "{5}\r\n", "{999999999+}", "\r", "\n", "\0", " ", "*", "$", ":", ",", "\u00ff", "&", "-", "[", "]", "<", "0", "99999999999999999999");
            var change = Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], special, Gen.Int[0, Commands.Length - 1]);
            return Gen.Select(Gen.Int[0, Commands.Length - 1], change.Array[0, 6], (command, changes) =>
            {
                var text = Commands[command];
                foreach (var (kind, where, piece, other) in changes)
                {
                    var at = (int)(where * text.Length);
                    text = kind switch
                    {
                        0 => text.Insert(at, piece),
                        1 => at < text.Length ? text.Remove(at, 1) : text,
                        2 => text[..at] + Commands[other][Math.Min(at, Commands[other].Length)..],
                        _ => text[..at] + text[(at / 2)..],
                    };
                }

                return Wire.Octets(text);
            });
        }
    }
}
