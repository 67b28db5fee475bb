using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class EnvelopeTests
{
    [Fact]
    public void All_ten_fields_are_there()
    {
        var summary = SomeMail.Summary("""
            Date: Tue, 1 Jul 2025 10:00:00 +0200
            Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and "quotes"
            From: "Ada \"A\" L." <ada@a.example>
            Sender: desk@a.example
            Reply-To: Answers <answers@a.example>
            To: bob@b.example (Bob B.), <carol@c.example>
            Cc: dan@d.example
            Bcc: eve@e.example
            In-Reply-To: <0@b.example>
            Message-ID: <1@a.example>

            """);

        Assert.Equal(
            "(\"Tue, 1 Jul 2025 10:00:00 +0200\" \"=?utf-8?q?Gr=C3=BC=C3=9Fe?= and \\\"quotes\\\"\""
            + " ((\"Ada \\\"A\\\" L.\" NIL \"ada\" \"a.example\")) ((NIL NIL \"desk\" \"a.example\")) ((\"Answers\" NIL \"answers\" \"a.example\"))"
            + " ((\"Bob B.\" NIL \"bob\" \"b.example\")(NIL NIL \"carol\" \"c.example\")) ((NIL NIL \"dan\" \"d.example\"))"
            + " ((NIL NIL \"eve\" \"e.example\")) \"<0@b.example>\" \"<1@a.example>\")",
            SomeMail.Text(summary.Envelope));
    }

    [Fact]
    public void A_message_without_header_has_an_envelope_of_NILs() =>
        Assert.Equal("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", SomeMail.Text(SomeMail.Summary("").Envelope));

    [Theory]
    [InlineData("")]
    [InlineData("Sender:\nReply-To: \n")]
    [InlineData("Sender: ,\nReply-To: <>\n")]
    public void Without_Sender_and_Reply_To_they_are_From(string header) =>
        Assert.Equal(
            "(NIL NIL ((NIL NIL \"a\" \"a.example\")) ((NIL NIL \"a\" \"a.example\")) ((NIL NIL \"a\" \"a.example\")) NIL NIL NIL NIL NIL)",
            SomeMail.Text(SomeMail.Summary($"From: a@a.example\n{header}\n").Envelope));

    [Theory]
    [InlineData("a@a.example", """((NIL NIL "a" "a.example"))""")]
    [InlineData("a b <a@a.example>, \"B, c\" <b@b.example>", """(("a b" NIL "a" "a.example")("B, c" NIL "b" "b.example"))""")]
    [InlineData("=?utf-8?q?a?= =?utf-8?q?b?=\n <a@a.example>", """(("=?utf-8?q?a?= =?utf-8?q?b?=" NIL "a" "a.example"))""")]
    [InlineData("undisclosed-recipients:;", """((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL))""")]
    [InlineData(
        "The team: a@a.example, B <b@b.example>;, c@c.example",
        """((NIL NIL "The team" NIL)(NIL NIL "a" "a.example")("B" NIL "b" "b.example")(NIL NIL NIL NIL)(NIL NIL "c" "c.example"))""")]
    [InlineData("Open: a@a.example", """((NIL NIL "Open" NIL)(NIL NIL "a" "a.example")(NIL NIL NIL NIL))""")]
    [InlineData("a@a.example <a@a.example>", """(("a@a.example" NIL "a" "a.example"))""")]
    [InlineData("a @ a.example (A (the first))", """(("A (the first)" NIL "a" "a.example"))""")]
    [InlineData("<@r.example,@s.example:a@a.example>", """((NIL "@r.example,@s.example" "a" "a.example"))""")]
    [InlineData("\"a b\"@a.example", """((NIL NIL "a b" "a.example"))""")]
    [InlineData("\"a@b\"@a.example", """((NIL NIL "a@b" "a.example"))""")]
    [InlineData("<a@[IPv6:2001:db8::1]>, a@[192.0.2.1]", """((NIL NIL "a" "[IPv6:2001:db8::1]")(NIL NIL "a" "[192.0.2.1]"))""")]
    [InlineData("a@[IPv6:2001:db8::1]", """((NIL NIL "a" "[IPv6:2001:db8::1]"))""")]
    [InlineData("postmaster", """((NIL NIL "postmaster" ""))""")]
    [InlineData("Nobody <>", """(("Nobody" NIL "" ""))""")]
    [InlineData("<a@a.example", """((NIL NIL "a" "a.example"))""")]
    [InlineData("<a@a.example, b@b.example", """((NIL NIL "a" "a.example")(NIL NIL "b" "b.example"))""")]
    [InlineData(",, ;", "NIL")]
    [InlineData("(only a comment)", "NIL")]
    [InlineData("", "NIL")]
    public void Addresses_are_read_as_mail_has_them(string to, string list)
    {
        var envelope = SomeMail.Text(SomeMail.Summary($"To: {to}\n\n").Envelope);

        Assert.Equal($"(NIL NIL NIL NIL NIL {list} NIL NIL NIL NIL)", envelope);
    }

    [Fact]
    public void Of_thousands_of_addresses_the_first_thousand_are_listed()
    {
        var to = string.Join(",\n ", Enumerable.Range(0, 5000).Select(n => $"Person {n} <p{n}@a.example>"));

        var envelope = ImapList.Read(SomeMail.Summary($"To: {to}\n\n").Envelope);

        Assert.Equal(1000, Assert.IsType<object?[]>(envelope[5]).Length);
    }

    [Fact]
    public void A_folded_subject_is_one_line_and_eight_bit_ones_are_literals()
    {
        Assert.Equal("one  two three", ImapList.Read(SomeMail.Summary("Subject: one\n  two\n\tthree\n\n").Envelope)[1]);
        Assert.StartsWith("(NIL {6}\r\nGr\u00FC\u00DF ", SomeMail.Text(SomeMail.Summary("Subject: Gr\u00FC\u00DF\n\n").Envelope));
        Assert.Equal("", ImapList.Read(SomeMail.Summary("Subject:\n\n").Envelope)[1]);
        Assert.Equal("ab", ImapList.Read(SomeMail.Summary("Subject: a\0b\n\n").Envelope)[1]);
    }

    [Fact]
    public void A_long_header_is_cut_and_still_an_envelope()
    {
        var summary = SomeMail.Summary($"Subject: {new string('x', 1 << 20)}\nFrom: {new string('y', 1 << 20)}\n\n");

        var envelope = ImapList.Read(summary.Envelope);

        Assert.Equal(MessageLimits.Default.FieldBytesMax, Assert.IsType<string>(envelope[1]).Length);
        Assert.True(summary.ToBytes().Length < 300_000);
    }

    [Fact]
    public void Sort_keys_are_in_upper_case()
    {
        var summary = SomeMail.Summary("""
            Date: Tue, 1 Jul 2025 23:30:00 -0500
            Subject: Re: [list] =?utf-8?q?Gr=C3=BC=C3=9Fe?= (fwd)
            From: "Ada" <ada@a.example>
            To: friends: bob@b.example;
            Cc: carol@c.example
            Message-ID: < "1"@a.example >
            References: <a@a.example> junk <b
             @b.example>

            """);

        Assert.Equal("GR\u00DC\u00DFE", SomeMail.Text(summary.BaseSubject));
        Assert.True(summary.IsReplyOrForward);
        Assert.Equal("ADA", SomeMail.Text(summary.FromMailbox));
        Assert.Equal("FRIENDS", SomeMail.Text(summary.ToMailbox));
        Assert.Equal("CAROL", SomeMail.Text(summary.CcMailbox));
        Assert.Equal("1@a.example", summary.MessageId);
        Assert.Equal(["a@a.example", "b@b.example"], summary.References);
        Assert.Equal("2025-07-01T23:30:00-05", summary.SentAt!.Value.ToString("uuuu'-'MM'-'dd'T'HH':'mm':'sso<g>", null));
    }

    [Fact]
    public void Without_References_the_first_of_In_Reply_To_counts()
    {
        Assert.Equal(["a@a.example"], SomeMail.Summary("In-Reply-To: Your mail <a@a.example> of <b@b.example>\n\n").References);
        Assert.Empty(SomeMail.Summary("In-Reply-To: your mail\nDate: never\n\n").References);
        Assert.Null(SomeMail.Summary("Date: never\n\n").SentAt);
        Assert.Null(SomeMail.Summary("Date: never\n\n").MessageId);
    }
}
