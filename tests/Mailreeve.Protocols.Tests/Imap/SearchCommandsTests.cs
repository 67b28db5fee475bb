using Mailreeve.Protocols.Imap;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Imap;

public class SearchCommandsTests
{
    private static readonly SearchKey Unseen = new SearchKey.Flag(SystemFlags.Seen, false);

    public static TheoryData<string, SearchKey> Keys => new()
    {
        { "ALL", new SearchKey.All() },
        { "answered", new SearchKey.Flag(SystemFlags.Answered, true) },
        { "UNANSWERED", new SearchKey.Flag(SystemFlags.Answered, false) },
        { "DELETED", new SearchKey.Flag(SystemFlags.Deleted, true) },
        { "UNDELETED", new SearchKey.Flag(SystemFlags.Deleted, false) },
        { "DRAFT", new SearchKey.Flag(SystemFlags.Draft, true) },
        { "UNDRAFT", new SearchKey.Flag(SystemFlags.Draft, false) },
        { "FLAGGED", new SearchKey.Flag(SystemFlags.Flagged, true) },
        { "UNFLAGGED", new SearchKey.Flag(SystemFlags.Flagged, false) },
        { "SEEN", new SearchKey.Flag(SystemFlags.Seen, true) },
        { "UNSEEN", Unseen },
        { "RECENT", new SearchKey.Flag(SystemFlags.Recent, true) },
        { "OLD", new SearchKey.Flag(SystemFlags.Recent, false) },
        { "NEW", new SearchKey.And([new SearchKey.Flag(SystemFlags.Recent, true), Unseen]) },
        { "KEYWORD $Junk", new SearchKey.Keyword("$Junk", true) },
        { "UNKEYWORD nonjunk", new SearchKey.Keyword("nonjunk", false) },
        { "FROM alice", new SearchKey.Envelope(EnvelopeField.From, "alice") },
        { "TO \"a b\"", new SearchKey.Envelope(EnvelopeField.To, "a b") },
        { "CC {3}\r\nx\"y", new SearchKey.Envelope(EnvelopeField.Cc, "x\"y") },
        { "BCC \"\"", new SearchKey.Envelope(EnvelopeField.Bcc, "") },
        { "SUBJECT {5+}\r\n\u00c3\u00bcber", new SearchKey.Envelope(EnvelopeField.Subject, "über") },
        { "HEADER Message-ID <x@a.example>", new SearchKey.Header("Message-ID", "<x@a.example>") },
        { "HEADER List-Id \"\"", new SearchKey.Header("List-Id", "") },
        { "BODY word", new SearchKey.Body("word") },
        { "TEXT NOT", new SearchKey.Text("NOT") },
        { "LARGER 0", new SearchKey.Larger(0) },
        { "SMALLER 5000000000", new SearchKey.Smaller(5_000_000_000) },
        { "BEFORE 1-Feb-2026", new SearchKey.Date(SearchDate.Internal, DateRelation.Before, new LocalDate(2026, 2, 1)) },
        { "ON \"29-feb-2024\"", new SearchKey.Date(SearchDate.Internal, DateRelation.On, new LocalDate(2024, 2, 29)) },
        { "SINCE 01-DEC-2025", new SearchKey.Date(SearchDate.Internal, DateRelation.Since, new LocalDate(2025, 12, 1)) },
        { "SENTBEFORE 1-Jan-2026", new SearchKey.Date(SearchDate.Sent, DateRelation.Before, new LocalDate(2026, 1, 1)) },
        { "SENTON 1-Jan-2026", new SearchKey.Date(SearchDate.Sent, DateRelation.On, new LocalDate(2026, 1, 1)) },
        { "SENTSINCE 1-Jan-2026", new SearchKey.Date(SearchDate.Sent, DateRelation.Since, new LocalDate(2026, 1, 1)) },
        { "SAVEDBEFORE 1-Jan-2026", new SearchKey.Date(SearchDate.Saved, DateRelation.Before, new LocalDate(2026, 1, 1)) },
        { "SAVEDON 1-Jan-2026", new SearchKey.Date(SearchDate.Saved, DateRelation.On, new LocalDate(2026, 1, 1)) },
        { "SAVEDSINCE 1-Jan-2026", new SearchKey.Date(SearchDate.Saved, DateRelation.Since, new LocalDate(2026, 1, 1)) },
        { "SAVEDATESUPPORTED", new SearchKey.SaveDateSupported() },
        { "YOUNGER 3600", new SearchKey.Younger(3600) },
        { "OLDER 1", new SearchKey.Older(1) },
        { "MODSEQ 0", new SearchKey.ModSeq(0) },
        { "MODSEQ \"/flags/\\\\draft\" all 620162338", new SearchKey.ModSeq(620162338) },
        { "UID 5:*", new SearchKey.Uid(Wire.Range(5, 0)) },
        { "UID $", new SearchKey.Uid(SequenceSet.Saved) },
        { "2,4", new SearchKey.Sequence(Wire.Set(2, 4)) },
        { "*", new SearchKey.Sequence(Wire.Set(0)) },
        { "$", new SearchKey.Sequence(SequenceSet.Saved) },
        { "NOT UNSEEN", new SearchKey.Not(Unseen) },
        { "OR UNSEEN NOT ALL", new SearchKey.Or(Unseen, new SearchKey.Not(new SearchKey.All())) },
        { "UNSEEN BODY x", new SearchKey.And([Unseen, new SearchKey.Body("x")]) },
        { "(UNSEEN)", Unseen },
        { "(UNSEEN (BODY x ALL))", new SearchKey.And([Unseen, new SearchKey.And([new SearchKey.Body("x"), new SearchKey.All()])]) },
        { "( UNSEEN )", Unseen },
    };

    [Theory, MemberData(nameof(Keys))]
    public void Every_key_is_read(string text, SearchKey expected)
    {
        Assert.Equal(new ImapCommand.Search("a", false, expected, null), Wire.Parse("a SEARCH " + text));
    }

    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a UID SEARCH CHARSET UTF-8 UNSEEN", new ImapCommand.Search("a", true, Unseen, null) },
        { "a SEARCH CHARSET \"us-ascii\" UNSEEN", new ImapCommand.Search("a", false, Unseen, null) },
        { "a SEARCH RETURN () UNSEEN", new ImapCommand.Search("a", false, Unseen, SearchReturn.All) },
        { "a SEARCH RETURN (MIN MAX COUNT) UNSEEN", new ImapCommand.Search("a", false, Unseen, SearchReturn.Min | SearchReturn.Max | SearchReturn.Count) },
        { "a UID SEARCH RETURN (SAVE ALL) CHARSET UTF-8 UNSEEN", new ImapCommand.Search("a", true, Unseen, SearchReturn.Save | SearchReturn.All) },
        { "a SORT (DATE) UTF-8 UNSEEN", new ImapCommand.Sort("a", false, [new(SortField.Date, false)], Unseen, null) },
        {
            "a UID SORT RETURN (COUNT) (REVERSE ARRIVAL SUBJECT from TO CC SIZE) US-ASCII UNSEEN",
            new ImapCommand.Sort(
                "a", true,
                [
                    new(SortField.Arrival, true), new(SortField.Subject, false), new(SortField.From, false), new(SortField.To, false),
                    new(SortField.Cc, false), new(SortField.Size, false),
                ], Unseen, SearchReturn.Count)
        },
        { "a THREAD REFERENCES UTF-8 UNSEEN", new ImapCommand.Thread("a", false, ThreadAlgorithm.References, Unseen) },
        { "a UID THREAD orderedsubject US-ASCII UNSEEN", new ImapCommand.Thread("a", true, ThreadAlgorithm.OrderedSubject, Unseen) },
        { "a SEARCH CHARSET KOI8-R TEXT x", new ImapCommand.BadCharset("a") },
        { "a SORT (DATE) ISO-8859-1 ALL", new ImapCommand.BadCharset("a") },
        { "a THREAD REFERENCES X-NONE ALL", new ImapCommand.BadCharset("a") },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Search_sort_and_thread_are_read(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a SEARCH")]
    [InlineData("a SEARCH CHARSET")]
    [InlineData("a SEARCH CHARSET UTF-8")]
    [InlineData("a SEARCH RETURN (UPDATE) ALL")]
    [InlineData("a SEARCH RETURN (PARTIAL 1:2) ALL")]
    [InlineData("a SEARCH RETURN (ALL")]
    [InlineData("a SEARCH RETURN (ALL)")]
    [InlineData("a SEARCH FROBNICATE")]
    [InlineData("a SEARCH ()")]
    [InlineData("a SEARCH (ALL")]
    [InlineData("a SEARCH ALL)")]
    [InlineData("a SEARCH (ALL))")]
    [InlineData("a SEARCH NOT")]
    [InlineData("a SEARCH OR ALL")]
    [InlineData("a SEARCH FROM")]
    [InlineData("a SEARCH FROM (x)")]
    [InlineData("a SEARCH HEADER x")]
    [InlineData("a SEARCH KEYWORD \\Seen")]
    [InlineData("a SEARCH LARGER x")]
    [InlineData("a SEARCH LARGER -1")]
    [InlineData("a SEARCH LARGER 99999999999999999999")]
    [InlineData("a SEARCH YOUNGER 0")]
    [InlineData("a SEARCH BEFORE 30-Feb-2026")]
    [InlineData("a SEARCH BEFORE 00-Jan-2026")]
    [InlineData("a SEARCH BEFORE 1-Jan-26")]
    [InlineData("a SEARCH BEFORE 1-Jan-0000")]
    [InlineData("a SEARCH BEFORE 1-Jan-9999")]
    [InlineData("a SEARCH BEFORE 1-Foo-2026")]
    [InlineData("a SEARCH BEFORE 1-Jan-20266")]
    [InlineData("a SEARCH BEFORE 001-Jan-2026")]
    [InlineData("a SEARCH BEFORE \"1-Jan-2026")]
    [InlineData("a SEARCH BEFORE 2026-01-01")]
    [InlineData("a SEARCH MODSEQ")]
    [InlineData("a SEARCH MODSEQ \"/flags/\\\\Seen\" some 1")]
    [InlineData("a SEARCH 0")]
    [InlineData("a SEARCH SUBJECT \"\u00ff\"")]
    [InlineData("a SORT DATE UTF-8 ALL")]
    [InlineData("a SORT () UTF-8 ALL")]
    [InlineData("a SORT (REVERSE) UTF-8 ALL")]
    [InlineData("a SORT (DISPLAYFROM) UTF-8 ALL")]
    [InlineData("a SORT (DATE) UTF-8")]
    [InlineData("a THREAD REFS UTF-8 ALL")]
    [InlineData("a THREAD REFERENCES UTF-8")]
    public void What_cannot_be_read_is_malformed(string text)
    {
        Assert.Equal("a", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Fact]
    public void Depth_and_number_of_keys_have_limits()
    {
        Assert.IsType<ImapCommand.Search>(Wire.Parse("a SEARCH " + new string('(', 32) + "ALL" + new string(')', 32)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("a SEARCH " + new string('(', 33) + "ALL" + new string(')', 33)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("a SEARCH " + string.Concat(Enumerable.Repeat("NOT ", 1_000_000)) + "ALL"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("a SEARCH " + new string('(', 1_000_000)));
        Assert.IsType<ImapCommand.Search>(Wire.Parse("a SEARCH" + string.Concat(Enumerable.Repeat(" ALL", 1000))));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("a SEARCH" + string.Concat(Enumerable.Repeat(" ALL", 1001))));
    }
}
