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

    public static TheoryData<string> WaysToSignIn => ["PLAIN with it", "PLAIN asked", "PLAIN two blanks", "LOGIN with it", "LOGIN asked"];

    // Windows Mail puts two blanks behind PLAIN; Outlook sends its name along with LOGIN, and shows no other way when that fails.
    [Theory, MemberData(nameof(WaysToSignIn))]
    public async Task Clients_sign_in_each_in_their_own_way(string way)
    {
        Assert.SkipWhen(Server.SubmissionPort is null, "The server that stands in takes no mail from its users.");
        var peer = await GreetedAsync(Server.SubmissionPort.Value, "EHLO DESKTOP-1");
        await ReplyAsync(peer, "STARTTLS");
        await peer.StartTlsAsync(Server);
        await ReplyAsync(peer, "EHLO DESKTOP-1");
        var plain = Base64($"\0{User.Address}\0{User.Password}");
        var (name, password) = (Base64(User.Address), Base64(User.Password));
        (string Says, string Hears)[] dialogue = way switch
        {
            "PLAIN with it" => [($"AUTH PLAIN {plain}", "235")],
            "PLAIN asked" => [("AUTH PLAIN", "334 "), (plain, "235")],
            "PLAIN two blanks" => [($"AUTH PLAIN  {plain}", "235")],
            "LOGIN with it" => [($"AUTH LOGIN {name}", "334 UGFzc3dvcmQ6"), (password, "235")],
            _ => [("auth login", "334 VXNlcm5hbWU6"), (name, "334 UGFzc3dvcmQ6"), (password, "235")],
        };

        foreach (var (says, hears) in dialogue)
            Assert.StartsWith(hears, await ReplyAsync(peer, says), StringComparison.Ordinal);

        Assert.StartsWith("250", await ReplyAsync(peer, $"MAIL FROM: <{User.Address}> AUTH=<>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await ReplyAsync(peer, $"RCPT TO: <{User.Address}>"), StringComparison.Ordinal);
        await ReplyAsync(peer, "DATA");
        Assert.StartsWith("250", await ReplyAsync(peer, $"From: {User.Address}\r\nSubject: {way}\r\n\r\nHello.\r\n."), StringComparison.Ordinal);
        Assert.Equal(way, (await (await InboxWithAsync(1)).GetMessageAsync(0, Stop)).Subject);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

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
