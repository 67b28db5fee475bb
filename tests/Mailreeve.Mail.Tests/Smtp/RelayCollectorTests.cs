using System.Text;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Mail.Tests.Smtp;

/// <summary>C7: what a relay test waits for is taken from anybody, also from who is blocked; nothing else is.</summary>
public sealed class RelayCollectorTests
{
    private static readonly byte[] Key = [1, 2, 3, 4];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_message_of_a_test_becomes_a_row_and_nothing_more()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        var token = new RelayToken(17, 3).Write(Key);
        await peer.AskAsync("MAIL FROM:<>");
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{token.ToUpperInvariant()}@Collector.Example>"), StringComparison.Ordinal);
        await peer.AskAsync("DATA");

        Assert.Equal("250 2.0.0 Accepted as collected 1", await peer.AskAsync("Received: from x ([192.0.2.7])\r\n\tby y; Mon, 02 Mar 2026 10:15:30 +0000\r\nSubject: x\r\n\r\nhello\r\n."));

        var row = Assert.Single(await temp.Db.ReadAsync(db => new CollectedMailStore(db).WaitingAsync(10, Stop), Stop));
        Assert.Equal((token, Address.Parse("127.0.0.1")), (row.LocalPart, row.ClientAddress));
        var header = Encoding.ASCII.GetString(row.Header);
        Assert.StartsWith("Return-Path: <>\r\nReceived: from client.example ([127.0.0.1])\r\n", header, StringComparison.Ordinal);
        Assert.EndsWith("Subject: x\r\n\r\n", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_blocked_may_prove_that_they_relay_and_may_do_nothing_else()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        await temp.Db.WriteAsync(db => new BlockStore(db).PlaceAsync(
        [
            new NewBlock
            {
                Id = new BlockId(1),
                Case = new CaseId(17),
                Prefix = Prefix.Parse("127.0.0.0/8"),
                Scope = BlockScope.Port25,
                Clause = new ClauseId("C7"),
                PolicyRevision = "1",
                Reason = "open relay",
                PlacedBy = Actor.Policy,
                StartsAt = SmtpTestServer.Start,
                ExpiresAt = SmtpTestServer.Start + Duration.FromDays(1),
            },
        ], Stop), Stop);
        using var peer = await server.GreetAsync();

        Assert.StartsWith("250", await peer.AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
        Assert.Equal("550 5.7.1 Blocked under clause C7, case 17; see https://provider.example/case", await peer.AskAsync("RCPT TO:<abuse@provider.example>"));
        Assert.StartsWith("550 5.7.1 Blocked", await peer.AskAsync("RCPT TO:<postmaster@collector.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<{new RelayToken(17, 3).Write(Key)}@[198.51.100.25]>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.7.1 Blocked", await peer.AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_one_test_so_many_messages_are_kept_and_the_rest_is_taken_and_forgotten()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        var token = new RelayToken(17, 3).Write(Key);
        var reply = "";
        for (var message = 0; message <= CollectedMailStore.PerLocalPartMax; message++)
        {
            await peer.AskAsync("MAIL FROM:<>");
            await peer.AskAsync($"RCPT TO:<{(message % 2 == 0 ? token : token.ToUpperInvariant())}@collector.example>");
            await peer.AskAsync("DATA");
            reply = await peer.AskAsync("Subject: x\r\n\r\nhello\r\n.");
            Assert.StartsWith("250", reply, StringComparison.Ordinal);
        }

        Assert.Equal("250 2.0.0 Accepted as nothing new", reply);
        Assert.Equal(CollectedMailStore.PerLocalPartMax, (await temp.Db.ReadAsync(db => new CollectedMailStore(db).WaitingAsync(100, Stop), Stop)).Count);
    }

    [Theory]
    [InlineData("r17-3-0011223344556677@collector.example")]
    [InlineData("u@collector.example")]
    [InlineData("u%v.example@collector.example")]
    [InlineData("notice+17@collector.example")]
    [InlineData("u@[198.51.100.25]")]
    public async Task Nobody_can_fill_the_collector(string recipient)
    {
        await using var temp = await TempDatabase.OpenAsync();
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@b.example>");

        Assert.StartsWith("550", await peer.AskAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await peer.AskAsync("RCPT TO:<postmaster@collector.example>"), StringComparison.Ordinal);
    }

    private static Task<SmtpTestServer> ServeAsync(TempDatabase temp) => SmtpTestServer.StartAsync(p => p with
    {
        Keep = new MailIntake(temp.Db, new byte[32]).KeepAsync,
        Blocks = () => temp.Views.Blocks,
        Collector = new RelayCollector(["collector.example"], Address.Parse("198.51.100.25"), Key),
    });
}
