using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Trace;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Trace;

public class TraceMarkTests
{
    private static readonly TraceBinding Binding = new()
    {
        Submission = 1,
        Customer = 2,
        Mailbox = 3,
        At = Instant.FromUtc(2026, 3, 2, 10, 15),
        EnvelopeHash = TraceBinding.EnvelopeHashOf("kim@alder.example", ["lee@birch.example"]),
        BodyHash = new byte[32],
    };

    [Fact]
    public void A_mark_is_read_as_it_was_written()
    {
        var mark = new TraceMark(TraceMark.IdOf(Numbers(16)), Numbers(20), Numbers(16));
        var field = Encoding.ASCII.GetString(mark.ToField());

        var read = TraceMark.ReadOrNull(field.AsSpan(field.IndexOf(':', StringComparison.Ordinal)));

        Assert.Equal(mark.Id, read!.Id);
        Assert.Equal(mark.Sketch, read.Sketch);
        Assert.Equal(mark.Mac, read.Mac);
        Assert.All(field.Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Fact]
    public void Any_octet_of_a_mark_that_changes_makes_it_another()
    {
        var secret = Numbers(32);
        var id = TraceMark.IdOf(Numbers(16));
        var mark = new TraceMark(id, Numbers(20), Binding.MacOf(secret, id, Numbers(20)));
        var text = Encoding.ASCII.GetString(mark.ToField())["Mailreeve-Trace:".Length..];
        Assert.True(Binding.Holds(secret, TraceMark.ReadOrNull(text)!));

        for (var i = text.IndexOf('1', StringComparison.Ordinal); i < text.Length - 2; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]))
                continue;
            var changed = text[..i] + (text[i] == 'q' ? 'r' : 'q') + text[(i + 1)..];
            Assert.False(TraceMark.ReadOrNull(changed) is { } other && Binding.Holds(secret, other), $"character {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(33)]
    public void Base32_is_read_as_it_was_written(int octets)
    {
        var text = Base32.Encode(Numbers(octets));

        Assert.Equal(Base32.LengthOf(octets), text.Length);
        Assert.Equal(Numbers(octets), Base32.DecodeOrNull(text.ToUpperInvariant()));
    }

    // RFC 4648 §10.
    [Theory]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Base32_is_that_of_the_standard(string text, string encoded) => Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.2)]
    [InlineData(0.05)]
    public void A_part_of_a_text_is_alike_from_its_beginning_on(double part)
    {
        var text = Text(1, 400);

        Assert.Equal(SketchMatch.Alike, BodySketch.Compare(SketchOf(text), SketchOf(text[..(int)(text.Length * part)])));
    }

    [Fact]
    public void Other_texts_of_the_same_words_are_different()
    {
        var sketches = Enumerable.Range(1, 200).Select(n => SketchOf(Text(n, 300))).ToList();

        var alike = sketches.SelectMany((a, i) => sketches.Skip(i + 1).Select(b => BodySketch.Compare(a, b))).Count(m => m != SketchMatch.Different);

        // Of 19,900 pairs of texts from a thousand words.
        Assert.InRange(alike, 0, 20);
    }

    [Fact]
    public void A_few_words_say_nothing() => Assert.Equal(SketchMatch.TooShort, BodySketch.Compare(SketchOf(Text(1, 300)), SketchOf("one two three")));

    private static byte[] SketchOf(string text) => BodySketch.Of(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text)));

    private static string Text(int seed, int words)
    {
        var random = new Random(seed);
        return string.Join(' ', Enumerable.Range(0, words).Select(_ => $"word{random.Next(1000)}"));
    }

    private static byte[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(n => (byte)(n * 7))];
}
