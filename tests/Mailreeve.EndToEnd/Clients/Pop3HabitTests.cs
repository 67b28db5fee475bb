using System.Text;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>What clients were seen to send, as they send it.</summary>
public sealed class Pop3HabitTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task Plain_is_taken_with_and_without_initial_response()
    {
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{User.Address}\0{User.Password}"));
        var first = await GreetedAsync();
        var second = await GreetedAsync();

        Assert.StartsWith("+OK", await first.SayAsync($"AUTH PLAIN {plain}"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await first.SayAsync("QUIT"), StringComparison.Ordinal);
        Assert.StartsWith("+ ", await second.SayAsync("AUTH PLAIN"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await second.SayAsync(plain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_may_think_better_of_it()
    {
        var peer = await GreetedAsync();

        Assert.StartsWith("+ ", await peer.SayAsync("AUTH PLAIN"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR", await peer.SayAsync("*"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.SayAsync($"user {User.Address}"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.SayAsync($"pass {User.Password}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_come_together_are_answered_in_order()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var peer = await SignedInAsync();

        await peer.SendAsync("STAT\r\nUIDL\r\nLIST\r\nRETR 1\r\nRETR 2\r\nNOOP\r\n");

        Assert.Matches(@"^\+OK 2 \d+$", await peer.LineAsync());
        for (var list = 0; list < 2; list++)
        {
            Assert.StartsWith("+OK", await peer.LineAsync(), StringComparison.Ordinal);
            Assert.Equal(["1", "2"], (await peer.DottedAsync()).Select(l => l.Split(' ')[0]));
        }

        foreach (var subject in new[] { "First", "Second" })
        {
            Assert.StartsWith("+OK", await peer.LineAsync(), StringComparison.Ordinal);
            Assert.Contains($"Subject: {subject}", await peer.DottedAsync());
        }

        Assert.StartsWith("+OK", await peer.LineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_an_error_and_the_session_goes_on()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await SignedInAsync();

        string[] wrong = ["RETR 2", "RETR 0", "RETR", "DELE x", "TOP 1", "TOP 1 -1", "UIDL 99999999999999999999", "XTND XMIT", "LIST 7"];
        foreach (var command in wrong)
            Assert.StartsWith("-ERR", await peer.SayAsync(command), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.SayAsync("DELE 1"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR", await peer.SayAsync("DELE 1"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR", await peer.SayAsync("UIDL 1"), StringComparison.Ordinal);
        Assert.StartsWith("+OK 0 0", await peer.SayAsync("STAT"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await peer.SayAsync("RSET"), StringComparison.Ordinal);
        Assert.StartsWith("+OK 1 ", await peer.SayAsync("STAT"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capabilities_are_told_before_and_after_signing_in()
    {
        var peer = await GreetedAsync();
        Assert.StartsWith("+OK", await peer.SayAsync("CAPA"), StringComparison.Ordinal);
        var before = await peer.DottedAsync();
        await peer.SayAsync($"USER {User.Address}");
        await peer.SayAsync($"PASS {User.Password}");
        Assert.StartsWith("+OK", await peer.SayAsync("CAPA"), StringComparison.Ordinal);
        var after = await peer.DottedAsync();

        Assert.Contains(before, l => l.StartsWith("SASL ", StringComparison.Ordinal) && l.Contains("PLAIN", StringComparison.Ordinal));
        // Under TLS there is nothing to start any more (RFC 2595 §4).
        Assert.DoesNotContain("STLS", before);
        foreach (var capability in new[] { "TOP", "UIDL", "PIPELINING", "RESP-CODES" })
        {
            Assert.Contains(capability, before);
            Assert.Contains(capability, after);
        }
    }

    // RFC 2449 §8.1.1: the client tries again later, and does not ask its user for another password.
    [Fact]
    public async Task A_second_session_is_told_that_the_mailbox_is_in_use()
    {
        Server.MustHave("IN-USE");
        using var first = await SignedInAsync();
        var second = await GreetedAsync();
        await second.SayAsync($"USER {User.Address}");

        Assert.StartsWith("-ERR [IN-USE]", await second.SayAsync($"PASS {User.Password}"), StringComparison.Ordinal);
    }

    private async Task<LinePeer> GreetedAsync()
    {
        var peer = await PeerAsync(Server.Pop3sPort, tls: true);
        Assert.StartsWith("+OK", await peer.LineAsync(), StringComparison.Ordinal);
        return peer;
    }

    private async Task<LinePeer> SignedInAsync()
    {
        var peer = await GreetedAsync();
        await peer.SayAsync($"USER {User.Address}");
        Assert.StartsWith("+OK", await peer.SayAsync($"PASS {User.Password}"), StringComparison.Ordinal);
        return peer;
    }
}
