using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class MailboxCommandsTests
{
    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a SELECT INBOX", new ImapCommand.Select("a", "INBOX", ReadOnly: false, CondStore: false) },
        { "a SELECT inBox (CONDSTORE)", new ImapCommand.Select("a", "INBOX", ReadOnly: false, CondStore: true) },
        { "a EXAMINE \"Sent Items\" (condstore)", new ImapCommand.Select("a", "Sent Items", ReadOnly: true, CondStore: true) },
        { "a EXAMINE {5}\r\ninbox", new ImapCommand.Select("a", "INBOX", ReadOnly: true, CondStore: false) },
        { "a CREATE Work/", new ImapCommand.Create("a", "Work/", SpecialUse.None) },
        { "a CREATE \"Spam\" (USE (\\Junk))", new ImapCommand.Create("a", "Spam", SpecialUse.Junk) },
        { "a CREATE x (USE (\\sent \\Archive))", new ImapCommand.Create("a", "x", SpecialUse.Sent | SpecialUse.Archive) },
        { "a DELETE Trash", new ImapCommand.Delete("a", "Trash") },
        { "a RENAME \"a b\" Entw&APw-rfe", new ImapCommand.Rename("a", "a b", "Entwürfe") },
        { "a SUBSCRIBE #news", new ImapCommand.Subscribe("a", "#news") },
        { "a UNSUBSCRIBE x]", new ImapCommand.Unsubscribe("a", "x]") },
        { "a STATUS INBOX (MESSAGES UNSEEN HIGHESTMODSEQ)", new ImapCommand.Status("a", "INBOX", StatusItems.Messages | StatusItems.Unseen | StatusItems.HighestModSeq) },
        {
            "a STATUS \"x\" (recent UIDNEXT uidvalidity SIZE DELETED APPENDLIMIT)",
            new ImapCommand.Status("a", "x", StatusItems.Recent | StatusItems.UidNext | StatusItems.UidValidity | StatusItems.Size | StatusItems.Deleted | StatusItems.AppendLimit)
        },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Commands_about_mailboxes_are_read(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a SELECT")]
    [InlineData("a SELECT Sent Items")]
    [InlineData("a SELECT INBOX (QRESYNC (1 2))")]
    [InlineData("a SELECT INBOX (CONDSTORE")]
    [InlineData("a SELECT x*")]
    [InlineData("a SELECT \"x\u0001\"")]
    [InlineData("a SELECT {2}\r\n\r\n")]
    [InlineData("a CREATE x (USE (\\Inbox))")]
    [InlineData("a CREATE x (USE (Junk))")]
    [InlineData("a CREATE x (USE (\\Junk)")]
    [InlineData("a CREATE x (PARTITION y)")]
    [InlineData("a RENAME x")]
    [InlineData("a STATUS INBOX")]
    [InlineData("a STATUS INBOX ()")]
    [InlineData("a STATUS INBOX MESSAGES")]
    [InlineData("a STATUS INBOX (MESSAGES")]
    [InlineData("a STATUS INBOX (MESSAGES,UNSEEN)")]
    [InlineData("a STATUS INBOX (X-GUID)")]
    public void What_cannot_be_read_is_malformed(string text)
    {
        Assert.Equal("a", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Fact]
    public void A_name_has_a_limit()
    {
        Assert.IsType<ImapCommand.Create>(Wire.Parse("a CREATE " + new string('x', 255)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("a CREATE " + new string('x', 256)));
    }
}
