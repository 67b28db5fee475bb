using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class ListCommandsTests
{
    private static readonly ImapCommand.List All = new("a", "", ["*"], ListSelection.None, ListReturn.None, StatusItems.None, Extended: false);

    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a LIST \"\" \"*\"", All },
        { "a LIST \"\" *", All },
        { "a LIST \"\" \"\"", All with { Patterns = [""] } },
        { "a LIST \"INBOX\" \"%/Entw&APw-rfe\"", All with { Reference = "INBOX", Patterns = ["%/Entwürfe"] } },
        { "a LIST (SUBSCRIBED) \"\" \"*\"", All with { Selection = ListSelection.Subscribed, Extended = true } },
        { "a LIST () \"\" %", All with { Patterns = ["%"], Extended = true } },
        {
            "a LIST (RECURSIVEMATCH SUBSCRIBED REMOTE SPECIAL-USE) \"\" (INBOX \"Sent*\")",
            All with
            {
                Patterns = ["INBOX", "Sent*"],
                Selection = ListSelection.RecursiveMatch | ListSelection.Subscribed | ListSelection.Remote | ListSelection.SpecialUse,
                Extended = true,
            }
        },
        { "a LIST \"\" \"*\" RETURN (CHILDREN SUBSCRIBED)", All with { Return = ListReturn.Children | ListReturn.Subscribed, Extended = true } },
        { "a LIST \"\" \"*\" RETURN ()", All with { Extended = true } },
        {
            "a LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN SIZE) )",
            All with
            {
                Return = ListReturn.SpecialUse | ListReturn.Status,
                StatusItems = StatusItems.Messages | StatusItems.Unseen | StatusItems.Size,
                Extended = true,
            }
        },
        { "a LSUB \"\" \"*\"", new ImapCommand.Lsub("a", "", "*") },
        { "a lsub x %", new ImapCommand.Lsub("a", "x", "%") },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Lists_are_read_in_the_old_form_and_the_extended_one(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a LIST")]
    [InlineData("a LIST \"\"")]
    [InlineData("a LIST \"\" ()")]
    [InlineData("a LIST \"\" (a")]
    [InlineData("a LIST (RECURSIVEMATCH) \"\" *")]
    [InlineData("a LIST (RECURSIVEMATCH REMOTE) \"\" *")]
    [InlineData("a LIST (X-NEW) \"\" *")]
    [InlineData("a LIST \"\" * RETURN")]
    [InlineData("a LIST \"\" * RETURN CHILDREN")]
    [InlineData("a LIST \"\" * RETURN (STATUS)")]
    [InlineData("a LIST \"\" * RETURN (STATUS ())")]
    [InlineData("a LIST \"\" * RETURN (MYRIGHTS)")]
    [InlineData("a LIST \"\" * more")]
    [InlineData("a LSUB \"\"")]
    [InlineData("a LSUB \"\" (a b)")]
    public void What_cannot_be_read_is_malformed(string text)
    {
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text));
    }

    [Fact]
    public void Patterns_have_a_limit()
    {
        Assert.IsType<ImapCommand.List>(Wire.Parse($"a LIST \"\" ({string.Join(' ', Enumerable.Repeat('*', 256))})"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse($"a LIST \"\" ({string.Join(' ', Enumerable.Repeat('*', 257))})"));
    }
}
