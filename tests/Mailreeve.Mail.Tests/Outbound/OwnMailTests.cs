using Mailreeve.Mail.Outbound;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Outbound;

public class OwnMailTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_goes_to_the_mx_and_its_reply_is_kept()
    {
        await using var remote = new RemotePeer();
        await using var dns = new NamePeer().Exchanger("customer.example", 10, "mx.customer.example").Address("mx.customer.example", "127.0.0.1");
        await using var desk = await QueueHost.OpenAsync(remote.Port, dns);
        await desk.AddOwnAsync("c@customer.example");

        Assert.Equal(1, await desk.WorkAsync());

        var outcome = await desk.OutcomeOfOwnAsync();
        Assert.Equal(OutboundState.Accepted, outcome!.State);
        Assert.Equal("250 2.0.0 queued as 4711", outcome.LastReply);
        Assert.Equal("Subject: x\r\n\r\n.hello\r\n", Assert.Single(remote.Messages).Replace("\r\n..", "\r\n.", StringComparison.Ordinal));
        Assert.Contains("EHLO mx.provider.example", remote.Commands);
        Assert.Contains(remote.Commands, c => c.StartsWith("MAIL FROM:<notice+1@provider.example>", StringComparison.Ordinal));
        Assert.Contains(remote.Commands, c => c.StartsWith("RCPT TO:<c@customer.example>", StringComparison.Ordinal));
        Assert.Equal(0, await desk.WorkAsync());
    }

    [Fact]
    public async Task A_message_without_sender_goes_with_the_null_path()
    {
        await using var remote = new RemotePeer();
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        await desk.AddOwnAsync("c@[127.0.0.1]", sender: "");

        await desk.WorkAsync();

        Assert.Equal(OutboundState.Accepted, (await desk.OutcomeOfOwnAsync())?.State);
        Assert.Contains(remote.Commands, c => c.StartsWith("MAIL FROM:<>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 no such user", OutboundState.Failed)]
    [InlineData("MAIL", "553 5.1.8 who are you", OutboundState.Failed)]
    [InlineData(".", "554 5.7.1 spam", OutboundState.Failed)]
    public async Task A_refusal_for_good_is_final(string at, string reply, OutboundState state)
    {
        await using var remote = new RemotePeer(line => line.StartsWith(at, StringComparison.Ordinal) ? reply : "");
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        await desk.AddOwnAsync("c@[127.0.0.1]");

        await desk.WorkAsync();

        var outcome = await desk.OutcomeOfOwnAsync();
        Assert.StartsWith(reply[..3], outcome!.LastReply, StringComparison.Ordinal);
        Assert.Equal(state, outcome.State);
    }

    [Theory]
    [InlineData("greeting", "421 4.3.2 busy")]
    [InlineData("greeting", "554 5.3.2 go away")]
    [InlineData("greeting", null)]
    [InlineData("RCPT", "451 4.7.1 greylisted")]
    [InlineData("RCPT", null)]
    [InlineData("DATA", null)]
    [InlineData(".", "452 4.3.1 disk full")]
    public async Task What_may_work_later_is_tried_later_with_growing_pauses_and_then_given_up(string at, string? reply)
    {
        await using var remote = new RemotePeer(line => line.StartsWith(at, StringComparison.Ordinal) ? reply : "");
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        await desk.AddOwnAsync("c@[127.0.0.1]");
        Assert.Equal(1, await desk.WorkAsync());

        foreach (var minutes in new[] { 1, 5, 15, 30, 60, 60 })
        {
            desk.Clock.AdvanceMinutes(minutes - 1);
            Assert.Equal(0, await desk.WorkAsync());
            desk.Clock.AdvanceMinutes(1);
            Assert.Equal(1, await desk.WorkAsync());
            Assert.Null(await desk.OutcomeOfOwnAsync());
        }

        desk.Clock.AdvanceDays(5);
        await desk.WorkAsync();
        Assert.Equal(OutboundState.Failed, (await desk.OutcomeOfOwnAsync())!.State);
    }

    [Fact]
    public async Task A_message_sent_whole_without_an_answer_is_in_doubt_and_not_sent_again()
    {
        await using var remote = new RemotePeer(line => line == "." ? null : "");
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        await desk.AddOwnAsync("c@[127.0.0.1]");

        await desk.WorkAsync();

        Assert.Equal(OutboundState.InDoubt, (await desk.OutcomeOfOwnAsync())!.State);
        desk.Clock.AdvanceDays(1);
        Assert.Equal(0, await desk.WorkAsync());
        Assert.Single(remote.Messages);
    }

    [Fact]
    public async Task A_message_that_was_being_sent_when_the_program_ended_is_in_doubt_and_not_sent_again()
    {
        await using var remote = new RemotePeer();
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        await desk.AddOwnAsync("c@[127.0.0.1]");
        await desk.Temp.Db.WriteAsync(db => db.TakeOutboundAsync(QueueHost.Start), Stop);

        Assert.Equal(1, await desk.Clerk.RecoverAsync(Stop));

        Assert.Equal(0, await desk.WorkAsync());
        Assert.Equal(OutboundState.InDoubt, (await desk.OutcomeOfOwnAsync())!.State);
        Assert.Empty(remote.Messages);
    }

    [Fact]
    public async Task When_the_first_mx_does_not_answer_the_next_one_does()
    {
        await using var remote = new RemotePeer();
        await using var dns = new NamePeer()
            .Exchanger("customer.example", 10, "down.example").Exchanger("customer.example", 20, "up.example")
            .Address("down.example", "127.0.0.2").Address("up.example", "127.0.0.1");
        await using var desk = await QueueHost.OpenAsync(remote.Port, dns);
        await desk.AddOwnAsync("c@customer.example");

        await desk.WorkAsync();

        Assert.Equal(OutboundState.Accepted, (await desk.OutcomeOfOwnAsync())!.State);
    }

    [Theory]
    [InlineData(OutboundPurpose.Answer, OutboundState.Failed)]
    [InlineData(OutboundPurpose.Notice, OutboundState.Accepted)]
    public async Task C4_nothing_goes_to_a_blocked_address_but_a_notice(OutboundPurpose purpose, OutboundState expected)
    {
        await using var remote = new RemotePeer();
        await using var desk = await QueueHost.OpenAsync(remote.Port);
        var block = new NewBlock
        {
            Id = new BlockId(1),
            Prefix = Prefix.Parse("127.0.0.1"),
            Scope = BlockScope.All,
            Clause = new ClauseId("C4"),
            PolicyRevision = "1",
            Reason = "spam",
            PlacedBy = Actor.Policy,
            StartsAt = QueueHost.Start,
            ExpiresAt = QueueHost.Start + Duration.FromDays(1),
        };
        await desk.Temp.Db.WriteAsync(db => new BlockStore(db).PlaceAsync([block], Stop), Stop);
        await desk.AddOwnAsync("c@[127.0.0.1]", purpose);

        await desk.WorkAsync();

        var outcome = await desk.OutcomeOfOwnAsync(purpose);
        Assert.Equal(expected, outcome!.State);
        if (expected == OutboundState.Failed)
            Assert.Equal("550 5.7.1 The remote address is blocked under clause C4", outcome.LastReply);
    }

    [Fact]
    public async Task With_a_smarthost_everything_goes_there()
    {
        await using var remote = new RemotePeer();
        await using var desk = await QueueHost.OpenAsync(1, options: o => o with { Smarthost = new Smarthost("127.0.0.1", remote.Port) });
        await desk.AddOwnAsync("c@customer.example");

        await desk.WorkAsync();

        Assert.Equal(OutboundState.Accepted, (await desk.OutcomeOfOwnAsync())!.State);
    }

    [Fact]
    public void A_password_is_not_sent_in_the_clear()
    {
        var options = new OutboundOptions { HostName = "mx.provider.example", Smarthost = new Smarthost("relay.example", 587, User: "u", Password: "secret") };

        Assert.Equal("outbound.smarthost.tls", Assert.Single(options.Problems()).Key);
        Assert.DoesNotContain("secret", $"{options}", StringComparison.Ordinal);
    }
}
