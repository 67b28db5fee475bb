using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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

    private const string ListedByThunderbird =
        "UID FETCH 1:* (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References"
        + " Newsgroups In-Reply-To Content-Type Reply-To Received)])";

    public static async Task RunAsync(CancellationToken stop)
    {
        await using var server = await ImapServer.StartAsync(stop);
        var delivery = server.Services.GetRequiredService<MailDelivery>();
        for (var i = 0; i < Messages; i++)
            await delivery.DeliverToAllAsync(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Text(i, 12_200))), "sender@elsewhere.example", [server.Mailbox]);

        using var reader = await OctetReader.SignInAsync(server);
        await reader.AskAsync("SELECT INBOX");
        foreach (var command in (string[])[
            "FETCH 1:* FLAGS", "FETCH 1:* ENVELOPE", ListedByThunderbird, "FETCH 1:* BODYSTRUCTURE", "FETCH 1:* BODY.PEEK[]",
            "SEARCH TEXT \"zebra crossing\"", "SEARCH SUBJECT \"1234\"", "SORT (SUBJECT DATE) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL"])
            await MeasureAsync(command, () => reader.AskAsync(command));
        await MeasureAsync("LOGIN, SELECT, LOGOUT", async () =>
        {
            using var other = await SignInAsync(server);
            await other.OkAsync("SELECT INBOX");
            await other.AskAsync("LOGOUT");
        });
        await IdleAsync(server, delivery);
        await reader.AskAsync("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        await reader.AskAsync("CLOSE");
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
        Console.WriteLine($"imap  {(name.Length > 28 ? name[..28] : name),-28} {times[Runs / 2],8:0.00} ms ({times[0]:0.00}–{times[^1]:0.00})");
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

    /// <summary>A client that looks at nothing but the end of an answer.</summary>
    private sealed class OctetReader : IDisposable
    {
        // Capabilities are in it when one signs in.
        private const int LastLineMax = 1024;

        private static readonly byte[] End = "\r\nx OK "u8.ToArray();

        private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] buffer = new byte[1 << 20];

        public static async Task<OctetReader> SignInAsync(ImapServer server)
        {
            var made = new OctetReader();
            await made.socket.ConnectAsync(IPAddress.Loopback, server.Port);
            await made.socket.ReceiveAsync(made.buffer);
            await made.AskAsync($"LOGIN {server.User} {server.Password}");
            return made;
        }

        public async Task AskAsync(string command)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"x {command}\r\n"));
            buffer[0] = (byte)'\r';
            buffer[1] = (byte)'\n';
            for (var have = 2; ;)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(have));
                if (received == 0)
                    throw new EndOfStreamException("The server closed the connection.");
                have += received;
                // The last line is short, and the last to come.
                var tail = Math.Max(0, have - LastLineMax);
                if (buffer[have - 1] == '\n' && buffer.AsSpan(tail, have - tail).IndexOf(End) >= 0)
                    return;
                if (have < buffer.Length / 2)
                    continue;
                buffer.AsSpan(have - LastLineMax, LastLineMax).CopyTo(buffer);
                have = LastLineMax;
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
