using Mailreeve.Protocols.Imap;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Imap;

public class AppendCommandTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 2, 7, 12, 0, 0);

    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a APPEND Sent {310}", new ImapCommand.Append("a", "Sent", new(ImapFlags.None, null, 310)) },
        { "a APPEND \"inbox\" {0+}", new ImapCommand.Append("a", "INBOX", new(ImapFlags.None, null, 0)) },
        { "a APPEND {4}\r\nSent {310+}", new ImapCommand.Append("a", "Sent", new(ImapFlags.None, null, 310)) },
        { "a APPEND Sent (\\Seen) {1}", new ImapCommand.Append("a", "Sent", new(new(SystemFlags.Seen, []), null, 1)) },
        {
            "a append Sent (\\Draft $MDNSent) \"07-Feb-2026 13:30:00 +0130\" {310}",
            new ImapCommand.Append("a", "Sent", new(new(SystemFlags.Draft, ["$MDNSent"]), Noon, 310))
        },
        { "a APPEND Sent \" 7-Feb-2026 05:00:00 -0700\" {310}", new ImapCommand.Append("a", "Sent", new(ImapFlags.None, Noon, 310)) },
        { "a APPEND Sent \"7-feb-2026 12:00:00 +0000\" {310}", new ImapCommand.Append("a", "Sent", new(ImapFlags.None, Noon, 310)) },
        { "a APPEND Sent {99999999999999999999}", new ImapCommand.Append("a", "Sent", new(ImapFlags.None, null, long.MaxValue)) },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Append_is_read_up_to_its_message(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a APPEND")]
    [InlineData("a APPEND Sent")]
    [InlineData("a APPEND Sent message")]
    [InlineData("a APPEND Sent \"message\"")]
    [InlineData("a APPEND Sent (\\Recent) {310}")]
    [InlineData("a APPEND Sent \\Seen {310}")]
    [InlineData("a APPEND Sent(\\Seen) {310}")]
    [InlineData("a APPEND Sent {310} {310}")]
    [InlineData("a APPEND Sent {310}\r\nx")]
    [InlineData("a APPEND Sent {-100}")]
    [InlineData("a APPEND Sent {310")]
    [InlineData("a APPEND Sent {}")]
    [InlineData("a APPEND Sent {+}")]
    [InlineData("a APPEND Sent {3 10}")]
    [InlineData("a APPEND Sent {310-}")]
    [InlineData("a APPEND Sent \"30-Feb-2026 00:00:00 +0000\" {310}")]
    [InlineData("a APPEND Sent \"07-Feb-2026 24:00:00 +0000\" {310}")]
    [InlineData("a APPEND Sent \"07-Feb-2026 00:60:00 +0000\" {310}")]
    [InlineData("a APPEND Sent \"07-Feb-2026 00:00:00 +9900\" {310}")]
    [InlineData("a APPEND Sent \"07-Feb-2026 00:00:00 UTC\" {310}")]
    [InlineData("a APPEND Sent \"07-Feb-2026 00:00:00\" {310}")]
    [InlineData("a APPEND Sent \"\" {310}")]
    public void What_is_no_append_is_malformed(string text)
    {
        Assert.Equal("a", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Fact]
    public void The_last_second_of_a_leap_day_and_the_outermost_zones_are_dates()
    {
        foreach (var date in new[] { "31-Dec-2016 23:59:60 +0000", "01-Jan-0001 00:00:00 +1759", "31-Dec-9998 23:59:59 -1759" })
            Assert.IsType<ImapCommand.Append>(Wire.Parse($"a APPEND x \"{date}\" {{1}}"));
    }

    [Theory]
    [InlineData("", AppendRest.End, 0)]
    [InlineData("  ", AppendRest.End, 0)]
    [InlineData(" {10}", AppendRest.Message, 10)]
    [InlineData(" (\\Seen) \"07-Feb-2026 12:00:00 +0000\" {10+}", AppendRest.Message, 10)]
    [InlineData("{10}", AppendRest.Malformed, 0)]
    [InlineData(" x", AppendRest.Malformed, 0)]
    [InlineData("x", AppendRest.Malformed, 0)]
    public void Behind_a_message_stands_the_end_or_another(string text, AppendRest expected, long size)
    {
        Assert.Equal(expected, ImapParser.ParseAppendRest(Wire.Octets(text), ImapLimits.Default, out var next));
        Assert.Equal(size, next?.SizeBytes ?? 0);
    }
}
