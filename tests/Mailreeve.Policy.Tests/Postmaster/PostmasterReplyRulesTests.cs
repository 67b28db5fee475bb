using System.Text;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Tests.Postmaster;

/// <summary>C7: somebody reads postmaster@, and a program is nobody.</summary>
public sealed class PostmasterReplyRulesTests
{
    [Theory]
    [InlineData("Subject: Re: Does somebody read it?\r\nIn-Reply-To: <1@provider.example>")]
    [InlineData("Auto-Submitted: no")]
    [InlineData("AUTO-SUBMITTED: No; reason=none")]
    [InlineData("X-Auto-Response-Suppress: All")]
    [InlineData("Precedence: first-class")]
    [InlineData("Content-Type: multipart/mixed; boundary=x")]
    [InlineData("X-Note: Auto-Submitted: auto-replied")]
    [InlineData("Subject: x\r\n\r\nAuto-Submitted: auto-replied")]
    public void A_person_is_a_person(string header) => Assert.Null(MarkOf(header));

    [Theory]
    [InlineData("Auto-Submitted: auto-replied", ProgramMark.AutoSubmitted)]
    [InlineData("auto-submitted: AUTO-GENERATED (vacation)", ProgramMark.AutoSubmitted)]
    [InlineData("Auto-Submitted: no\r\nAuto-Submitted: auto-replied", ProgramMark.AutoSubmitted)]
    [InlineData("Auto-Submitted:\r\n\tauto-notified; owner-email=x", ProgramMark.AutoSubmitted)]
    [InlineData("Auto-Submitted: (why) auto-replied", ProgramMark.AutoSubmitted)]
    [InlineData("Precedence: bulk", ProgramMark.Precedence)]
    [InlineData("Precedence: Auto_Reply", ProgramMark.Precedence)]
    [InlineData("Precedence: junk", ProgramMark.Precedence)]
    [InlineData("Precedence: list", ProgramMark.Precedence)]
    [InlineData("X-Autoreply: yes", ProgramMark.AutoReply)]
    [InlineData("X-Autorespond: away", ProgramMark.AutoReply)]
    [InlineData("List-Id: <staff.alder.example>", ProgramMark.List)]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=x", ProgramMark.Report)]
    [InlineData("Content-Type: Multipart/Report;report-type=disposition-notification", ProgramMark.Report)]
    public void A_program_is_none(string header, ProgramMark expected) => Assert.Equal(expected, MarkOf(header));

    [Theory]
    [InlineData(null, ProgramMark.NullSender)]
    [InlineData("MAILER-DAEMON", ProgramMark.Daemon)]
    public void What_no_person_sends_is_a_programs(string? from, ProgramMark expected) =>
        Assert.Equal(expected, PostmasterReplyRules.MarkOf(from is null ? null : new Mailbox(from, "alder.example"), new ReplyMarks()));

    [Fact]
    public void Every_mark_has_words() => Assert.All(Enum.GetValues<ProgramMark>(), m => Assert.NotEqual($"{m}", PostmasterWords.Of(m)));

    [Fact]
    public void A_code_is_known_by_its_form_and_its_case_does_not_matter()
    {
        var code = PostmasterCode.Of(new CustomerId(1), "alder.example", 1, new byte[32]);

        Assert.True(PostmasterCode.IsLikeOne(code));
        Assert.True(PostmasterCode.IsLikeOne(code.ToUpperInvariant()));
        Assert.False(PostmasterCode.IsLikeOne(code.AsSpan(1)));
        Assert.False(PostmasterCode.IsLikeOne($"{code[1..]}1"));
        Assert.Equal(PostmasterCode.HashOf(code), PostmasterCode.HashOf(code.ToUpperInvariant()));
        Assert.Equal($"postmaster+{code}@provider.example", PostmasterCode.AddressFor(code, "provider.example"));
    }

    private static ProgramMark? MarkOf(string header) => PostmasterReplyRules.MarkOf(
        new Mailbox("kim", "alder.example"), ReplyMarks.Read(Encoding.ASCII.GetBytes($"Return-Path: <kim@alder.example>\r\n{header}\r\n\r\nYes.\r\n")));
}
