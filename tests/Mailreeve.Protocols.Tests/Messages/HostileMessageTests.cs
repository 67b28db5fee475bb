using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class HostileMessageTests
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\0", "--", "--a", "--b", "--a--", "--b--", "\r\n--a\r\n", "\r\n--b\r\n", "\r\n\r\n", " ", "\t", ";", "\"", "\\", "(", ")",
            "<", ">", ",", ":", "@", "=?utf-8?q?=C3?=", "=?", "\u00E9", "Content-Type: ", "multipart/mixed; boundary=a\r\n", "multipart/digest; boundary=b\r\n",
            "message/rfc822\r\n", "text/plain; charset=utf-16\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Disposition: attachment; filename=x\r\n",
            "Content-Language: ", "From: ", "To: ", "Subject: ", "Date: Tue, 1 Jul 2025 10:00:00 +0200\r\n", "References: ", "<a@a.example>", "x",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Any_octets_have_a_sound_summary()
    {
        Gen.Byte.Array[0, 400].Sample(Check);
        Gen.Int[0, Pieces.Length - 1].Array[0, 60].Sample(choice => Check([.. choice.SelectMany(i => Pieces[i])]));
    }

    [Fact]
    public void A_changed_message_has_a_sound_summary()
    {
        var original = SomeMail.Octets(SomeMail.Nested);
        var change = Gen.Select(Gen.Int[0, original.Length - 1], Gen.Int[0, Pieces.Length - 1], Gen.Int[0, 40]).Array[1, 6];

        change.Sample(changes =>
        {
            var octets = original.ToList();
            foreach (var (at, piece, removed) in changes)
            {
                var start = Math.Min(at, octets.Count);
                octets.RemoveRange(start, Math.Min(removed, octets.Count - start));
                octets.InsertRange(start, Pieces[piece]);
            }

            Check([.. octets]);
        });
    }

    [Fact]
    public void A_broken_kept_summary_is_refused_or_harmless()
    {
        var message = SomeMail.Octets(SomeMail.Nested);
        var kept = MessageSummary.Of(message).ToBytes().ToArray();
        var change = Gen.Select(Gen.Int[0, kept.Length - 1], Gen.Byte).Array[1, 4];

        Gen.Select(change, Gen.Int[0, kept.Length]).Sample((changes, length) =>
        {
            var broken = kept[..(length % 3 == 0 ? length : kept.Length)];
            foreach (var (at, octet) in changes.Where(c => c.Item1 < broken.Length))
                broken[at] = octet;
            if (MessageSummary.FromBytes(broken) is { } summary)
                Use(message, summary);
        });
        Assert.Null(MessageSummary.FromBytes(ReadOnlyMemory<byte>.Empty));
        Assert.Null(MessageSummary.FromBytes(kept.Prepend((byte)0).ToArray()));
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed; boundary=a\r\n\r\n", "--a\r\n\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a\r\n\r\n", "--a--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a\r\n\r\n", "--\r\n")]
    [InlineData("", "Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("To: ", "((((((((")]
    [InlineData("To: ", "<<<<<<<<")]
    [InlineData("To: ", "a:;")]
    [InlineData("Subject: ", "[][][][]")]
    [InlineData("Subject: ", "=?utf-8?q?a?= ")]
    [InlineData("References: ", "<")]
    [InlineData("References: ", "<a>")]
    [InlineData("Content-Type: ", "(")]
    [InlineData("Content-Type: a/b; ", "a=\"")]
    [InlineData("Content-Type: a/b; ", "name*0*=a;")]
    [InlineData("", "X: y\r\n")]
    [InlineData("X: y", "\r\n z")]
    public void Repetition_is_read_in_linear_time(string start, string repeated)
    {
        var small = Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, 20_000 / repeated.Length)));
        var large = Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, 2_000_000 / repeated.Length)));

        Check(small);

        // A square would be minutes; the limit is far from what it takes.
        var before = TimeProvider.System.GetTimestamp();
        Assert.False(SearchText.IsInMessage(large, MessageSummary.Of(large), SearchNeedle.Of("not in \u00E9 it")));
        Assert.False(SearchText.IsInMessage(large, MessageSummary.Of(large), SearchNeedle.Of("not in it")));
        Assert.True(TimeProvider.System.GetElapsedTime(before) < TimeSpan.FromSeconds(20));
    }

    private static void Check(byte[] message)
    {
        var summary = MessageSummary.Of(message);
        Assert.Equal(message.Length, summary.LengthBytes);
        Assert.Equal(10, ImapList.Read(summary.Envelope).Length);
        IsBody(ImapList.Read(summary.BodyStructure), extended: true);
        IsBody(ImapList.Read(summary.Body), extended: false);
        Use(message, summary);
        var again = MessageSummary.FromBytes(summary.ToBytes());
        Assert.NotNull(again);
        Assert.Equal(summary.SentAt, again.SentAt);
        Assert.Equal(SomeMail.Text(summary.Body), SomeMail.Text(again.Body));
    }

    private static void Use(byte[] message, MessageSummary summary)
    {
        foreach (var kind in Enum.GetValues<SectionKind>())
        {
            foreach (var path in (int[][])[[], [1], [2], [1, 1], [2, 1], [1, 2, 1], [0], [-1], [int.MaxValue]])
            {
                if (summary.Find(path, kind) is { } range)
                    Assert.True(range.Offset >= 0 && range.Length >= 0 && range.End <= message.Length);
            }
        }

        foreach (var needle in (string[])["x", "not in it", "\u00E9", "a b"])
            SearchText.IsInMessage(message, summary, SearchNeedle.Of(needle));
        Assert.NotNull(summary.References);
        HeaderFields.Write(message, ["to"u8.ToArray()], true, new ArrayBufferWriter<byte>());
        Assert.InRange(TopLines.LengthOf(message, summary.HeaderBytes, 3), 0, message.Length);
    }

    // body = "(" (body-type-1part / body-type-mpart) ")" (RFC 3501 §9)
    private static void IsBody(object?[] body, bool extended)
    {
        var parts = body.TakeWhile(item => item is object?[]).Count();
        if (parts > 0)
        {
            foreach (var part in body[..parts])
                IsBody((object?[])part!, extended);
            Assert.IsType<string>(body[parts]);
            Assert.Equal(parts + (extended ? 5 : 1), body.Length);
            return;
        }

        Assert.All(body[..2], item => Assert.IsType<string>(item));
        Assert.IsType<string>(body[5]);
        Assert.True(body[6] is >= 0L);
        var fields = 7;
        if (body is ["message", "rfc822", ..])
        {
            Assert.Equal(10, ((object?[])body[7]!).Length);
            IsBody((object?[])body[8]!, extended);
            fields = 9;
        }

        if (body[0] is "text" || fields == 9)
            Assert.True(body[fields++] is >= 0L);
        Assert.Equal(fields + (extended ? 4 : 0), body.Length);
    }
}
