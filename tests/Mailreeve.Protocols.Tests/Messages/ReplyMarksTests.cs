using System.Text;
using CsCheck;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public sealed class ReplyMarksTests
{
    [Fact]
    public void Fields_are_read_as_they_are_whatever_their_case_and_folding()
    {
        var marks = Read("AUTO-submitted:\r\n Auto-Replied (vacation)\r\nprecedence: Bulk\r\nList-ID: <a.b>\r\nX-AutoReply: 1\r\nContent-Type: MULTIPART/report;\r\n boundary=x\r\n\r\n");

        Assert.Equal(
            new ReplyMarks { AutoSubmitted = "auto-replied", Precedence = "bulk", IsOfList = true, IsAutoReply = true, IsReport = true }, marks);
    }

    [Theory]
    [InlineData("Auto-Submitted: no\r\nAuto-Submitted: auto-replied\r\n\r\n", "auto-replied")]
    [InlineData("Auto-Submitted: auto-replied\r\nAuto-Submitted: no\r\n\r\n", "auto-replied")]
    [InlineData("Auto-Submitted:\r\n\r\n", "")]
    [InlineData("Subject: x\r\n\r\nAuto-Submitted: auto-replied\r\n", null)]
    [InlineData("", null)]
    public void The_word_that_says_something_counts_and_the_body_does_not(string message, string? expected) =>
        Assert.Equal(expected, Read(message).AutoSubmitted);

    [Fact]
    public void Any_octets_can_be_read() =>
        Gen.Byte.Array[0, 300].Sample(octets =>
        {
            var marks = ReplyMarks.Read(octets);
            return marks.AutoSubmitted is null or { Length: <= 100 };
        });

    private static ReplyMarks Read(string message) => ReplyMarks.Read(Encoding.ASCII.GetBytes(message));
}
