using System.Security.Cryptography;
using System.Text;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Mail.Tests.Smtp;

public class MailIntakeTests
{
    private static readonly byte[] Key = new byte[32];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_to_several_roles_is_one_row_in_the_queue_of_complaints()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@b.example>");
        await peer.AskAsync("RCPT TO:<info@provider.example>");
        await peer.AskAsync("RCPT TO:<abuse@provider.example>");
        await peer.AskAsync("DATA");

        var reply = await peer.AskAsync("Subject: x\r\n\r\nhello\r\n.");

        Assert.Equal("250 2.0.0 Accepted as report R-1", reply);
        var row = Assert.Single(await temp.Db.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop));
        Assert.Equal(ReportQueue.Abuse, row.Queue);
        Assert.Equal("a@b.example", row.EnvelopeFrom);
        Assert.Equal(Address.Parse("127.0.0.1"), row.ClientAddress);
        Assert.Equal(SHA256.HashData("Subject: x\r\n\r\nhello\r\n"u8), row.Sha256);
        var raw = Encoding.ASCII.GetString(row.Raw);
        Assert.StartsWith("Return-Path: <a@b.example>\r\nReceived: from client.example ([127.0.0.1])\r\n", raw, StringComparison.Ordinal);
        Assert.EndsWith("\r\nSubject: x\r\n\r\nhello\r\n", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("info@", raw, StringComparison.Ordinal);
        var kept = await temp.Db.ReadAsync(db => new ReportStore(db).FindAsync(row.Id, Stop), Stop);
        Assert.Equal("info@provider.example,abuse@provider.example", kept!.Recipients);
    }

    [Fact]
    public async Task C4_a_blocked_address_is_refused_with_clause_and_case_until_the_block_is_lifted()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        Assert.StartsWith("250", await peer.AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        var block = new NewBlock
        {
            Id = new BlockId(1),
            Case = new CaseId(17),
            Prefix = Prefix.Parse("127.0.0.0/8"),
            Scope = BlockScope.All,
            Clause = new ClauseId("C4"),
            PolicyRevision = "1",
            Reason = "spam",
            PlacedBy = Actor.Policy,
            StartsAt = SmtpTestServer.Start,
            ExpiresAt = SmtpTestServer.Start + Duration.FromDays(1),
        };
        await temp.Db.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);

        const string refusal = "550 5.7.1 Blocked under clause C4, case 17; see https://provider.example/case";
        Assert.Equal(refusal, await peer.AskAsync("RCPT TO:<abuse@provider.example>"));
        await peer.AskAsync("RSET");
        Assert.Equal(refusal, await peer.AskAsync("MAIL FROM:<a@b.example>"));

        await temp.Db.WriteAsync(db => new BlockStore(db).LiftAsync(block.Id, Actor.Policy, "resolved", SmtpTestServer.Start, Stop), Stop);
        await peer.BeginDataAsync();
    }

    [Fact]
    public async Task A_bounce_is_noted_at_the_message_that_bounced_and_only_once()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await AcceptedAsync(temp, 7);
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();

        Assert.Equal("250 2.0.0 Accepted as return of message 7", await BounceAsync(peer, TokenOf(7), Dsn("failed")));
        Assert.Equal("250 2.0.0 Accepted as report R-1", await BounceAsync(peer, TokenOf(7), Dsn("failed")));

        var outcome = Assert.Single(await temp.Db.ReadAsync(db => new OutboundStore(db).UnreadOutcomesAsync(OutboundPurpose.Notice, 10, Stop), Stop));
        Assert.Equal(OutboundState.Returned, outcome.State);
        Assert.Equal("5.1.1 smtp; 550 5.1.1 No such user", outcome.LastReply);
    }

    [Theory]
    [InlineData("7-00112233445566778899", "failed")]
    [InlineData("", "delayed")]
    [InlineData("", "")]
    public async Task What_proves_no_failure_is_kept_for_a_person(string token, string action)
    {
        await using var temp = await TempDatabase.OpenAsync();
        await AcceptedAsync(temp, 7);
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();

        var reply = await BounceAsync(peer, token.Length == 0 ? TokenOf(7) : token, action.Length == 0 ? "Subject: away\r\n\r\nI am away\r\n" : Dsn(action));

        Assert.Equal("250 2.0.0 Accepted as report R-1", reply);
        var row = Assert.Single(await temp.Db.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop));
        Assert.Equal(ReportQueue.Postmaster, row.Queue);
    }

    private static Task<SmtpTestServer> ServeAsync(TempDatabase temp) =>
        SmtpTestServer.StartAsync(p => p with { Keep = new MailIntake(temp.Db, Key).KeepAsync, Blocks = () => temp.Views.Blocks });

    private static async Task AcceptedAsync(TempDatabase temp, long id)
    {
        var message = new NewOutbound
        {
            Id = id,
            Purpose = OutboundPurpose.Notice,
            SubjectId = 1,
            EnvelopeFrom = "notice+x@provider.example",
            Recipient = "c@customer.example",
            Message = [],
            CreatedAt = SmtpTestServer.Start,
        };
        await temp.Db.WriteAsync(async db =>
        {
            await new OutboundStore(db).AddAsync([message], Stop);
            await db.TakeOutboundAsync(SmtpTestServer.Start);
            await db.EndOutboundAsync(id, OutboundState.Accepted, "250 OK", SmtpTestServer.Start);
        }, Stop);
    }

    private static async Task<string> BounceAsync(SmtpPeer peer, string token, string message)
    {
        await peer.AskAsync("MAIL FROM:<>");
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<notice+{token}@provider.example>"), StringComparison.Ordinal);
        await peer.AskAsync("DATA");
        return await peer.AskAsync(message + ".");
    }

    private static string TokenOf(long outbound) => BounceAddress.For(outbound, Key, "provider.example")["notice+".Length..].Split('@')[0];

    private static string Dsn(string action) => $"""
        From: MAILER-DAEMON@customer.example
        Subject: Undelivered
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        Sorry.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.customer.example

        Final-Recipient: rfc822; c@customer.example
        Action: {action}
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 No such user
        --b--

        """.ReplaceLineEndings("\r\n");
}
