using CsCheck;
using Mailreeve.Policy.Reporters;

namespace Mailreeve.Policy.Tests.Reporters;

public sealed class StatusCodeTests
{
    private static readonly byte[] Key = new byte[32];

    [Fact]
    public void A_code_opens_its_report_however_it_is_typed_and_no_other() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[1, long.MaxValue]).Sample((id, other) =>
        {
            var code = StatusCode.For(new ReportId(id), Key);
            Assert.True(StatusCode.IsRight(code, new ReportId(id), Key));
            Assert.True(StatusCode.IsRight($" {code.ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal)} ", new ReportId(id), Key));
            Assert.Equal(id == other, StatusCode.IsRight(code, new ReportId(other), Key));
            Assert.False(StatusCode.IsRight(code, new ReportId(id), [.. Key[..31], 1]));
            Assert.False(StatusCode.IsRight(code[..^1], new ReportId(id), Key));
        });

    [Fact]
    public void A_message_id_of_an_answer_names_its_report_and_cannot_be_made_up()
    {
        var id = AnswerMessageId.For(5, new ReportId(17), Key, "mx.provider.example");

        Assert.Equal(new ReportId(17), AnswerMessageId.ReadOrNull(id, Key));
        Assert.Equal(new ReportId(17), AnswerMessageId.ReadOrNull(id.ToUpperInvariant(), Key));
        Assert.Null(AnswerMessageId.ReadOrNull(id.Replace(".17.", ".18.", StringComparison.Ordinal), Key));
        Assert.Null(AnswerMessageId.ReadOrNull(id.Replace("answer.5", "answer.6", StringComparison.Ordinal), Key));
        Assert.Null(AnswerMessageId.ReadOrNull("answer.5.17@mx.provider.example", Key));
        Assert.Null(AnswerMessageId.ReadOrNull("", Key));
    }
}
