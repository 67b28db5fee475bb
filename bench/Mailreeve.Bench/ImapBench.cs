using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Testing.Imap;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Bench;

/// <summary>What IMAP costs on a mailbox of 2,000 messages of 12 KiB, client and server in one process: figures to compare with themselves.</summary>
internal static class ImapBench
{
    private const int Messages = 2000;
    private const int Runs = 9;

    public static async Task RunAsync(CancellationToken stop)
    {
        await using var server = await ImapServer.StartAsync(stop);
        var delivery = server.Services.GetRequiredService<MailDelivery>();
        for (var i = 0; i < Messages; i++)
            await delivery.DeliverToAllAsync(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Text(i, 12_200))), "sender@elsewhere.example", [server.Mailbox]);

        using var peer = await SignInAsync(server);
        await peer.OkAsync("SELECT INBOX");
        await MeasureAsync("FETCH 1:* FLAGS", () => peer.OkAsync("FETCH 1:* FLAGS"));
        await MeasureAsync("FETCH 1:* ENVELOPE", () => peer.OkAsync("FETCH 1:* ENVELOPE"));
        await MeasureAsync("what Thunderbird lists by", () => peer.OkAsync("UID FETCH 1:* (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received)])"));
        await MeasureAsync("FETCH 1:* BODYSTRUCTURE", () => peer.OkAsync("FETCH 1:* BODYSTRUCTURE"));
        await MeasureAsync("FETCH 1:* BODY.PEEK[]", () => peer.OkAsync("FETCH 1:* BODY.PEEK[]"));
        await MeasureAsync("SEARCH TEXT nothing", () => peer.OkAsync("SEARCH TEXT \"zebra crossing\""));
        await MeasureAsync("SEARCH SUBJECT", () => peer.OkAsync("SEARCH SUBJECT \"1234\""));
        await MeasureAsync("SORT (SUBJECT DATE)", () => peer.OkAsync("SORT (SUBJECT DATE) UTF-8 ALL"));
        await MeasureAsync("THREAD REFERENCES", () => peer.OkAsync("THREAD REFERENCES UTF-8 ALL"));
        await MeasureAsync("LOGIN, SELECT, LOGOUT", async () =>
        {
            using var other = await SignInAsync(server);
            await other.OkAsync("SELECT INBOX");
            await other.AskAsync("LOGOUT");
        });
        await IdleAsync(server, delivery);
        await peer.OkAsync("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        await peer.OkAsync("CLOSE");
        await AppendAsync(server);
    }

    private static async Task IdleAsync(ImapServer server, MailDelivery delivery)
    {
        using var peer = await SignInAsync(server);
        await peer.OkAsync("SELECT Sent");
        await peer.OkAsync("SELECT INBOX");
        await peer.BeginAsync("IDLE");
        await peer.LineAsync();
        await MeasureAsync("delivery to EXISTS", async () =>
        {
            await delivery.DeliverToAllAsync(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Text(0, 100))), "sender@elsewhere.example", [server.Mailbox]);
            await peer.LineAsync();
            await peer.LineAsync();
        });
    }

    private static async Task AppendAsync(ImapServer server)
    {
        const int each = 300;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var peer = await SignInAsync(server);
            var message = Text(1, 4096);
            for (var i = 0; i < each; i++)
                await peer.OkAsync($"APPEND Sent {{{message.Length}+}}\r\n{message}");
        }));
        Console.WriteLine($"imap  {"APPEND, 8 sessions, 4 KiB",-28} {8 * each / watch.Elapsed.TotalSeconds,8:0} a second");
    }

    private static async Task MeasureAsync(string name, Func<Task> run)
    {
        await run();
        await run();
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await run();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"imap  {name,-28} {times[Runs / 2],8:0.00} ms ({times[0]:0.00}–{times[^1]:0.00})");
    }

    private static async Task<ImapPeer> SignInAsync(ImapServer server)
    {
        var peer = await ImapPeer.ConnectAsync(server.Port);
        await peer.LineAsync();
        await peer.OkAsync($"LOGIN {server.User} {server.Password}");
        return peer;
    }

    private static string Text(int number, int size)
    {
        var text = new StringBuilder(size + 100);
        text.Append(CultureInfo.InvariantCulture, $"From: Somebody <s{number % 17}@elsewhere.example>\r\nTo: Kim <kim@provider.example>\r\n")
            .Append(CultureInfo.InvariantCulture, $"Subject: Message {number} of many\r\nDate: Mon, 02 Mar 2026 10:{number % 60:00}:00 +0000\r\n")
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{number}@elsewhere.example>\r\nReferences: <{number / 10}@elsewhere.example>\r\nMIME-Version: 1.0\r\n")
            .Append("Content-Type: text/plain; charset=utf-8\r\n\r\n");
        while (text.Length < size)
            text.Append(CultureInfo.InvariantCulture, $"This is line {text.Length} of a message that is long enough to be an ordinary one.\r\n");
        return text.ToString();
    }
}
