using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Smtp;

public class TraceHeaderTests
{
    private static readonly TraceHeader Usual = new()
    {
        From = new Mailbox("a", "b.example"),
        Helo = "client.example",
        Client = Address.Parse("192.0.2.7"),
        Host = "mx.provider.example",
        Extended = true,
        Tls = false,
        SmtpUtf8 = false,
        Id = "0HN-1",
        OnlyRecipient = new Mailbox("abuse", "provider.example"),
        At = Instant.FromUtc(2026, 3, 5, 4, 5, 6),
    };

    [Fact]
    public void The_lines_say_who_from_where_by_whom_how_for_whom_and_when()
    {
        Assert.Equal(
            "Return-Path: <a@b.example>\r\n" +
            "Received: from client.example ([192.0.2.7])\r\n" +
            "\tby mx.provider.example with ESMTP id 0HN-1\r\n" +
            "\tfor <abuse@provider.example>;\r\n" +
            "\tThu, 05 Mar 2026 04:05:06 +0000\r\n",
            Text(Usual));
    }

    [Fact]
    public void Several_recipients_do_not_learn_of_each_other()
    {
        Assert.Contains("id 0HN-1;\r\n\tThu,", Text(Usual with { OnlyRecipient = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, false, "SMTP")]
    [InlineData(true, true, false, "ESMTPS")]
    [InlineData(true, true, true, "UTF8SMTPS")]
    [InlineData(true, false, true, "UTF8SMTP")]
    public void The_protocol_has_its_registered_name(bool extended, bool tls, bool utf8, string name)
    {
        Assert.Contains($" with {name} id", Text(Usual with { Extended = extended, Tls = tls, SmtpUtf8 = utf8 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x)\r\nEvil: 1")]
    [InlineData("x;(by y) <z>")]
    [InlineData("")]
    public void Nothing_can_be_injected_through_the_name_of_the_client(string helo)
    {
        var lines = Text(Usual with { Helo = helo }).Split("\r\n");

        Assert.Equal(6, lines.Length);
        Assert.Matches(@"^Received: from [A-Za-z0-9?.:_\[\]-]+ \(\[192\.0\.2\.7\]\)$", lines[1]);
    }

    [Fact]
    public void The_null_sender_and_IPv6_are_written_as_the_standard_wants()
    {
        var text = Text(Usual with { From = null, Client = Address.Parse("2001:db8::7") });

        Assert.StartsWith("Return-Path: <>\r\n", text, StringComparison.Ordinal);
        Assert.Contains("([IPv6:2001:db8::7])", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_Received_lines_of_the_header_count()
    {
        var message = "Received: a\r\n\tReceived: folded\r\nreceived : b\r\nX-Received: c\r\n\r\nReceived: body\r\n"u8;

        Assert.Equal(2, TraceHeader.CountReceived(message));
        Assert.Equal(0, TraceHeader.CountReceived(default));
    }

    private static string Text(TraceHeader header) => Encoding.UTF8.GetString(header.ToBytes());
}
