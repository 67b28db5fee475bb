using System.Text;
using Mailreeve.Protocols.PolicyDelegation;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.PolicyDelegation;

public class PolicyRequestTests
{
    private const string Rcpt =
        "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=2001:db8::7\nsender=kim@provider.example\n"
        + "recipient=lee@customer.example\nrecipient_count=0\ninstance=7b.5f\nsize=1234\nsasl_username=kim\nserver_mood=good\n";

    [Fact]
    public void What_is_asked_is_read_and_what_is_unknown_is_passed_over()
    {
        Assert.True(PolicyRequest.TryParse(Encoding.ASCII.GetBytes(Rcpt), out var request));

        Assert.Equal(PolicyStage.Rcpt, request.Stage);
        Assert.Equal("2001:db8::7", Encoding.ASCII.GetString(request.ClientAddress));
        Assert.Equal("kim@provider.example", Encoding.ASCII.GetString(request.Sender));
        Assert.Equal("lee@customer.example", Encoding.ASCII.GetString(request.Recipient));
        Assert.Equal("7b.5f", Encoding.ASCII.GetString(request.Instance));
        Assert.Equal("kim", Encoding.ASCII.GetString(request.SaslUserName));
        Assert.Equal(1234, request.SizeBytes);
        Assert.Equal(0, request.RecipientCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("protocol_state=RCPT\n")]
    [InlineData("request=junk_mail\n")]
    [InlineData("request=smtpd_access_policy\nno equals sign\n")]
    [InlineData("request=smtpd_access_policy\n=value\n")]
    [InlineData("request=smtpd_access_policy\nsize=-1\n")]
    [InlineData("request=smtpd_access_policy\nrecipient_count=many\n")]
    [InlineData("request=smtpd_access_policy\nrecipient_count=99999999999999999999\n")]
    [InlineData("request=smtpd_access_policy\nsender=x")]
    public void What_is_no_question_has_no_answer(string text) =>
        Assert.False(PolicyRequest.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Lines_and_their_number_have_a_limit()
    {
        var many = string.Concat(Enumerable.Range(0, PolicyRequest.AttributesMax).Select(i => $"name{i}=x\n"));
        var longLine = $"sender={new string('x', PolicyRequest.LineBytesMax)}\n";

        Assert.False(PolicyRequest.TryParse(Encoding.ASCII.GetBytes($"request=smtpd_access_policy\n{many}"), out _));
        Assert.False(PolicyRequest.TryParse(Encoding.ASCII.GetBytes($"request=smtpd_access_policy\n{longLine}"), out _));
    }

    [Fact]
    public void Requests_are_cut_at_their_empty_line()
    {
        var input = Encoding.ASCII.GetBytes($"{Rcpt}\n{Rcpt}");

        Assert.Equal(PolicyFrameStatus.Request, PolicyFramer.Next(input, out var length));
        Assert.Equal(Rcpt, Encoding.ASCII.GetString(input.AsSpan(0, length)));
        Assert.Equal(PolicyFrameStatus.NeedMore, PolicyFramer.Next(input.AsSpan(length + 1), out _));
        Assert.Equal(PolicyFrameStatus.TooLong, PolicyFramer.Next(new byte[PolicyRequest.BytesMax], out _));
    }

    [Fact]
    public void An_answer_is_one_line_whatever_is_in_it()
    {
        Assert.Equal("550 5.1.1 No such user here", PolicyAction.Refuse(Reply.C550NoSuchUser).Text);
        Assert.Equal("HOLD a?b?c", PolicyAction.Hold("a\nb\rc").Text);
        Assert.Equal(PolicyAction.TextBytesMax, PolicyAction.Prepend(new string('x', 1000)).Text.Length);
        Assert.Throws<ArgumentException>(() => PolicyAction.Refuse(Reply.C250Ok));
    }
}
