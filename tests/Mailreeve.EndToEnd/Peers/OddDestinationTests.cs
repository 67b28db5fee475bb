using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// Destinations that do what no good one does. What we were handed arrives, or comes back to its sender, and nothing is sent twice but
/// where nobody can know.
/// </summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class OddDestinationTests(NetworkOfPeers network)
{
    // With servers that are down in the tests of these, and never up.
    public static TheoryData<string, string> Nowhere => new() { { "null", "5.1.10" }, { "selfish", "5." }, { "mirror", "5." }, { "nobody", "5.1.2" } };

    [Theory]
    [MemberData(nameof(Nowhere))]
    public async Task Mail_to_a_domain_that_takes_none_comes_back_at_once(string domain, string status)
    {
        var (net, user, message, stop) = await BeginAsync();

        await net.Provider.SendAsync(user, [$"x@{domain}.example"], message, stop);

        var returned = await net.Provider.ReturnedAsync(user, message.MessageId!, stop);
        var about = Assert.Single(returned.Recipients);
        Assert.Equal(($"x@{domain}.example", "failed"), (about.Address, about.Action));
        Assert.StartsWith(status, about.Status, StringComparison.Ordinal);
        Assert.True(returned.IsFromNobody);
    }

    [Fact]
    public async Task A_dead_destination_is_tried_for_days_and_then_the_mail_comes_back()
    {
        var (net, user, message, stop) = await BeginAsync();

        await net.Provider.SendAsync(user, ["x@dead.example"], message, stop);
        await net.Provider.PutOffAsync("dead.example", attempts: 1, stop);
        await net.Provider.AgeAsync("dead.example", stop);

        var about = Assert.Single((await net.Provider.ReturnedAsync(user, message.MessageId!, stop)).Recipients);
        Assert.Equal(("x@dead.example", "failed"), (about.Address, about.Action));
    }

    [Fact]
    public async Task One_that_never_takes_mail_is_tried_for_days_and_then_the_mail_comes_back()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "never", new OddServer { Answer = (_, line) => line.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.1 Not now" : "" });

        await net.Provider.SendAsync(user, ["x@never.example"], message, stop);
        var reply = await net.Provider.PutOffAsync("never.example", attempts: 1, stop);
        await net.Provider.TryNowAsync("never.example", stop);
        await net.Provider.PutOffAsync("never.example", attempts: 2, stop);
        await net.Provider.AgeAsync("never.example", stop);

        Assert.Contains("Not now", reply, StringComparison.Ordinal);
        var about = Assert.Single((await net.Provider.ReturnedAsync(user, message.MessageId!, stop)).Recipients);
        Assert.Equal("failed", about.Action);
        Assert.Empty(odd.Messages);
    }

    [Fact]
    public async Task One_that_greylists_gets_the_mail_at_the_second_attempt()
    {
        var (net, user, message, stop) = await BeginAsync();
        var seen = 0;
        await using var odd = Open(net, "grey", new OddServer
        {
            Answer = (_, line) => line.StartsWith("RCPT", StringComparison.Ordinal) && Interlocked.Increment(ref seen) == 1 ? "451 4.7.1 Come back later" : "",
        });

        await net.Provider.SendAsync(user, ["x@grey.example"], message, stop);
        await net.Provider.PutOffAsync("grey.example", attempts: 1, stop);
        await net.Provider.TryNowAsync("grey.example", stop);

        await ArrivesOnceAsync(odd, message);
    }

    [Fact]
    public async Task One_that_is_busy_at_first_gets_the_mail_later()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "busy", new OddServer { Answer = (session, line) => session.Connection == 1 && line == OddServer.Greeting ? "421 4.3.2 Too busy" : "" });

        await net.Provider.SendAsync(user, ["x@busy.example"], message, stop);
        await net.Provider.PutOffAsync("busy.example", attempts: 1, stop);
        await net.Provider.TryNowAsync("busy.example", stop);

        await ArrivesOnceAsync(odd, message);
    }

    [Fact]
    public async Task One_that_hangs_up_before_the_message_gets_it_once()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "before", new OddServer { Answer = (session, line) => session.Connection == 1 && line == "DATA" ? null : "" });

        await net.Provider.SendAsync(user, ["x@before.example"], message, stop);
        await net.Provider.PutOffAsync("before.example", attempts: 1, stop);
        await net.Provider.TryNowAsync("before.example", stop);

        await ArrivesOnceAsync(odd, message);
    }

    // RFC 5321 §4.2.5: whose dot was not answered keeps the message. Here the other side had kept it as well, and has it twice then.
    [Fact]
    public async Task One_that_hangs_up_after_the_dot_gets_the_message_again()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "after", new OddServer { Answer = (session, line) => session.Connection == 1 && line == OddServer.Dot ? null : "" });

        await net.Provider.SendAsync(user, ["x@after.example"], message, stop);
        await net.Provider.PutOffAsync("after.example", attempts: 1, stop);
        await net.Provider.TryNowAsync("after.example", stop);

        await ArrivesOnceAsync(odd, message);
        Assert.Equal(2, odd.Messages.Count);
    }

    [Fact]
    public async Task Where_half_of_the_recipients_are_refused_the_others_have_it_and_the_sender_hears_of_each()
    {
        var (net, user, message, stop) = await BeginAsync();
        var to = Enumerable.Range(1, 10).Select(i => $"u{i}@half.example").ToList();
        await using var odd = Open(net, "half", new OddServer
        {
            Answer = (_, line) => line.StartsWith("RCPT", StringComparison.Ordinal) && int.Parse(line[(line.IndexOf('<') + 2)..line.IndexOf('@')]) % 2 == 0 ? "550 5.1.1 Nobody here" : "",
        });

        await net.Provider.SendAsync(user, to, message, stop);

        await ArrivesOnceAsync(odd, message);
        var returned = await net.Provider.ReturnedAsync(user, message.MessageId!, stop);
        Assert.Equal(to.Where((_, i) => i % 2 == 0).Order(), odd.Messages.Single().Recipients.Order());
        Assert.Equal(to.Where((_, i) => i % 2 == 1).Order(), returned.Recipients.Select(r => r.Address).Order());
        Assert.All(returned.Recipients, r => Assert.Equal(("failed", "5.1.1"), (r.Action, r.Status)));
    }

    [Fact]
    public async Task One_that_ends_after_three_messages_gets_all_of_them_once()
    {
        await using var odd = Open(await network.UpAsync(), "tired", new OddServer
        {
            Answer = (session, line) => session.Messages >= 3 && line.StartsWith("MAIL", StringComparison.Ordinal) ? "421 4.7.0 Enough for today" : "",
        });

        await ManyArriveOnceAsync(odd, "tired.example");
    }

    [Fact]
    public async Task One_that_takes_two_connections_gets_all_messages_once()
    {
        await using var odd = Open(await network.UpAsync(), "crowded", new OddServer
        {
            Answer = (session, line) => session.Open > 2 && line == OddServer.Greeting ? "421 4.7.0 Too many connections" : "",
        });

        await ManyArriveOnceAsync(odd, "crowded.example");
    }

    [Fact]
    public async Task One_whose_starttls_is_broken_gets_the_mail_in_the_clear()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "broken", new OddServer { BreaksTls = true });

        await net.Provider.SendAsync(user, ["x@broken.example"], message, stop);

        await ArrivesOnceAsync(odd, message);
        Assert.False(odd.Messages.Single().IsTls);
    }

    [Fact]
    public async Task A_slow_one_gets_the_mail_and_keeps_nobody_waiting()
    {
        var (net, user, message, stop) = await BeginAsync();
        var other = SampleMail.Text("Meanwhile", from: user.Address);
        await using var odd = Open(net, "slow", new OddServer { Drip = TimeSpan.FromMilliseconds(60) });

        await net.Provider.SendAsync(user, ["x@slow.example"], message, stop);
        await Eventually.TrueAsync(() => odd.Connections > 0);
        await net.Provider.SendAsync(user, ["x@postfix.example"], other, stop);
        await net.Peers["postfix"].ArrivedAsync(other.MessageId!);

        Assert.Empty(odd.Messages);
        await ArrivesOnceAsync(odd, message);
    }

    [Fact]
    public async Task Behind_a_black_hole_the_next_host_gets_the_mail()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "spare1", new OddServer());

        await net.Provider.SendAsync(user, ["x@silent.example"], message, stop);

        await ArrivesOnceAsync(odd, message);
    }

    [Fact]
    public async Task A_host_that_is_another_name_for_one_gets_the_mail()
    {
        var (net, user, message, stop) = await BeginAsync();
        await using var odd = Open(net, "spare2", new OddServer());

        await net.Provider.SendAsync(user, ["x@alias.example"], message, stop);

        await ArrivesOnceAsync(odd, message);
    }

    private async Task<(NetworkOfPeers Network, MailUser User, MimeMessage Message, CancellationToken Stop)> BeginAsync()
    {
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        return (net, user, SampleMail.Text("To odd places", from: user.Address), TestContext.Current.CancellationToken);
    }

    private static OddServer Open(NetworkOfPeers net, string name, OddServer server) => server.Open(net.Elsewhere, NetworkOfPeers.OddAddress(name));

    private static async Task ArrivesOnceAsync(OddServer odd, MimeMessage message)
    {
        await Eventually.TrueAsync(() => odd.Messages.Any(m => m.WasTaken), $"{message.MessageId} arrives");
        var arrived = Assert.Single(odd.Messages, m => m.WasTaken);
        Assert.Contains($"<{message.MessageId}>", arrived.Text, StringComparison.Ordinal);
    }

    private async Task ManyArriveOnceAsync(OddServer odd, string domain)
    {
        var (net, user, _, stop) = await BeginAsync();
        var messages = Enumerable.Range(1, 12).Select(i => SampleMail.Text($"Message {i}", $"Text {i}.\r\n", from: user.Address)).ToList();

        foreach (var message in messages)
            await net.Provider.SendAsync(user, [$"x@{domain}"], message, stop);

        await Eventually.TrueAsync(async () =>
        {
            // Only when all of them have been tried: who is asked again and again is thought to be dead.
            if (await net.Provider.AllPutOffAsync(domain, stop))
                await net.Provider.TryNowAsync(domain, stop);
            return odd.Messages.Count(m => m.WasTaken) >= messages.Count;
        }, $"all messages arrive at {domain}");
        Assert.Equal(
            messages.Select(m => m.MessageId!).Order(),
            odd.Messages.Select(m => MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(m.Text))).MessageId!).Order());
    }
}
