using System.Collections.Concurrent;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Submission;

/// <summary>How much of the server one sender may take up: sessions at once, and answers to what was answered already (C1).</summary>
public sealed class SessionLimitTests
{
    private const string Kim = "kim@provider.example";
    private const string Lee = "lee@provider.example";
    private const string TooMany = "421 4.7.0 Too many sessions of this account";

    private static long UntilPutOff => ShippedPolicy.Policy.Terms.Sending.MessagesPerHour.Value + ShippedPolicy.Policy.Terms.Sending.HeldAtMost.Value;

    [Fact]
    public async Task One_session_too_many_of_a_mailbox_is_closed_and_others_are_not()
    {
        await using var host = await SubmissionHost.StartAsync(options: new SubmissionOptions { AllowsPlain = true, SessionsPerMailbox = 2, PauseMax = TimeSpan.Zero });
        await host.AddCustomerAsync("Alder", Kim, Lee);
        using var first = await host.ConnectAsync(Kim);
        using var second = await host.ConnectAsync(Kim);
        using (var third = await host.ConnectAsync(null))
        {
            Assert.StartsWith(TooMany, await third.AskAsync($"AUTH PLAIN {SubmissionHost.Plain(Kim, SubmissionHost.Password)}"), StringComparison.Ordinal);
            Assert.Null(await third.LineAsync());
        }

        using var lee = await host.ConnectAsync(Lee);
        Assert.StartsWith("221", await first.AskAsync("QUIT"), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () =>
        {
            using var again = await host.ConnectAsync(null);
            return (await again.AskAsync($"AUTH PLAIN {SubmissionHost.Plain(Kim, SubmissionHost.Password)}")).StartsWith("235", StringComparison.Ordinal);
        });
        Assert.StartsWith("250", await second.AskAsync($"MAIL FROM:<{Kim}>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_session_too_many_of_a_customers_servers_is_closed_when_it_wants_to_send()
    {
        await using var relay = await SubmissionHost.StartAsync(
            kind: SmtpDoor.Exchange, options: new SubmissionOptions { TakesServers = true, SessionsPerCustomer = 1, PauseMax = TimeSpan.Zero });
        var alder = await relay.AddCustomerAsync("Alder", Kim);
        await relay.AssignAsync(alder, "127.0.0.0/8", null);
        await relay.AssignAsync(alder, null, "alder.example");
        await relay.PutRelayServiceAsync(alder, ServiceState.Active);
        using var first = await relay.ConnectAsync(null);
        using var second = await relay.ConnectAsync(null);
        await first.AskAsync("MAIL FROM:<shop@alder.example>");
        await second.AskAsync("MAIL FROM:<shop@alder.example>");

        Assert.StartsWith("250", await first.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await second.AskAsync($"RCPT TO:<{Kim}>"), StringComparison.Ordinal);
        Assert.StartsWith(TooMany, await second.AskAsync("RCPT TO:<a@elsewhere.example>"), StringComparison.Ordinal);
        Assert.Null(await second.LineAsync());
        Assert.StartsWith("250", await first.AskAsync("RCPT TO:<b@elsewhere.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C1_who_is_put_off_and_keeps_trying_waits_longer_each_time_and_then_the_connection_ends()
    {
        var ticks = new NotedPauses();
        await using var host = await SubmissionHost.StartAsync(
            options: new SubmissionOptions { AllowsPlain = true, PauseMax = TimeSpan.FromSeconds(2) },
            change: p => p with { Ticks = ticks, Limits = p.Limits with { PutOffsMax = 9 } });
        await host.AddCustomerAsync("Alder", Kim, Lee);
        using (var kim = await host.ConnectAsync(Kim))
        {
            for (var i = 0; i < UntilPutOff; i++)
                Assert.StartsWith("250", await SubmissionTests.SendAsync(kim, Kim, ["a@elsewhere.example"], SubmissionTests.Text($"Offer {i}")), StringComparison.Ordinal);
            for (var i = 0; i < 9; i++)
                Assert.StartsWith("450 4.7.1", await kim.AskAsync($"MAIL FROM:<{Kim}>"), StringComparison.Ordinal);
            Assert.StartsWith("421 4.7.0 Nothing of this account is taken now", await kim.ReplyAsync(), StringComparison.Ordinal);
            Assert.Null(await kim.LineAsync());
        }

        Assert.Equal([0.25, 0.5, 1, 2, 2], ticks.Pauses.Select(p => p.TotalSeconds));
        using var lee = await host.ConnectAsync(Lee);
        Assert.StartsWith("250", await lee.AskAsync($"MAIL FROM:<{Lee}>"), StringComparison.Ordinal);
        // It is remembered from one session to the next.
        using var again = await host.ConnectAsync(Kim);
        Assert.StartsWith("450 4.7.1", await again.AskAsync($"MAIL FROM:<{Kim}>"), StringComparison.Ordinal);
        Assert.Equal(6, ticks.Pauses.Count);
    }

    [Fact]
    public async Task Of_one_senders_messages_so_many_are_worked_on_at_once_and_the_next_waits_for_one_of_them()
    {
        var sessions = new SenderSessions();
        var (kim, lee) = (new Submitter(new CustomerId(1), new MailboxId(1)), new Submitter(new CustomerId(1), new MailboxId(2)));

        Assert.True(sessions.TakeTurnAsync(kim, 2).IsCompleted);
        Assert.True(sessions.TakeTurnAsync(kim, 2).IsCompleted);
        var third = sessions.TakeTurnAsync(kim, 2);
        Assert.False(third.IsCompleted);
        Assert.True(sessions.TakeTurnAsync(lee, 2).IsCompleted);
        sessions.EndTurn(kim);
        await third;
    }

    // A pause is over as soon as it has been noted.
    private sealed class NotedPauses : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
