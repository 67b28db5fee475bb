using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class MailArgumentTests
{
    private static readonly Mailbox Sender = new("a", "b.example");

    [Fact]
    public void Parameters_are_read_in_any_case_and_order()
    {
        Assert.Equal(
            new MailArgument(Sender, 1000, EightBit: true, SmtpUtf8: true),
            Read("FROM:<a@b.example> smtputf8 BODY=8bitMIME size=1000"));
    }

    [Theory]
    [InlineData("FROM:<a@b.example>")]
    [InlineData("from: <a@b.example>")]
    [InlineData("From:  <a@b.example>")]
    public void A_blank_before_the_path_is_borne(string argument)
    {
        Assert.Equal(new MailArgument(Sender, null, false, false), Read(argument));
    }

    [Fact]
    public void The_null_sender_is_null()
    {
        Assert.Null(Read("FROM:<>").From);
    }

    [Theory]
    [InlineData("TO:<a@b.example>", 501)]
    [InlineData("FROM", 501)]
    [InlineData("FROM:", 501)]
    [InlineData("FROM:a@b.example", 501)]
    [InlineData("FROM:<a>", 553)]
    [InlineData("FROM:<@c.example:a@b.example>", 553)]
    [InlineData("FROM:<a@b.example>SIZE=1", 501)]
    [InlineData("FROM:<a@b.example> SIZE=", 501)]
    [InlineData("FROM:<a@b.example> SIZE=1x", 501)]
    [InlineData("FROM:<a@b.example> SIZE=-1", 501)]
    [InlineData("FROM:<a@b.example> SIZE=1 SIZE=2", 501)]
    [InlineData("FROM:<a@b.example> SIZE=1001", 552)]
    [InlineData("FROM:<a@b.example> SIZE=99999999999999999999", 552)]
    [InlineData("FROM:<a@b.example> BODY=BINARYMIME", 501)]
    [InlineData("FROM:<a@b.example> SMTPUTF8=1", 501)]
    [InlineData("FROM:<a@b.example> RET=FULL", 555)]
    [InlineData("FROM:<a@b.example> AUTH=<>", 555)]
    [InlineData("FROM:<ü@b.example>", 553)]
    public void What_cannot_be_taken_is_refused_with_its_code(string argument, int code)
    {
        Assert.False(MailArgument.TryParse(Encoding.UTF8.GetBytes(argument), true, 1000, out _, out var rejected));
        Assert.Equal(code, rejected.Code);
    }

    [Fact]
    public void After_HELO_there_are_no_parameters()
    {
        Assert.False(MailArgument.TryParse("FROM:<> SIZE=1"u8, extended: false, 1000, out _, out var rejected));
        Assert.Equal(555, rejected.Code);
    }

    [Theory]
    [InlineData("TO:<a@b.example>", true, 0)]
    [InlineData("TO: <a@b.example>", true, 0)]
    [InlineData("to:<Postmaster>", true, 0)]
    [InlineData("TO:<>", true, 501)]
    [InlineData("TO:<a@b.example", true, 501)]
    [InlineData("TO:<a@b.example> NOTIFY=NEVER", true, 555)]
    [InlineData("TO:<@c.example:a@b.example>", true, 550)]
    [InlineData("TO:<ü@b.example>", true, 0)]
    [InlineData("TO:<ü@b.example>", false, 553)]
    public void A_recipient_is_read_or_refused_with_its_code(string argument, bool utf8, int code)
    {
        var taken = RcptArgument.TryParse(Encoding.UTF8.GetBytes(argument), utf8, out _, out var rejected);

        Assert.Equal(code, taken ? 0 : rejected.Code);
    }

    [Theory]
    [InlineData("0", 0, false)]
    [InlineData("86 LAST", 86, true)]
    [InlineData("86 last", 86, true)]
    public void A_chunk_says_its_size(string argument, long size, bool last)
    {
        Assert.True(BdatArgument.TryParse(Encoding.ASCII.GetBytes(argument), out var bdat));
        Assert.Equal(new BdatArgument(size, last), bdat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("LAST")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1x")]
    [InlineData("1 LASTLY")]
    [InlineData("1 LAST LAST")]
    [InlineData("99999999999999999999")]
    public void A_chunk_whose_size_is_unclear_is_no_chunk(string argument)
    {
        Assert.False(BdatArgument.TryParse(Encoding.ASCII.GetBytes(argument), out _));
    }

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("[192.0.2.1]", true)]
    [InlineData("MY_PC", true)]
    [InlineData("a b", false)]
    [InlineData("", false)]
    [InlineData("ü.example", false)]
    public void The_name_of_a_client_is_one_word(string argument, bool taken)
    {
        Assert.Equal(taken, HeloArgument.TryParse(Encoding.UTF8.GetBytes(argument), out _));
    }

    private static MailArgument Read(string argument)
    {
        Assert.True(MailArgument.TryParse(Encoding.UTF8.GetBytes(argument), true, 1000, out var mail, out var rejected), $"{rejected}");
        return mail;
    }
}
