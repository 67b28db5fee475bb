using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class BodyStructureTests
{
    [Fact]
    public void A_nested_message_is_described_with_all_its_parts()
    {
        var summary = SomeMail.Summary(SomeMail.Nested);

        const string inner = """(NIL "Inner" (("Carol" NIL "carol" "c.example")) (("Carol" NIL "carol" "c.example")) (("Carol" NIL "carol" "c.example")) NIL NIL NIL NIL NIL)""";
        Assert.Equal(
            "((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 13 1 NIL NIL NIL NIL)"
            + "(\"message\" \"rfc822\" NIL NIL \"a forwarded one\" \"7bit\" 264 " + inner
            + " ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 6 0 NIL NIL NIL NIL)"
            + "(\"text\" \"html\" NIL NIL NIL \"quoted-printable\" 17 0 NIL NIL NIL NIL)"
            + " \"alternative\" (\"boundary\" \"out-in\") NIL NIL NIL) 14 NIL NIL NIL NIL)"
            + "(\"image\" \"png\" (\"name\" \"dot.png\") \"<dot@a.example>\" NIL \"base64\" 12 NIL (\"attachment\" (\"filename\" \"dot.png\")) NIL NIL)"
            + " \"mixed\" (\"boundary\" \"out\") NIL NIL NIL)",
            SomeMail.Text(summary.BodyStructure));
        Assert.Equal(
            "((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 13 1)"
            + "(\"message\" \"rfc822\" NIL NIL \"a forwarded one\" \"7bit\" 264 " + inner
            + " ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 6 0)(\"text\" \"html\" NIL NIL NIL \"quoted-printable\" 17 0) \"alternative\") 14)"
            + "(\"image\" \"png\" (\"name\" \"dot.png\") \"<dot@a.example>\" NIL \"base64\" 12) \"mixed\")",
            SomeMail.Text(summary.Body));
    }

    [Theory]
    [InlineData("", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: text\n", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: multipart/mixed\n", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: TEXT/HTML; Charset=\"X \\\"y\\\"\"\n", "(\"text\" \"html\" (\"charset\" \"X \\\"y\\\"\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: text/plain; charset=us-ascii (Plain text)\n", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: a/b; filename=two words.pdf; x\nContent-Transfer-Encoding: BASE64 (really)\n", "(\"a\" \"b\" (\"filename\" \"two words.pdf\") NIL NIL \"base64\" 1 NIL NIL NIL NIL)")]
    [InlineData("Content-Type: a/b; name*0*=utf-8''x; name*1=y\n", "(\"a\" \"b\" (\"name*0*\" \"utf-8''x\" \"name*1\" \"y\") NIL NIL \"7bit\" 1 NIL NIL NIL NIL)")]
    [InlineData(
        "Content-Type: a/b\nContent-MD5: Q2hlY2s=\nContent-Disposition: inline\nContent-Language: en, de\nContent-Location: there\n",
        "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1 \"Q2hlY2s=\" (\"inline\" NIL) (\"en\" \"de\") \"there\")")]
    [InlineData("Content-Type: a/b\nContent-Description: gr\u00FCn\n", "(\"a\" \"b\" NIL NIL {5}\r\ngr\u00FCn \"7bit\" 1 NIL NIL NIL NIL)")]
    public void Fields_of_a_part_are_shown(string header, string structure) =>
        Assert.Equal(structure, SomeMail.Text(SomeMail.Summary($"MIME-Version: 1.0\n{header}\nx").BodyStructure));

    [Fact]
    public void What_lies_too_deep_is_an_opaque_part()
    {
        var limits = MessageLimits.Default with { DepthMax = 3 };
        var summary = MessageSummary.Of(Deep(5), limits);

        Assert.Contains("\"application\" \"octet-stream\" NIL NIL NIL \"7bit\"", SomeMail.Text(summary.BodyStructure), StringComparison.Ordinal);
        Assert.NotNull(summary.Find([1, 1, 1], SectionKind.Whole));
        Assert.Null(summary.Find([1, 1, 1, 1], SectionKind.Whole));
    }

    [Fact]
    public void Ten_thousand_levels_are_read()
    {
        var multiparts = MessageSummary.Of(Deep(10_000));
        var messages = MessageSummary.Of(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 10_000))));

        Assert.Equal(52, ImapDepth(multiparts.BodyStructure));
        Assert.NotEmpty(ImapList.Read(messages.BodyStructure));
    }

    [Fact]
    public void Beyond_the_limit_of_parts_the_last_one_takes_the_rest()
    {
        var octets = SomeMail.Octets($"Content-Type: multipart/mixed; boundary=a\n\n{string.Concat(Enumerable.Repeat("--a\n\nx\n", 5000))}--a--\n");

        var summary = MessageSummary.Of(octets);

        Assert.Equal(octets.Length, summary.Find([999], SectionKind.Whole)!.Value.End);
        Assert.Null(summary.Find([1000], SectionKind.Whole));
        Assert.Equal(1000, ImapList.Read(summary.Body).Length);
    }

    [Theory]
    [InlineData(60, 30_000)]
    [InlineData(900, 4_000)]
    [InlineData(900, 60_000)]
    [InlineData(49, 900_000)]
    public void A_message_made_to_have_a_large_summary_gets_a_coarse_one(int messages, int fromBytes)
    {
        var from = string.Join(",\n ", Enumerable.Repeat("<ada@a.example>", fromBytes / 18));
        var octets = SomeMail.Octets("Content-Type: multipart/mixed; boundary=a\n\n"
            + string.Concat(Enumerable.Repeat($"--a\nContent-Type: message/rfc822\n\nFrom: {from}\n\nx\n", messages)) + "--a--\n");

        var summary = MessageSummary.Of(octets);

        Assert.InRange(summary.ToBytes().Length, 0, MessageLimits.Default.SummaryBytesMax);
        Assert.NotNull(summary.Find([1, 1], SectionKind.Whole));
        Assert.NotEmpty(ImapList.Read(summary.BodyStructure));
    }

    [Fact]
    public void A_summary_that_cannot_be_small_enough_says_only_that_there_is_a_message()
    {
        var summary = MessageSummary.Of(SomeMail.Octets(SomeMail.Nested), MessageLimits.Default with { SummaryBytesMax = 10 });

        Assert.StartsWith("(\"application\" \"octet-stream\" NIL", SomeMail.Text(summary.BodyStructure));
        Assert.Equal("Outer", ImapList.Read(summary.Envelope)[1]);
    }

    private static byte[] Deep(int levels)
    {
        var text = new StringBuilder();
        for (var level = 0; level < levels; level++)
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
        return Encoding.ASCII.GetBytes(text.Append("\r\nx").ToString());
    }

    private static int ImapDepth(ReadOnlyMemory<byte> structure) => SomeMail.Text(structure).TakeWhile(c => c == '(').Count() + 1;
}
