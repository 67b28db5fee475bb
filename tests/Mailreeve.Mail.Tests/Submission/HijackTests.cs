using System.Globalization;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Submission;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Submission;

/// <summary>
/// Somebody has a customer's password and sends as fast as they can, with nothing in the way but the limits: no cap on sessions, no turns, no pauses.
/// <c>HIJACK_MESSAGES=100000</c> plays it with so many; here there are fewer, since what comes after the bound is all the same. How long
/// others wait meanwhile is what <c>bench/hijack</c> measures.
/// </summary>
public sealed class HijackTests
{
    private const string Victim = "kim@provider.example";
    private const string Colleague = "lee@provider.example";
    private const string Stranger = "pat@provider.example";

    private static readonly long Messages =
        long.TryParse(Environment.GetEnvironmentVariable("HIJACK_MESSAGES"), CultureInfo.InvariantCulture, out var many) ? many : 1_500;

    public static TheoryData<Dialect, int> Attacks => new(
        from dialect in new[] { Dialect.Sqlite, Dialect.PostgreSql } from connections in new[] { 1, 20, 200 } select (dialect, connections));

    private static long Limit => ShippedPolicy.Policy.Terms.Sending.MessagesPerHour.Value;

    private static long Bound => ShippedPolicy.Policy.Terms.Sending.HeldAtMost.Value;

    [Theory, MemberData(nameof(Attacks))]
    public async Task C1_a_hijacked_account_sends_its_limit_and_nobody_else_notices(Dialect dialect, int connections)
    {
        await using var host = await StartAsync(dialect);
        await host.AddCustomerAsync("Alder", Victim, Colleague);
        await host.AddCustomerAsync("Birch", Stranger);
        using var over = new CancellationTokenSource();
        var others = new[] { WriteOnAsync(host, Colleague, over.Token), WriteOnAsync(host, Stranger, over.Token) };

        var replies = await AttackAsync(host, connections, Messages);
        await over.CancelAsync();
        var sent = await Task.WhenAll(others);

        Assert.Equal((Limit, Bound, Messages - Limit - Bound), (replies.GoneOut, replies.Held, replies.PutOff));
        Assert.Equal(Limit, await host.CountAsync($"state = 'queued' AND envelope_from = '{Victim}'"));
        Assert.Equal(Bound, await host.CountAsync($"state = 'held' AND envelope_from = '{Victim}'"));
        Assert.Single(await HoldsAsync(host));
        foreach (var (name, messages) in sent)
            Assert.Equal(messages, await host.CountAsync($"state = 'queued' AND envelope_from = '{name}'"));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_a_restart_in_the_middle_gives_nothing_away(Dialect dialect)
    {
        await using var host = await StartAsync(dialect);
        await host.AddCustomerAsync("Alder", Victim);

        var first = await AttackAsync(host, 20, 60);
        await host.RestartAsync();
        var second = await AttackAsync(host, 20, 90);
        await host.RestartAsync();
        var third = await AttackAsync(host, 20, 100);

        Assert.Equal((60, Limit - 60, 0), (first.GoneOut, second.GoneOut, third.GoneOut));
        Assert.Equal((0, 50, 50), (first.Held, second.Held, third.Held));
        Assert.Equal(50, third.PutOff);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_what_is_released_goes_out_and_the_sender_may_go_on(Dialect dialect)
    {
        await using var host = await StartAsync(dialect);
        await host.AddCustomerAsync("Alder", Victim);
        await AttackAsync(host, 5, Limit + 20);
        var hold = Assert.Single(await HoldsAsync(host));
        // Longer than mail waits that cannot be delivered: being held is not that.
        host.Mailboxes.Clock.AdvanceDays(6);

        Assert.Null(await DeskOf(host).EndAsync(hold.Id, HoldOutcome.Released, Actor.Operator("pat"), "It is a birthday.", TestContext.Current.CancellationToken));

        Assert.Equal(Limit + 20, await host.CountAsync("state = 'queued'"));
        Assert.Equal(20, await host.CountAsync("hold_id IS NOT NULL AND queued_at = next_attempt_at AND delay_told_at IS NULL"));
        Assert.Equal((Limit, 1), (await AttackAsync(host, 5, Limit + 1) is var again ? again.GoneOut : 0, again.Held));
        Assert.Equal("H-1 was released already, by operator pat.", await DeskOf(host).EndAsync(
            hold.Id, HoldOutcome.Dropped, Actor.Operator("lee"), "Too late.", TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_what_is_dropped_goes_nowhere(Dialect dialect)
    {
        await using var host = await StartAsync(dialect);
        await host.AddCustomerAsync("Alder", Victim);
        await AttackAsync(host, 5, Limit + 20);

        await DeskOf(host).EndAsync(
            Assert.Single(await HoldsAsync(host)).Id, HoldOutcome.Dropped, Actor.Operator("pat"), "Hijacked.", TestContext.Current.CancellationToken);

        Assert.Equal((Limit, 20), (await host.CountAsync("state = 'queued'"), await host.CountAsync("state = 'dropped' AND finished_at IS NOT NULL")));
    }

    // No message is lost and none stays behind when a hold ends while messages come under it.
    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_a_hold_that_ends_under_way_leaves_nothing_behind(Dialect dialect)
    {
        await using var host = await StartAsync(dialect);
        await host.AddCustomerAsync("Alder", Victim);
        await AttackAsync(host, 5, Limit + 1);
        var hold = Assert.Single(await HoldsAsync(host)).Id;

        var attack = AttackAsync(host, 20, 60);
        await DeskOf(host).EndAsync(hold, HoldOutcome.Released, Actor.Operator("pat"), "It is a birthday.", TestContext.Current.CancellationToken);
        var replies = await attack;

        Assert.Equal(60, replies.GoneOut + replies.Held);
        Assert.Equal(0, await host.CountAsync("state = 'held'"));
        Assert.Equal(Limit + 61, await host.CountAsync("state = 'queued'"));
    }

    private static Task<SubmissionHost> StartAsync(Dialect dialect) => SubmissionHost.StartAsync(
        dialect, options: new SubmissionOptions { AllowsPlain = true, SessionsPerMailbox = 1000, MessagesAtOncePerMailbox = 1000, PauseMax = TimeSpan.Zero },
        change: p => p with { Limits = p.Limits with { PutOffsMax = int.MaxValue } });

    private static HoldDesk DeskOf(SubmissionHost host) => new(host.Database, host.Mailboxes.Clock);

    private static Task<IReadOnlyList<HoldRow>> HoldsAsync(SubmissionHost host) => host.Database.ReadAsync(
        db => new SendingHoldStore(db).WaitingAsync(10, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    private static async Task<Replies> AttackAsync(SubmissionHost host, int connections, long messages)
    {
        var replies = new Replies();
        var run = Guid.NewGuid();
        var next = 0L;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var peer = await host.ConnectAsync(Victim);
            for (var n = Interlocked.Increment(ref next); n <= messages; n = Interlocked.Increment(ref next))
            {
                if (!(await peer.AskAsync($"MAIL FROM:<{Victim}>")).StartsWith("250", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref replies.PutOff);
                    continue;
                }

                await peer.AskAsync($"RCPT TO:<a{n % 20}@elsewhere.example>");
                await peer.AskAsync("DATA");
                replies.Count(await peer.AskAsync(SubmissionTests.Text($"Offer {run} {n}") + "\r\n."));
            }
        }));
        return replies;
    }

    // A message now and then, to a few people, each with a text of its own.
    private static async Task<(string Name, long Messages)> WriteOnAsync(SubmissionHost host, string address, CancellationToken over)
    {
        var sent = 0L;
        using var peer = await host.ConnectAsync(address);
        while (sent == 0 || (!over.IsCancellationRequested && sent < Limit))
        {
            var text = $"From: {address}\r\nSubject: Minutes\r\n\r\nPage {sent} of {address}.";
            var reply = await SubmissionTests.SendAsync(peer, address, ["a@elsewhere.example"], text);
            Assert.DoesNotContain("; held", reply, StringComparison.Ordinal);
            Assert.StartsWith("250", reply, StringComparison.Ordinal);
            sent++;
        }

        return (address, sent);
    }

    private sealed class Replies
    {
        public long GoneOut;
        public long Held;
        public long PutOff;

        public void Count(string reply)
        {
            if (reply.StartsWith("250", StringComparison.Ordinal))
                Interlocked.Increment(ref reply.Contains("; held", StringComparison.Ordinal) ? ref Held : ref GoneOut);
            else if (reply.StartsWith("450 4.7.1", StringComparison.Ordinal))
                Interlocked.Increment(ref PutOff);
            else
                throw new InvalidDataException(reply);
        }
    }
}
