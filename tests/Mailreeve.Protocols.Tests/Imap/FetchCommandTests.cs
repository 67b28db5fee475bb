using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class FetchCommandTests
{
    private static readonly ImapCommand.Fetch One = new("a", false, Wire.Set(1), FetchItems.None, [], null);

    private static readonly FetchSection Whole = new([], SectionText.All, [], null, Peek: false);

    public static TheoryData<string, ImapCommand> Commands => new()
    {
        { "a FETCH 1 FAST", One with { Items = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size } },
        { "a FETCH 1 all", One with { Items = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size | FetchItems.Envelope } },
        { "a FETCH 1 FULL", One with { Items = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size | FetchItems.Envelope | FetchItems.Body } },
        {
            "a FETCH 1 (UID FLAGS RFC822.SIZE BODYSTRUCTURE ENVELOPE INTERNALDATE MODSEQ SAVEDATE BODY)",
            One with
            {
                Items = FetchItems.Uid | FetchItems.Flags | FetchItems.Size | FetchItems.BodyStructure | FetchItems.Envelope
                    | FetchItems.InternalDate | FetchItems.ModSeq | FetchItems.SaveDate | FetchItems.Body,
            }
        },
        { "a FETCH $ FLAGS", One with { Messages = SequenceSet.Saved, Items = FetchItems.Flags } },
        { "a UID FETCH 1:* (FLAGS)", One with { ByUid = true, Messages = Wire.Range(1, 0), Items = FetchItems.Uid | FetchItems.Flags } },
        { "a FETCH 1 BODY[]", One with { Sections = [Whole] } },
        { "a FETCH 1 body.peek[]", One with { Sections = [Whole with { Peek = true }] } },
        { "a FETCH 1 RFC822", One with { Sections = [Whole with { Name = SectionName.Rfc822 }] } },
        { "a FETCH 1 RFC822.HEADER", One with { Sections = [Whole with { Text = SectionText.Header, Peek = true, Name = SectionName.Rfc822Header }] } },
        { "a FETCH 1 RFC822.TEXT", One with { Sections = [Whole with { Text = SectionText.Text, Name = SectionName.Rfc822Text }] } },
        { "a FETCH 1 BODY[HEADER]", One with { Sections = [Whole with { Text = SectionText.Header }] } },
        { "a FETCH 1 BODY[TEXT]<0.10>", One with { Sections = [Whole with { Text = SectionText.Text, Partial = new(0, 10) }] } },
        { "a FETCH 1 BODY[1]", One with { Sections = [Whole with { Part = [1] }] } },
        { "a FETCH 1 BODY[1.2.3.MIME]", One with { Sections = [Whole with { Part = [1, 2, 3], Text = SectionText.Mime }] } },
        { "a FETCH 1 BODY[4.1.HEADER]", One with { Sections = [Whole with { Part = [4, 1], Text = SectionText.Header }] } },
        { "a FETCH 1 BODY[HEADER.FIELDS (Date \"From\")]", One with { Sections = [Whole with { Text = SectionText.HeaderFields, Fields = ["Date", "From"] }] } },
        {
            "a FETCH 1 (BODY[1.HEADER.FIELDS.NOT (Received)]<5.6> BODY.PEEK[2] UID)",
            One with
            {
                Items = FetchItems.Uid,
                Sections =
                [
                    Whole with { Part = [1], Text = SectionText.HeaderFieldsNot, Fields = ["Received"], Partial = new(5, 6) },
                    Whole with { Part = [2], Peek = true },
                ],
            }
        },
        { "a FETCH 1 FLAGS (CHANGEDSINCE 5)", One with { Items = FetchItems.Flags | FetchItems.ModSeq, ChangedSince = 5 } },
    };

    // As the clients send them, tags and all but the numbers.
    public static TheoryData<string, ImapCommand> OfClients => new()
    {
        // Thunderbird
        {
            "12 UID fetch 7:9 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received)])",
            new ImapCommand.Fetch(
                "12", true, Wire.Range(7, 9), FetchItems.Uid | FetchItems.Size | FetchItems.Flags,
                [
                    new FetchSection(
                        [], SectionText.HeaderFields,
                        [
                            "From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "Priority", "X-Priority", "References", "Newsgroups",
                            "In-Reply-To", "Content-Type", "Reply-To", "Received",
                        ],
                        null, Peek: true),
                ], null)
        },
        {
            "13 UID fetch 9 (BODY.PEEK[1]<393216.393216>)",
            new ImapCommand.Fetch("13", true, Wire.Set(9), FetchItems.Uid, [new([], SectionText.All, [], null, true) { Part = [1], Partial = new(393216, 393216) }], null)
        },
        // Roundcube
        {
            "A0005 UID FETCH 9 (UID RFC822.SIZE FLAGS INTERNALDATE BODYSTRUCTURE BODY.PEEK[TEXT])",
            new ImapCommand.Fetch(
                "A0005", true, Wire.Set(9), FetchItems.Uid | FetchItems.Size | FetchItems.Flags | FetchItems.InternalDate | FetchItems.BodyStructure,
                [new([], SectionText.Text, [], null, true)], null)
        },
        // imapflow
        {
            "D FETCH 1:* (UID FLAGS MODSEQ ENVELOPE)",
            new ImapCommand.Fetch("D", false, Wire.Range(1, 0), FetchItems.Uid | FetchItems.Flags | FetchItems.ModSeq | FetchItems.Envelope, [], null)
        },
        // iOS
        {
            "7 UID FETCH 1:* (FLAGS UID) (CHANGEDSINCE 0)",
            new ImapCommand.Fetch("7", true, Wire.Range(1, 0), FetchItems.Flags | FetchItems.Uid | FetchItems.ModSeq, [], 0)
        },
    };

    [Theory, MemberData(nameof(Commands)), MemberData(nameof(OfClients))]
    public void Fetch_is_read(string text, ImapCommand expected)
    {
        Assert.Equal(expected, Wire.Parse(text));
    }

    [Theory]
    [InlineData("a FETCH 1")]
    [InlineData("a FETCH 1 ()")]
    [InlineData("a FETCH 1 (FLAGS")]
    [InlineData("a FETCH 1 (FLAGS ALL)")]
    [InlineData("a FETCH 1 (ALL)")]
    [InlineData("a FETCH 1 BINARY[1]")]
    [InlineData("a FETCH 1 EMAILID")]
    [InlineData("a FETCH 1 BODY.PEEK")]
    [InlineData("a FETCH 1 BODY[")]
    [InlineData("a FETCH 1 BODY[]x")]
    [InlineData("a FETCH 1 BODY[MIME]")]
    [InlineData("a FETCH 1 BODY[0]")]
    [InlineData("a FETCH 1 BODY[1.]")]
    [InlineData("a FETCH 1 BODY[.1]")]
    [InlineData("a FETCH 1 BODY[1TEXT]")]
    [InlineData("a FETCH 1 BODY[99999999999]")]
    [InlineData("a FETCH 1 BODY[HEADER.FIELDS]")]
    [InlineData("a FETCH 1 BODY[HEADER.FIELDS ()]")]
    [InlineData("a FETCH 1 BODY[HEADER.FIELDS (a]")]
    [InlineData("a FETCH 1 BODY[]<0>")]
    [InlineData("a FETCH 1 BODY[]<0.0>")]
    [InlineData("a FETCH 1 BODY[]<-1.5>")]
    [InlineData("a FETCH 1 BODY[]<0.99999999999999999999>")]
    [InlineData("a FETCH 0 FLAGS")]
    [InlineData("a FETCH 1: FLAGS")]
    [InlineData("a FETCH 1,,2 FLAGS")]
    [InlineData("a FETCH 1, FLAGS")]
    [InlineData("a FETCH -1 FLAGS")]
    [InlineData("a FETCH 4294967296 FLAGS")]
    [InlineData("a FETCH 1:2:3 FLAGS")]
    [InlineData("a FETCH 1 FLAGS (CHANGEDSINCE)")]
    [InlineData("a FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)")]
    [InlineData("a FETCH 1 FLAGS (CHANGEDSINCE 9223372036854775808)")]
    [InlineData("a FETCH 1 FLAGS (PARTIAL 1:2)")]
    public void What_cannot_be_read_is_malformed(string text)
    {
        Assert.Equal("a", Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text)).Tag);
    }

    [Fact]
    public void A_section_is_as_deep_as_allowed_and_no_deeper()
    {
        Assert.IsType<ImapCommand.Fetch>(Wire.Parse($"a FETCH 1 BODY[{string.Join('.', Enumerable.Repeat(1, 100))}]"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse($"a FETCH 1 BODY[{string.Join('.', Enumerable.Repeat(1, 101))}]"));
    }
}
