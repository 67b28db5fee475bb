using System.Text;
using CsCheck;
using Mailreeve.Protocols.Imap;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Imap;

public class ImapWriterTests
{
    public static TheoryData<ImapReply, string> Replies => new()
    {
        { ImapReply.Ok("Done"), "a OK Done\r\n" },
        { ImapReply.No("No such mailbox", ResponseCode.TryCreate), "a NO [TRYCREATE] No such mailbox\r\n" },
        { ImapReply.No("Mailbox is full", ResponseCode.OverQuota), "a NO [OVERQUOTA] Mailbox is full\r\n" },
        { ImapReply.No("Unknown charset", ResponseCode.BadCharset), "a NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset\r\n" },
        { ImapReply.Bad(""), "a BAD -\r\n" },
        { ImapReply.Bye("Closing"), "* BYE Closing\r\n" },
        { ImapReply.Ok("Hello", new ResponseCode.Capability("IMAP4rev1 IDLE")), "a OK [CAPABILITY IMAP4rev1 IDLE] Hello\r\n" },
        {
            ImapReply.Ok("Kept", new ResponseCode.PermanentFlags(new(SystemFlags.Seen | SystemFlags.Answered, ["$Junk"]), AllowsNew: true)),
            "a OK [PERMANENTFLAGS (\\Answered \\Seen $Junk \\*)] Kept\r\n"
        },
        { ImapReply.Ok("x", new ResponseCode.PermanentFlags(ImapFlags.None, AllowsNew: false)), "a OK [PERMANENTFLAGS ()] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.UidNext(4294967295)), "a OK [UIDNEXT 4294967295] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.UidValidity(7)), "a OK [UIDVALIDITY 7] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.Unseen(3)), "a OK [UNSEEN 3] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.HighestModSeq(9223372036854775807)), "a OK [HIGHESTMODSEQ 9223372036854775807] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.AppendUid(7, [10, 11, 13])), "a OK [APPENDUID 7 10:11,13] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.CopyUid(7, [5, 3, 4], [10, 11, 12])), "a OK [COPYUID 7 5,3:4 10:12] x\r\n" },
        { ImapReply.Ok("x", new ResponseCode.Modified([7, 9])), "a OK [MODIFIED 7,9] x\r\n" },
    };

    [Theory, MemberData(nameof(Replies))]
    public void A_reply_is_tag_condition_code_and_text(ImapReply reply, string expected)
    {
        Assert.Equal(expected, Wire.Written(w => w.Reply("a", reply)));
    }

    [Fact]
    public void What_a_client_sent_cannot_become_a_second_response()
    {
        var echoed = Wire.Written(w => w.Reply("a\r\nb", ImapReply.No("x\r\n* BYE \u001b[31m ü\0")));

        Assert.Equal("a??b NO x??* BYE ?[31m ??\r\n", echoed);
    }

    [Fact]
    public void A_text_has_a_limit()
    {
        Assert.True(Wire.Written(w => w.Reply(ImapReply.No(new string('x', 10_000)))).Length < 600);
    }

    [Fact]
    public void Status_responses_and_continuations()
    {
        Assert.Equal("* OK Still here\r\n", Wire.Written(w => w.Reply(ImapReply.Ok("Still here"))));
        Assert.Equal("+ idling\r\n", Wire.Written(w => w.Continue("idling"u8)));
        Assert.Equal("+ \r\n", Wire.Written(w => w.Continue(default)));
        Assert.Equal("* 23 EXISTS\r\n", Wire.Written(w => w.Untagged(23, "EXISTS"u8)));
        Assert.Equal("* ENABLED CONDSTORE\r\n", Wire.Written(w => w.Untagged("ENABLED CONDSTORE"u8)));
        Assert.Equal("* FLAGS (\\Flagged \\Draft a b)\r\n", Wire.Written(w => w.Flags(new(SystemFlags.Flagged | SystemFlags.Draft, ["a", "b"]))));
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("a\r\nb", "{4}\r\na\r\nb")]
    [InlineData("\u00fc", "{1}\r\n\u00fc")]
    [InlineData("\t", "{1}\r\n\t")]
    public void A_string_is_quoted_where_that_is_possible(string octets, string expected)
    {
        Assert.Equal(expected, Wire.Written(w => w.String(Wire.Octets(octets))));
    }

    [Fact]
    public void Long_strings_are_literals_and_null_is_nil()
    {
        Assert.StartsWith("{513}\r\n", Wire.Written(w => w.String(new byte[513].AsSpan())), StringComparison.Ordinal);
        Assert.Equal("NIL", Wire.Written(w => w.Nstring(null)));
        Assert.Equal("{2}\r\n\u00c3\u00bc", Wire.Written(w => w.Nstring("ü")));
    }

    [Fact]
    public void What_is_written_as_a_string_is_read_as_the_same()
    {
        Gen.String.Where(s => !s.Contains('\0', StringComparison.Ordinal)).Sample(text =>
        {
            var valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            var login = Wire.Written(w => w.Text("a LOGIN "u8).String(text).Text(" "u8).String(text));
            return Wire.Parse(login) == new ImapCommand.Login("a", valid, valid);
        });
    }

    [Theory]
    [InlineData("INBOX", "\"INBOX\"")]
    [InlineData("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"")]
    [InlineData("Entwürfe & mehr", "\"Entw&APw-rfe &- mehr\"")]
    public void A_mailbox_name_is_quoted_and_in_modified_utf7(string name, string expected)
    {
        Assert.Equal(expected, Wire.Written(w => w.Mailbox(name)));
    }

    [Theory]
    [InlineData("1", new uint[] { 1 })]
    [InlineData("1:5,7", new uint[] { 1, 2, 3, 4, 5, 7 })]
    [InlineData("5,3:4,1", new uint[] { 5, 3, 4, 1 })]
    [InlineData("4294967294:4294967295,1", new uint[] { 4294967294, 4294967295, 1 })]
    public void Numbers_become_ranges_in_their_order(string expected, uint[] numbers)
    {
        Assert.Equal(expected, Wire.Written(w => w.Set(numbers)));
    }

    [Fact]
    public void Search_results_in_every_form()
    {
        uint[] found = [2, 3, 4, 9];

        Assert.Equal("* SEARCH 2 3 4 9\r\n", Wire.Written(w => w.Search(found)));
        Assert.Equal("* SEARCH\r\n", Wire.Written(w => w.Search([], 5)));
        Assert.Equal("* SEARCH 2 3 4 9 (MODSEQ 917162500)\r\n", Wire.Written(w => w.Search(found, 917162500)));
        Assert.Equal("* SORT 9 2\r\n", Wire.Written(w => w.Sort([9, 2])));
        Assert.Equal("* ESEARCH (TAG \"a\") UID ALL 2:4,9\r\n", Wire.Written(w => w.ESearch("a", true, SearchReturn.All, found)));
        Assert.Equal(
            "* ESEARCH (TAG \"a\") MIN 2 MAX 9 COUNT 4 MODSEQ 12\r\n",
            Wire.Written(w => w.ESearch("a", false, SearchReturn.Min | SearchReturn.Max | SearchReturn.Count, found, 12)));
        Assert.Equal("* ESEARCH (TAG \"a\")\r\n", Wire.Written(w => w.ESearch("a", false, SearchReturn.Min | SearchReturn.Max | SearchReturn.All, [])));
        Assert.Equal("* ESEARCH (TAG \"a\") COUNT 0\r\n", Wire.Written(w => w.ESearch("a", false, SearchReturn.Count | SearchReturn.All, [])));
    }

    [Fact]
    public void List_tells_attributes_and_use()
    {
        Assert.Equal(
            "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" \"Sent\"\r\n",
            Wire.Written(w => w.List("Sent", ListAttributes.HasNoChildren | ListAttributes.Subscribed, SpecialUse.Sent)));
        Assert.Equal(
            "* LIST (\\NonExistent) \"/\" \"a\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
            Wire.Written(w => w.List("a", ListAttributes.NonExistent, hasSubscribedChild: true)));
        Assert.Equal("* LIST () \".\" \"a\"\r\n", Wire.Written(w => w.List("a", ListAttributes.None, delimiter: '.')));
        Assert.Equal("* LSUB (\\Noselect) \"/\" \"a\"\r\n", Wire.Written(w => w.Lsub("a", ListAttributes.NoSelect)));
        Assert.Equal("* LIST (\\Noselect) \"/\" \"\"\r\n", Wire.Written(w => w.ListDelimiter()));
    }

    [Fact]
    public void Status_tells_what_was_asked_for()
    {
        var figures = new StatusFigures
        {
            Messages = 231, Recent = 1, UidNext = 44292, UidValidity = 7, Unseen = 2, SizeBytes = 5_000_000_000, HighestModSeq = 9, Deleted = 3,
            AppendLimitBytes = 26_214_400,
        };

        Assert.Equal("* STATUS \"a\" (MESSAGES 231 UNSEEN 2)\r\n", Wire.Written(w => w.Status("a", StatusItems.Messages | StatusItems.Unseen, figures)));
        Assert.Equal("* STATUS \"a\" ()\r\n", Wire.Written(w => w.Status("a", StatusItems.None, figures)));
        Assert.Equal(
            "* STATUS \"a\" (MESSAGES 231 RECENT 1 UIDNEXT 44292 UIDVALIDITY 7 UNSEEN 2 SIZE 5000000000 HIGHESTMODSEQ 9 DELETED 3 APPENDLIMIT 26214400)\r\n",
            Wire.Written(w => w.Status("a", (StatusItems)511, figures)));
    }

    [Fact]
    public void Quota_is_told_in_units_of_1024_and_never_too_well()
    {
        Assert.Equal("* QUOTA \"\" (STORAGE 2 25600)\r\n", Wire.Written(w => w.Quota("", 1025, 26_214_400)));
        Assert.Equal("* QUOTA \"\" ()\r\n", Wire.Written(w => w.Quota("", 1025, null)));
        Assert.Equal("* QUOTAROOT \"INBOX\" \"\"\r\n", Wire.Written(w => w.QuotaRoot("INBOX", "")));
    }

    [Fact]
    public void Id_tells_fields()
    {
        Assert.Equal("* ID (\"name\" \"Mailreeve\" \"os\" NIL)\r\n", Wire.Written(w => w.Id([new("name", "Mailreeve"), new("os", null)])));
    }

    [Fact]
    public void A_fetch_response_divides_its_items_by_blanks()
    {
        var written = Wire.Written(w =>
        {
            var response = new FetchResponse(w, 12);
            response.Uid(345);
            response.Flags(SystemFlags.Seen | SystemFlags.Recent, "$Junk x");
            response.Size(4286);
            response.InternalDate(Instant.FromUtc(2026, 7, 7, 2, 44, 25));
            response.SaveDate(Instant.FromUtc(2026, 12, 17, 23, 59, 59));
            response.ModSeq(624140003);
            response.Envelope("(NIL)"u8);
            response.Section(new([1], SectionText.All, [], new(393216, 393216), Peek: true), default);
            response.SectionOf(new([], SectionText.All, [], null, Peek: false), 3);
            w.Text("a\r\n"u8);
            response.End();
        });

        Assert.Equal(
            "* 12 FETCH (UID 345 FLAGS (\\Seen \\Recent $Junk x) RFC822.SIZE 4286 INTERNALDATE \" 7-Jul-2026 02:44:25 +0000\" "
            + "SAVEDATE \"17-Dec-2026 23:59:59 +0000\" MODSEQ (624140003) ENVELOPE (NIL) BODY[1]<393216> \"\" BODY[] {3}\r\na\r\n)\r\n",
            written);
    }

    [Fact]
    public void A_fetch_response_without_items_is_none()
    {
        Assert.Equal("", Wire.Written(w => new FetchResponse(w, 1).End()));
        Assert.Equal("* 1 FETCH (FLAGS ())\r\n", Wire.Written(w =>
        {
            var response = new FetchResponse(w, 1);
            response.Flags(SystemFlags.None, "");
            response.End();
        }));
    }

    [Theory]
    [InlineData("BODY[]", "BODY[]")]
    [InlineData("BODY.PEEK[TEXT]", "BODY[TEXT]")]
    [InlineData("BODY[1.2.HEADER]<5.6>", "BODY[1.2.HEADER]<5>")]
    [InlineData("BODY[1.MIME]", "BODY[1.MIME]")]
    [InlineData("BODY[HEADER.FIELDS (From \"To\")]", "BODY[HEADER.FIELDS (From To)]")]
    [InlineData("BODY[3.HEADER.FIELDS.NOT (\"a b\" {3}\r\n\r\n*)]", "BODY[3.HEADER.FIELDS.NOT (\"a b\" {3}\r\n\r\n*)]")]
    [InlineData("RFC822", "RFC822")]
    [InlineData("RFC822.HEADER", "RFC822.HEADER")]
    [InlineData("RFC822.TEXT", "RFC822.TEXT")]
    public void A_section_is_answered_under_the_name_it_was_asked_for(string asked, string answered)
    {
        var fetch = Assert.IsType<ImapCommand.Fetch>(Wire.Parse($"a FETCH 1 {asked}"));

        Assert.Equal(answered, Wire.Written(w => w.Section(fetch.Sections[0])));
    }

    [Fact]
    public void Every_day_that_is_written_is_read_as_the_same()
    {
        Gen.Long[0, 4_000_000_000].Select(Instant.FromUnixTimeSeconds).Sample(instant =>
            Wire.Parse(Wire.Written(w => w.Text("a APPEND x "u8).DateTime(instant).Text(" {1}"u8)))
                == new ImapCommand.Append("a", "x", new(ImapFlags.None, instant, 1)));
    }
}
