using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Relay;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Relay;

public sealed class RelayTestMessageTests
{
    private static readonly RelayTestMessage Message = new()
    {
        Token = "r1-2-abc",
        To = "r1-2-abc@collector.example",
        From = "abuse@provider.example",
        Provider = "Example Internet",
        Tested = "203.0.113.25",
        Test = "null-sender",
        PolicyUrl = "https://mail.provider.example/policy",
        Date = Instant.FromUtc(2026, 3, 2, 10, 15, 30),
    };

    [Fact]
    public void It_says_what_it_is_in_lines_that_every_server_takes()
    {
        var text = Encoding.ASCII.GetString(Message.Write());

        Assert.Contains("Date: Mon, 02 Mar 2026 10:15:30 +0000\r\n", text, StringComparison.Ordinal);
        Assert.Contains("https://mail.provider.example/policy", text, StringComparison.Ordinal);
        Assert.Contains("write to\r\nabuse@provider.example", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?<!\r)\n", text);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void A_provider_with_any_name_sends_it_in_ASCII()
    {
        var message = (Message with { Provider = "Beispiel Österreich" }).Write();

        Assert.DoesNotContain(message, octet => octet > 127);
        Assert.Equal("r1-2-abc", RelayTestArrival.Read(message).Token);
        Assert.Contains("Beispiel Österreich runs", MimeKit.MimeMessage.Load(new MemoryStream(message), TestContext.Current.CancellationToken).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_mark_and_its_way_are_read_when_it_arrives()
    {
        byte[] arrived =
        [
            .. Encoding.ASCII.GetBytes(
                "Return-Path: <>\r\nReceived: from smart.alder.example ([203.0.113.26])\r\n\tby mail.provider.example with ESMTP id 1;\r\n\tMon, 02 Mar 2026 10:15:33 +0000\r\n"
                + "Received: from mx.alder.example (unknown [203.0.113.25])\r\n\tby smart.alder.example (Postfix) with ESMTP id 2;\r\n\tMon, 02 Mar 2026 10:15:32 +0000\r\n"),
            .. Message.Write(),
        ];

        var read = RelayTestArrival.Read(arrived);

        Assert.Equal("r1-2-abc", read.Token);
        Assert.Equal([Address.Parse("203.0.113.26"), Address.Parse("203.0.113.25")], read.Hops);
    }

    [Fact]
    public void A_bounce_that_quotes_it_has_no_mark_of_its_own()
    {
        byte[] bounce =
        [
            .. "From: MAILER-DAEMON@mx.alder.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"u8,
            .. Message.Write(),
            .. "\r\n--b--\r\n"u8,
        ];

        Assert.Null(RelayTestArrival.Read(bounce).Token);
    }
}
