namespace Mailreeve.EndToEnd.Clients;

/// <summary>What clients were seen to send, as they send it.</summary>
public sealed class SmtpHabitTests(RunningMailServer running) : MailServerTests(running)
{
    [Theory]
    [InlineData("MAIL FROM:<a@elsewhere.example>", "RCPT TO: <{0}>")]
    [InlineData("mail from: <a@elsewhere.example>", "rcpt to:<{0}>")]
    [InlineData("MAIL FROM:<>", "RCPT TO:<{0}>")]
    [InlineData("MAIL FROM:<a@elsewhere.example> BODY=8BITMIME", "RCPT TO:<{0}>")]
    [InlineData("MAIL FROM:<a@elsewhere.example> SIZE=200", "RCPT TO:<{0}>")]
    public async Task Senders_and_recipients_are_written_in_many_ways(string mail, string recipient)
    {
        var peer = await GreetedAsync(Server.SmtpPort, "EHLO DESKTOP-1");

        Assert.StartsWith("250", await ReplyAsync(peer, mail), StringComparison.Ordinal);
        Assert.StartsWith("250", await ReplyAsync(peer, recipient.Replace("{0}", User.Address, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("354", await ReplyAsync(peer, "DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await ReplyAsync(peer, SampleMail.Text("Any way").WireText() + "."), StringComparison.Ordinal);

        Assert.Equal("Any way", (await (await InboxAsync()).GetMessageAsync(0, Stop)).Subject);
    }

    // An iPhone does that.
    [Fact]
    public async Task Eight_bits_come_unannounced_and_are_kept()
    {
        var peer = await GreetedAsync(Server.SmtpPort, "EHLO [192.0.2.7]");
        await ReplyAsync(peer, "MAIL FROM:<a@elsewhere.example>");
        await ReplyAsync(peer, $"RCPT TO:<{User.Address}>");
        await ReplyAsync(peer, "DATA");

        Assert.StartsWith("250", await ReplyAsync(peer, SampleMail.Rich("Eight bits").WireText() + "."), StringComparison.Ordinal);

        Assert.Equal("Grüße aus Köln", (await (await InboxAsync()).GetMessageAsync(0, Stop)).TextBody?.TrimEnd());
    }

    [Fact]
    public async Task The_parts_of_an_address_that_do_not_matter_do_not_matter()
    {
        var peer = await GreetedAsync(Server.SmtpPort, "EHLO client.example");
        var (local, domain) = (User.Address.Split('@')[0], User.Address.Split('@')[1]);
        await ReplyAsync(peer, "MAIL FROM:<a@elsewhere.example>");

        Assert.StartsWith("250", await ReplyAsync(peer, $"RCPT TO:<{local}+shopping@{domain}>"), StringComparison.Ordinal);
        await ReplyAsync(peer, "DATA");
        Assert.StartsWith("250", await ReplyAsync(peer, SampleMail.Text("Plus").WireText() + "."), StringComparison.Ordinal);
        await ReplyAsync(peer, "MAIL FROM:<a@elsewhere.example>");
        Assert.StartsWith("250", await ReplyAsync(peer, $"RCPT TO:<{local.ToUpperInvariant()}@{domain.ToUpperInvariant()}>"), StringComparison.Ordinal);
        await ReplyAsync(peer, "DATA");
        Assert.StartsWith("250", await ReplyAsync(peer, SampleMail.Text("Capitals").WireText() + "."), StringComparison.Ordinal);

        var client = await ImapAsync();
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly, Stop);
        Assert.Equal(2, client.Inbox.Count);
    }

    private async Task<LinePeer> GreetedAsync(int port, string greeting)
    {
        var peer = await PeerAsync(port, tls: false);
        Assert.StartsWith("220", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await ReplyAsync(peer, greeting), StringComparison.Ordinal);
        return peer;
    }

    // The last line of a reply.
    private static async Task<string> ReplyAsync(LinePeer peer, string line)
    {
        var reply = await peer.SayAsync(line);
        while (reply.Length > 3 && reply[3] == '-')
            reply = await peer.LineAsync();
        return reply;
    }
}
