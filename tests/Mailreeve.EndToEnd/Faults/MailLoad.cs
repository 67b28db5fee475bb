using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MailKit;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using Peer = Mailreeve.Testing.Imap.ImapPeer;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>
/// Clients that deliver messages by SMTP, put some into folders by IMAP, and mark, move and expunge what is there, all at once and until
/// they are told to stop. They keep a ledger of each answer, and hold the server to the rules of the dialogue meanwhile.
/// </summary>
internal sealed partial class MailLoad(MailServerUnderTest server, int mailboxes, int messageBytes = 500) : IDisposable
{
    private const int Deliverers = 4;
    private const int Appenders = 2;
    private const int Changers = 3;
    private const int ChangesPerVisit = 8;
    private static readonly TimeSpan PauseBeforeReconnect = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SightPatience = TimeSpan.FromSeconds(30);
    private static readonly string[] Folders = ["INBOX", "Drafts", "Sent", "Trash"];
    private static readonly string[] Marks = [@"\Seen", @"\Flagged", @"\Answered", "$Load"];

    private readonly MailUser[] users = [.. Enumerable.Range(0, mailboxes).Select(_ => server.NextUser())];
    private readonly CancellationTokenSource enough = new();

    /// <summary>What was asked for and answered.</summary>
    public MailLedger Ledger { get; } = new();

    /// <summary>Puts load on the server until <see cref="Stop"/> is called.</summary>
    /// <exception cref="InvalidDataException">The server has said what it must not; the message says what.</exception>
    public Task RunAsync() => Task.WhenAll(
    [
        .. Enumerable.Range(0, Deliverers).Select(n => RepeatAsync(() => DeliverAsync(new Random(n)))),
        .. Enumerable.Range(0, Appenders).Select(n => RepeatAsync(() => AppendAsync(new Random(100 + n)))),
        // Each has mailboxes of its own: what it is told is how they are.
        .. Enumerable.Range(0, Changers).Select(n => RepeatAsync(ChangeAsync(new Random(200 + n), [.. users.Where((_, i) => i % Changers == n)]))),
    ]);

    /// <summary>Lets everyone finish what they have begun.</summary>
    public void Stop() => enough.Cancel();

    /// <summary>Returns when the load has come so far, or fails as it did.</summary>
    /// <param name="running">What <see cref="RunAsync"/> returned.</param>
    /// <param name="isThere">Whether it has.</param>
    /// <param name="text">For the message of a test that fails.</param>
    public static async Task ComesToAsync(Task running, Func<bool> isThere, [CallerArgumentExpression(nameof(isThere))] string text = "")
    {
        await Eventually.TrueAsync(() => running.IsFaulted || isThere(), text);
        if (running.IsFaulted)
            await running;
    }

    /// <inheritdoc/>
    public void Dispose() => enough.Dispose();

    /// <summary>Looks at everything that lies in the mailboxes, and notes in the ledger what the server says about its folders.</summary>
    public async Task<IReadOnlyList<FoundMessage>> FindAsync()
    {
        var found = new List<FoundMessage>();
        foreach (var user in users)
        {
            using var peer = await LetInAsync(user);
            foreach (var folder in Folders)
            {
                var selected = string.Join("\r\n", await peer.OkAsync($"EXAMINE {folder}"));
                Announced(user, folder, selected);
                if (selected.Contains("* 0 EXISTS", StringComparison.Ordinal))
                    continue;
                found.AddRange((await peer.OkAsync("UID FETCH 1:* (UID FLAGS BODY.PEEK[])"))
                    .Where(line => line.Contains(" FETCH (", StringComparison.Ordinal)).Select(line => Found(user, folder, line)));
            }
        }

        return found;
    }

    private FoundMessage Found(MailUser user, string folder, string line)
    {
        var flags = Whereabouts.InOrder(FetchedFlags().Match(line).Groups[1].Value.Split(' ').Where(f => f != @"\Recent"));
        var number = int.Parse(FetchedName().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var octets = line[(line.IndexOf("}\r\n", StringComparison.Ordinal) + 3)..^1];
        return new FoundMessage(
            user.Address, folder, Number(FetchedUid().Match(line)), flags, number,
            octets.EndsWith(LoadText.Of(number, messageBytes), StringComparison.Ordinal));
    }

    // A connection that breaks is made anew. A server that is down takes none.
    private async Task RepeatAsync(Func<Task> session)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await session();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await Task.Delay(PauseBeforeReconnect);
            }
            catch
            {
                // The others end, too, and the test hears of it.
                Stop();
                throw;
            }
        }
    }

    // RFC 5321, one command at a time: the reply must be one to this command.
    private async Task DeliverAsync(Random random)
    {
        using var peer = await LinePeer.ConnectAsync(server, server.SmtpPort, tls: false, new NullProtocolLogger());
        MustBe(await peer.LineAsync(), "220");
        MustBe(await peer.SayAsync("HELO load.elsewhere.example"), "250");
        while (!enough.IsCancellationRequested)
        {
            var first = random.Next(users.Length);
            var to = Enumerable.Range(0, random.Next(4) == 0 ? 3 : 1).Select(i => users[(first + (i * 7)) % users.Length]).Distinct().ToList();
            var message = Ledger.Begin(to, "INBOX", "");
            await AnsweredAsync(async () =>
            {
                if (await SendAsync(peer, message))
                    Ledger.Keep(message);
                else
                    Ledger.Refuse(message);
            });
        }

        MustBe(await peer.SayAsync("QUIT"), "221");
    }

    private async Task<bool> SendAsync(LinePeer peer, IReadOnlyList<LedgerEntry> message)
    {
        MustBe(await peer.SayAsync("MAIL FROM:<sender@elsewhere.example>"), "250");
        foreach (var entry in message)
        {
            if (IsPositive(await peer.SayAsync($"RCPT TO:<{entry.Mailbox.Address}>"), "250"))
                continue;
            MustBe(await peer.SayAsync("RSET"), "250");
            return false;
        }

        MustBe(await peer.SayAsync("DATA"), "354");
        return IsPositive(await peer.SayAsync(LoadText.Of(message[0].Number, messageBytes) + "."), "250");
    }

    private async Task AppendAsync(Random random)
    {
        var user = users[random.Next(users.Length)];
        using var peer = await SignInAsync(user);
        for (var i = 0; i < ChangesPerVisit && !enough.IsCancellationRequested; i++)
        {
            var folder = random.Next(2) == 0 ? "INBOX" : "Drafts";
            var flags = random.Next(2) == 0 ? @"\Seen" : @"$Load \Draft";
            var message = Ledger.Begin([user], folder, flags);
            await AnsweredAsync(async () =>
            {
                var text = LoadText.Of(message[0].Number, messageBytes);
                var reply = (await peer.AskAsync($"APPEND {folder} ({flags}) {{{text.Length}+}}\r\n{text}"))[^1];
                if (IsOk(reply))
                {
                    Ledger.Keep(message);
                    Ledger.See(user.Address, folder, Number(AppendUid().Match(reply)), message[0].Number);
                }
                else
                {
                    Ledger.Refuse(message);
                }
            });
        }
    }

    private Func<Task> ChangeAsync(Random random, MailUser[] own) => async () =>
    {
        var user = own[random.Next(own.Length)];
        var folder = random.Next(5) switch
        {
            0 => "Trash",
            1 => "Drafts",
            _ => "INBOX",
        };
        using var peer = await SignInAsync(user);
        var selected = await peer.AskAsync($"SELECT {folder}");
        if (!IsOk(selected[^1]))
            return;
        Announced(user, folder, string.Join("\r\n", selected));
        for (var i = 0; i < ChangesPerVisit && !enough.IsCancellationRequested; i++)
        {
            if (Ledger.Take(user, folder, random) is not { } entry)
                continue;
            try
            {
                await ChangeAsync(peer, entry, folder, random);
            }
            finally
            {
                Ledger.Release(entry);
            }
        }
    };

    private async Task ChangeAsync(Peer peer, LedgerEntry entry, string folder, Random random)
    {
        if (await FindAsync(peer, entry) is not { } uid)
            return;
        Ledger.See(entry.Mailbox.Address, folder, uid, entry.Number);

        var now = entry.Possible[0];
        switch (random.Next(4))
        {
            case 0 when folder != "Sent":
                var to = random.Next(2) == 0 ? "Sent" : folder == "Trash" ? "INBOX" : "Trash";
                if (await DoAsync(peer, entry, now with { Folder = to }, $"UID MOVE {uid} {to}") is { } moved)
                    Ledger.See(entry.Mailbox.Address, to, Number(CopyUid().Match(moved)), entry.Number);
                break;
            case 1:
                if (await DoAsync(peer, entry, now.Marked(@"\Deleted"), $@"UID STORE {uid} +FLAGS (\Deleted)") is not null)
                    await DoAsync(peer, entry, Whereabouts.Nowhere, $"UID EXPUNGE {uid}");
                break;
            default:
                var mark = Marks[random.Next(Marks.Length)];
                await DoAsync(peer, entry, now.Marked(mark), $"UID STORE {uid} +FLAGS.SILENT ({mark})");
                break;
        }
    }

    // It may take a moment: a message waits for those that got their UIDs before it, and one that cannot be read now is not found now.
    private async Task<uint?> FindAsync(Peer peer, LedgerEntry entry)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!enough.IsCancellationRequested)
        {
            var answer = await peer.AskAsync($"UID SEARCH HEADER Message-ID <{LoadText.MessageId(entry.Number)}>");
            if (!IsOk(answer[^1]))
                return null;
            if (SearchResult().Match(string.Join("\r\n", answer)) is { Success: true } found)
                return Number(found);
            if (Stopwatch.GetElapsedTime(begun) > SightPatience)
                throw new InvalidDataException($"{entry.Mailbox.Address}: message {entry.Number} is not found: {string.Join(" | ", answer)}");
            await Task.Delay(PauseBeforeReconnect);
        }

        return null;
    }

    // The answer's lines, or null when it was refused.
    private async Task<string?> DoAsync(Peer peer, LedgerEntry entry, Whereabouts next, string command)
    {
        string? done = null;
        Ledger.Ask(entry, next);
        await AnsweredAsync(async () =>
        {
            var answer = await peer.AskAsync(command);
            if (IsOk(answer[^1]))
            {
                Ledger.Acknowledge(entry);
                done = string.Join("\r\n", answer);
            }
            else
            {
                Ledger.RefuseChange();
            }
        });
        return done;
    }

    private async Task AnsweredAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Ledger.Interrupt();
            throw;
        }
    }

    // Right after the load a sign-in may be refused for a moment; each refusal is written down with the server's reason.
    private async Task<Peer> LetInAsync(MailUser user)
    {
        Peer? peer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    peer = await SignInAsync(user);
                }
                catch (IOException e)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine(e.Message);
                }

                return peer is not null;
            },
            $"{user.Address} is let in");
        return peer!;
    }

    private async Task<Peer> SignInAsync(MailUser user)
    {
        var peer = await Peer.ConnectAsync(server.ImapPort);
        var reply = (await peer.AskAsync($"LOGIN {user.Address} {user.Password}"))[^1];
        if (IsOk(reply))
            return peer;
        peer.Dispose();
        throw new IOException($"The server does not let {user.Address} in now: {reply}");
    }

    private void Announced(MailUser user, string folder, string selected) =>
        Ledger.Announce(user.Address, folder, Number(UidValidity().Match(selected)), Number(UidNext().Match(selected)));

    private static void MustBe(string reply, string code)
    {
        if (!IsPositive(reply, code))
            throw new IOException($"The server does not go on: {reply}");
    }

    // Everything else would mean that the two are out of step, or that a client gives up for good.
    private static bool IsPositive(string reply, string code)
    {
        if (reply.StartsWith('4'))
            return false;
        return reply.StartsWith($"{code} ", StringComparison.Ordinal) ? true : throw new InvalidDataException($"Not {code}: {reply}");
    }

    private static bool IsOk(string reply)
    {
        if (reply.StartsWith("OK ", StringComparison.Ordinal))
            return true;
        return reply.StartsWith("NO ", StringComparison.Ordinal) ? false : throw new InvalidDataException($"Neither OK nor NO: {reply}");
    }

    private static uint Number(Match match) => uint.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bUID (\d+)")]
    private static partial Regex FetchedUid();

    [GeneratedRegex(@"\bFLAGS \(([^)]*)\)")]
    private static partial Regex FetchedFlags();

    [GeneratedRegex(@"\r\nMessage-ID: <load-(\d+)@")]
    private static partial Regex FetchedName();

    [GeneratedRegex(@"\[APPENDUID \d+ (\d+)\]")]
    private static partial Regex AppendUid();

    [GeneratedRegex(@"\[COPYUID \d+ \d+ (\d+)\]")]
    private static partial Regex CopyUid();

    [GeneratedRegex(@"\* SEARCH (\d+)(?:\r|$)")]
    private static partial Regex SearchResult();

    [GeneratedRegex(@"\[UIDVALIDITY (\d+)\]")]
    private static partial Regex UidValidity();

    [GeneratedRegex(@"\[UIDNEXT (\d+)\]")]
    private static partial Regex UidNext();
}
