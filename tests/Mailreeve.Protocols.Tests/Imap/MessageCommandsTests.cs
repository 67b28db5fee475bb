using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class MessageCommandsTests
{
    private static readonly ImapCommand.Store Seen =
        new("a", false, Wire.Set(1), StoreMode.Add, false, new ImapFlags(SystemFlags.Seen, []), null);

    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a STORE 1 +FLAGS (\\Seen)", Seen },
        { "a STORE 1 +flags \\seen", Seen },
        { "a UID STORE 1 +Flags.Silent (\\Seen)", Seen with { ByUid = true, Silent = true } },
        { "a STORE 1 -FLAGS.SILENT (\\Seen)", Seen with { Mode = StoreMode.Remove, Silent = true } },
        { "a STORE 1 FLAGS ()", Seen with { Mode = StoreMode.Replace, Flags = ImapFlags.None } },
        { "a STORE $ FLAGS.SILENT (\\Seen)", Seen with { Messages = SequenceSet.Saved, Mode = StoreMode.Replace, Silent = true } },
        {
            "a STORE 1 FLAGS \\Answered \\Flagged \\Deleted \\Draft $Forwarded",
            Seen with { Mode = StoreMode.Replace, Flags = new(SystemFlags.Answered | SystemFlags.Flagged | SystemFlags.Deleted | SystemFlags.Draft, ["$Forwarded"]) }
        },
        { "a STORE 1 +FLAGS (NonJunk $label1 nonjunk)", Seen with { Flags = new(SystemFlags.None, ["NonJunk", "$label1"]) } },
        { "a STORE 1 (UNCHANGEDSINCE 12) +FLAGS (\\Seen)", Seen with { UnchangedSince = 12 } },
        { "a STORE 1 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)", Seen with { UnchangedSince = 0 } },
        { "a COPY 1 Trash", new ImapCommand.Copy("a", false, Wire.Set(1), "Trash") },
        { "a UID COPY 1:* \"a b\"", new ImapCommand.Copy("a", true, Wire.Range(1, 0), "a b") },
        { "a MOVE *:4 inbox", new ImapCommand.Move("a", false, Wire.Range(0, 4), "INBOX") },
        { "a UID MOVE 5,3 Trash", new ImapCommand.Move("a", true, Wire.Set(5, 3), "Trash") },
        { "a UID EXPUNGE 4:6", new ImapCommand.Expunge("a", Wire.Range(4, 6)) },
        { "a UID EXPUNGE $", new ImapCommand.Expunge("a", SequenceSet.Saved) },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Commands_about_messages_are_read(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a STORE 1 FLAGS")]
    [InlineData("a STORE 1 FLAGS (\\Recent)")]
    [InlineData("a STORE 1 FLAGS (\\*)")]
    [InlineData("a STORE 1 FLAGS (\\Important)")]
    [InlineData("a STORE 1 FLAGS (\\)")]
    [InlineData("a STORE 1 FLAGS (\"Seen\")")]
    [InlineData("a STORE 1 FLAGS (a")]
    [InlineData("a STORE 1 FLAGS a (b)")]
    [InlineData("a STORE 1 ++FLAGS (a)")]
    [InlineData("a STORE 1 FLAGS.LOUD (a)")]
    [InlineData("a STORE 1 (UNCHANGEDSINCE x) FLAGS (a)")]
    [InlineData("a STORE 1 (CHANGEDSINCE 1) FLAGS (a)")]
    [InlineData("a STORE (\\Seen)")]
    [InlineData("a COPY 1")]
    [InlineData("a COPY Trash 1")]
    [InlineData("a MOVE 1 a b")]
    [InlineData("a UID EXPUNGE")]
    [InlineData("a UID")]
    [InlineData("a EXPUNGE 1")]
    public void What_cannot_be_read_is_malformed(string text)
    {
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text));
    }

    [Fact]
    public void Keywords_have_limits()
    {
        Assert.IsType<ImapCommand.Store>(Wire.Parse($"a STORE 1 FLAGS ({new string('k', 64)})"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse($"a STORE 1 FLAGS ({new string('k', 65)})"));
        Assert.IsType<ImapCommand.Store>(Wire.Parse($"a STORE 1 FLAGS ({string.Join(' ', Enumerable.Range(0, 64).Select(i => $"k{i}"))})"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse($"a STORE 1 FLAGS ({string.Join(' ', Enumerable.Range(0, 65).Select(i => $"k{i}"))})"));
    }
}
