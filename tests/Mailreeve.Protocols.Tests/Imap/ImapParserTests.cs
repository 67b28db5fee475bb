using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class ImapParserTests
{
    public static TheoryData<string, ImapCommand> Bare => new()
    {
        { "A1 CAPABILITY", new ImapCommand.Capability("A1") },
        { "A1 noop", new ImapCommand.Noop("A1") },
        { "A1 LogOut", new ImapCommand.Logout("A1") },
        { "A1 STARTTLS", new ImapCommand.StartTls("A1") },
        { "A1 NAMESPACE", new ImapCommand.Namespace("A1") },
        { "A1 CHECK", new ImapCommand.Check("A1") },
        { "A1 CLOSE", new ImapCommand.Close("A1") },
        { "A1 UNSELECT", new ImapCommand.Unselect("A1") },
        { "A1 EXPUNGE", new ImapCommand.Expunge("A1", null) },
        { "A1 IDLE", new ImapCommand.Idle("A1") },
        { "A1 SETQUOTA \"\" (STORAGE 512)", new ImapCommand.SetQuota("A1") },
        { "A1 GETQUOTA \"\"", new ImapCommand.GetQuota("A1", "") },
        { "A1 GETQUOTAROOT inbox", new ImapCommand.GetQuotaRoot("A1", "INBOX") },
    };

    [Theory, MemberData(nameof(Bare))]
    public void A_command_is_known_in_any_case(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
        Assert.Equal(expected, Wire.Parse(text + " "));
    }

    [Theory]
    [InlineData("A1 NOOP now")]
    [InlineData("A1 CLOSE (x)")]
    [InlineData("A1 IDLE\0")]
    [InlineData("A1 NOOP\r")]
    [InlineData("A1 GETQUOTA")]
    [InlineData("A1 GETQUOTAROOT")]
    public void What_stands_where_nothing_may_is_answered_with_the_tag(string text)
    {
        Assert.Equal("A1", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("+ NOOP")]
    [InlineData("A+1 NOOP")]
    [InlineData("(A1) NOOP")]
    [InlineData("\0")]
    [InlineData("{5}")]
    [InlineData("\u0016\u0003\u0001")]
    public void Without_a_tag_the_answer_is_untagged(string text)
    {
        Assert.Equal("*", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Fact]
    public void A_tag_of_a_megabyte_is_no_tag()
    {
        Assert.Equal("*", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(new string('A', 1 << 20) + " NOOP")).Tag);
        Assert.Equal("*", ImapParser.TagOf(Wire.Octets(new string('A', 1 << 20) + " NOOP"), ImapLimits.Default));
    }

    [Theory]
    [InlineData("A1 XAPPLEPUSHSERVICE aps-version 2", "XAPPLEPUSHSERVICE", true)]
    [InlineData("A1 COMPRESS DEFLATE", "COMPRESS", false)]
    [InlineData("GET / HTTP/1.1", "", false)]
    [InlineData("A1 UID NOOP", "NOOP", false)]
    [InlineData("A1 x\u001b[31m", "X", false)]
    public void An_unknown_command_is_named_without_anything_that_could_do_harm(string text, string verb, bool isCut)
    {
        Assert.Equal(isCut ? verb[..16] : verb, Assert.IsType<ImapCommand.Unknown>(Wire.Parse(text)).Verb);
    }

    [Theory]
    [InlineData("A1", "A1")]
    [InlineData("A1 ", "A1")]
    public void A_tag_alone_is_answered_with_it(string text, string tag)
    {
        Assert.Equal(tag, Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Theory]
    [InlineData("DONE", true)]
    [InlineData("done", true)]
    [InlineData("DONE ", true)]
    [InlineData("A1 DONE", false)]
    [InlineData("", false)]
    public void Done_ends_idle(string line, bool ends)
    {
        Assert.Equal(ends, ImapParser.IsDone(Wire.Octets(line)));
    }

    [Theory]
    [InlineData("A1 LOGIN {4}", LiteralUse.Argument)]
    [InlineData("A1 LOGIN {4+}", LiteralUse.Argument)]
    [InlineData("A1 LOGIN {4}\r\nuser {4}", LiteralUse.Argument)]
    [InlineData("A1 SEARCH CHARSET UTF-8 OR SUBJECT {4}", LiteralUse.Argument)]
    [InlineData("A1 APPEND {5}", LiteralUse.Argument)]
    [InlineData("A1 APPEND {5}\r\nINBOX {500}", LiteralUse.Message)]
    [InlineData("A1 APPEND INBOX (\\Seen) {500+}", LiteralUse.Message)]
    [InlineData("A1 APPEND INBOX ({5+}", LiteralUse.None)]
    [InlineData("A1 APPEND INBOX ~{500}", LiteralUse.None)]
    [InlineData("A1 APPEND INBOX UTF8 (~{500}", LiteralUse.None)]
    [InlineData("A1 NOOP {5}", LiteralUse.None)]
    [InlineData("A1 FROBNICATE {5}", LiteralUse.None)]
    [InlineData("{5}", LiteralUse.None)]
    [InlineData("A1 LOGIN \"u {5}", LiteralUse.None)]
    [InlineData("A1 SEARCH CHARSET KOI8-R SUBJECT {4}", LiteralUse.None)]
    public void A_literal_is_asked_for_only_where_one_can_stand(string text, LiteralUse use)
    {
        Assert.Equal(use, ImapParser.UseOfLiteral(Wire.Octets(text), ImapLimits.Default, out var command));
        Assert.Equal(use == LiteralUse.Argument, command is null);
    }
}
