using System.Text;
using CsCheck;
using Mailreeve.Protocols.Messages;
using MimeKit;

namespace Mailreeve.Protocols.Tests.Messages;

public class SectionTests
{
    [Fact]
    public void The_sections_of_a_nested_message_are_found()
    {
        Assert.Equal(SomeMail.Octets(SomeMail.Nested).Length, SomeMail.Section(SomeMail.Nested, SectionKind.Whole)!.Length);
        Assert.StartsWith("From: Ada", SomeMail.Section(SomeMail.Nested, SectionKind.Header));
        Assert.EndsWith("boundary=\"out\"\r\n\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Header));
        Assert.StartsWith("Preamble", SomeMail.Section(SomeMail.Nested, SectionKind.Text));
        Assert.Equal("First part.\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 1));
        Assert.Equal("Content-Type: text/plain; charset=utf-8\r\n\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Mime, 1));
        Assert.StartsWith("From: Carol", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 2));
        Assert.EndsWith("--out-in--\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 2));
        Assert.EndsWith("boundary=\"out-in\"\r\n\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Header, 2));
        Assert.StartsWith("--out-in\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Text, 2));
        Assert.Equal("Plain.", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 2, 1));
        Assert.Equal("<p>Sch=C3=B6n</p>", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 2, 2));
        Assert.Equal("Content-Type: text/plain\r\n\r\n", SomeMail.Section(SomeMail.Nested, SectionKind.Mime, 2, 1));
        Assert.Equal("iVBORw0KGgo=", SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 3));
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Mime));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 4));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 0));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 1, 1));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Header, 1));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Text, 3));
        Assert.Null(SomeMail.Section(SomeMail.Nested, SectionKind.Whole, 2, 3));
    }

    [Fact]
    public void The_only_part_of_a_simple_message_is_number_1()
    {
        const string simple = "Subject: Hi\n\nText.\n";

        Assert.Equal("Text.\r\n", SomeMail.Section(simple, SectionKind.Whole, 1));
        Assert.Equal("Subject: Hi\r\n\r\n", SomeMail.Section(simple, SectionKind.Mime, 1));
        Assert.Null(SomeMail.Section(simple, SectionKind.Whole, 2));
        Assert.Null(SomeMail.Section(simple, SectionKind.Whole, 1, 1));
    }

    [Fact]
    public void A_message_whose_body_is_a_message_has_its_part_below_1()
    {
        const string carrying = "Content-Type: message/rfc822\n\nSubject: In\n\nText.";

        Assert.Equal("Subject: In\r\n\r\nText.", SomeMail.Section(carrying, SectionKind.Whole, 1));
        Assert.Equal("Subject: In\r\n\r\n", SomeMail.Section(carrying, SectionKind.Header, 1));
        Assert.Equal("Text.", SomeMail.Section(carrying, SectionKind.Whole, 1, 1));
        Assert.Null(SomeMail.Section(carrying, SectionKind.Whole, 1, 1, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("Just text.\r\nNo header.\r\n")]
    [InlineData("Subject: only a header")]
    [InlineData("Subject: only a header\r\n")]
    [InlineData("Subject: bare line feeds\n\nText\n")]
    [InlineData("Broken\r\nSubject: x\r\n\r\nText")]
    public void Header_and_text_are_the_whole_message(string message)
    {
        var octets = Encoding.ASCII.GetBytes(message);
        var summary = MessageSummary.Of(octets);

        var header = summary.Find([], SectionKind.Header)!.Value;
        var text = summary.Find([], SectionKind.Text)!.Value;

        Assert.Equal(0, header.Offset);
        Assert.Equal(header.End, text.Offset);
        Assert.Equal(octets.Length, text.End);
        Assert.Equal(header.Length, summary.HeaderBytes);
    }

    [Theory]
    [InlineData("Just text.\r\n\r\nNo header.\r\n", 0)]
    [InlineData("From ada Tue Jul  1 10:00:00 2025\r\nSubject: x\r\n\r\nText", 49)]
    [InlineData("Subject: x\r\nno field\r\nTo: y\r\n\r\nText", 31)]
    [InlineData("Subject: x\n\nText", 12)]
    [InlineData("\r\nText", 2)]
    public void The_header_ends_with_the_blank_line(string message, int length) =>
        Assert.Equal(length, MessageSummary.Of(Encoding.ASCII.GetBytes(message)).HeaderBytes);

    [Fact]
    public void An_outer_boundary_ends_inner_parts_whose_end_is_missing()
    {
        const string message = """
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: multipart/mixed; boundary=b

            --b

            Inner
            --a

            Outer
            """;

        Assert.Equal("Inner", SomeMail.Section(message, SectionKind.Whole, 1, 1));
        Assert.Equal("--b\r\n\r\nInner", SomeMail.Section(message, SectionKind.Whole, 1));
        Assert.Equal("Outer", SomeMail.Section(message, SectionKind.Whole, 2));
    }

    [Fact]
    public void A_boundary_ends_a_header_too()
    {
        const string message = "Content-Type: multipart/mixed; boundary=a\n\n--a\nX-A: 1\n--a\nX-B: 2\n\n\n--a--\n";

        Assert.Equal("X-A: 1\r\n", SomeMail.Section(message, SectionKind.Mime, 1));
        Assert.Equal("", SomeMail.Section(message, SectionKind.Whole, 1));
        Assert.Equal("X-B: 2\r\n\r\n", SomeMail.Section(message, SectionKind.Mime, 2));
        Assert.Equal("", SomeMail.Section(message, SectionKind.Whole, 2));
        Assert.Null(SomeMail.Section(message, SectionKind.Whole, 3));
    }

    [Theory]
    [InlineData("----a")]
    [InlineData("--ab")]
    [InlineData("--a b")]
    [InlineData("--a-")]
    [InlineData(" --a")]
    [InlineData("--A")]
    public void What_only_looks_like_a_boundary_is_text(string line) =>
        Assert.Equal(
            $"x\r\n{line}\r\ny",
            SomeMail.Section($"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n{line}\ny\n--a--\n", SectionKind.Whole, 1));

    [Theory]
    [InlineData("multipart/mixed;boundary=a")]
    [InlineData("multipart/mixed; boundary=\"a\"; charset=x")]
    [InlineData("Multipart / Mixed (a comment; (nested) boundary=z) ;\n\tBOUNDARY = \"a\"")]
    [InlineData("multipart/mixed boundary=a")]
    [InlineData("multipart/mixed; ; junk; boundary=a (comment)")]
    public void A_boundary_is_found_however_it_is_written(string type) =>
        Assert.Equal("x", SomeMail.Section($"Content-Type: {type}\n\n--a \t\n\nx\n--a--\n", SectionKind.Whole, 1));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Parts_are_where_MimeKit_finds_them(string text)
    {
        var octets = SomeMail.Octets(text);
        var summary = MessageSummary.Of(octets);
        var message = MimeMessage.Load(new MemoryStream(octets), TestContext.Current.CancellationToken);

        var compared = Compare(octets, summary, message.Body!, message.Body is Multipart ? [] : [1]);

        Assert.True(compared > 0);
    }

    public static TheoryData<string> Messages { get; } = new(
        SomeMail.Nested,
        "Subject: x\n\nOne\nTwo\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOne\n--a\n\nTwo\n\n\n--a--\n",
        "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: One\n\nText one\n--a\n\nSubject: Two\n\nText two\n--a--\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=aa\n\n--aa\n\nX\n--aa\n\nY\n--aa--\nepilogue\n--a\n\nZ\n--a--\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nNo end\n");

    [Fact]
    public void Parts_of_any_well_formed_message_are_where_MimeKit_finds_them() =>
        Gen.Int[0, 99].Array[1, 40].Sample(choices =>
        {
            var boundaries = 0;
            var octets = SomeMail.Octets("MIME-Version: 1.0\n" + Entity(new Queue<int>(choices), 0, ref boundaries));
            var message = MimeMessage.Load(new MemoryStream(octets), TestContext.Current.CancellationToken);
            Compare(octets, MessageSummary.Of(octets), message.Body!, message.Body is Multipart ? [] : [1]);
        });

    // A part of a message; the choices say what it is, what is in it, and how it ends.
    private static string Entity(Queue<int> choices, int depth, ref int boundaries)
    {
        var choice = choices.TryDequeue(out var next) && depth < 6 ? next : 0;
        if (choice < 40)
            return (choice % 4) switch { 0 => "\nText\n", 1 => "Content-Type: image/png\n\nx", 2 => "X-A: folded\n field\n\n\n-- \n--x\n\n", _ => "\n" };
        if (choice < 55)
            return "Content-Type: message/rfc822\n\nSubject: inner\n" + Entity(choices, depth + 1, ref boundaries);

        var boundary = $"b{boundaries++}";
        var text = new StringBuilder($"Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n{(choice % 2 == 0 ? "preamble\n" : "")}");
        for (var i = 0; i <= choice % 4; i++)
            text.Append($"--{boundary}\n").Append(Entity(choices, depth + 1, ref boundaries)).Append('\n');
        return text.Append($"--{boundary}--\n{(choice % 3 == 0 ? "epilogue\n" : "")}").ToString();
    }

    private static int Compare(byte[] octets, MessageSummary summary, MimeEntity entity, int[] path)
    {
        switch (entity)
        {
            case Multipart multipart:
                Assert.Null(summary.Find([.. path, multipart.Count + 1], SectionKind.Whole));
                return multipart.Select((child, i) => Compare(octets, summary, child, [.. path, i + 1])).Sum();
            case MessagePart carried:
                return Compare(octets, summary, carried.Message!.Body!, carried.Message.Body is Multipart ? path : [.. path, 1]);
            case MimeKit.MimePart part:
                using (var content = new MemoryStream())
                {
                    part.Content?.WriteTo(content, TestContext.Current.CancellationToken);
                    var range = summary.Find(path, SectionKind.Whole)!.Value;
                    Assert.Equal(content.ToArray(), octets[range.Offset..range.End]);
                }

                return 1;
            default:
                throw new InvalidOperationException();
        }
    }
}
