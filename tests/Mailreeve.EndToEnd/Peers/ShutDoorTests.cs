using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MailKit.Search;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// C7: "you must also ensure that you run a closed system". Every way of asking a server to carry a stranger's mail on, at each of its doors,
/// as a stranger and as a customer who writes in another's name. What counts is what arrives: nothing does.
/// </summary>
[Collection(nameof(NetworkOfPeers))]
public sealed partial class ShutDoorTests(NetworkOfPeers network)
{
    // V = gone.example is the victim, and takes mail; D = provider.example, H and I are ours; P is a third party.
    private static readonly string[] Senders =
    [
        "<>", "<u@gone.example>", "<a@postfix.example>", "<a@localhost>", "<a>", "<a@mail.provider.example>", "<a@[198.51.100.25]>", "<a@provider.example>",
        "<postmaster@mail.provider.example>", "<user59@provider.example>",
    ];

    private static readonly string[] Recipients =
    [
        "<u@gone.example>", "<u%gone.example@provider.example>", "<u%gone.example@mail.provider.example>", "<u%gone.example@[198.51.100.25]>",
        "<\"u@gone.example\">", "<\"u%gone.example\">", "<\"u@gone.example\"@provider.example>", "<\"u@gone.example\"@[198.51.100.25]>",
        "<u@gone.example@provider.example>", "<u@gone.example@[198.51.100.25]>", "<u@gone.example@mail.provider.example>",
        "<\"u@gone.example\"@mail.provider.example>", "<@provider.example:u@gone.example>", "<@mail.provider.example:u@gone.example>",
        "<@[198.51.100.25]:u@gone.example>", "<@mail.provider.example,@postfix.example:u@gone.example>", "<gone.example!u>",
        "<gone.example!u@provider.example>", "<gone.example!u@mail.provider.example>", "<gone.example!u@[198.51.100.25]>", "<u%gone.example>",
        "<u%gone.example%provider.example@provider.example>", "<postmaster%gone.example@provider.example>", "<u@GONE.example>", "<u@gone.example.>",
        "<u@[192.0.2.116]>", "<user1+u%gone.example@provider.example>", "<user1+gone.example!u@provider.example>", "<abuse@sub.provider.example>",
        "u@gone.example", "<>", "<\"\">", "<\"\"@provider.example>", "<u>", "<user1\\@gone.example@provider.example>", "<u@gone.example >",
        "<user1@provider.example,u@gone.example>", "<user1@provider.example> <u@gone.example>", "<user1@xn--prvider-64a.example>",
    ];

    // What a server that takes addresses apart would carry to V, though they are addresses at D, or none.
    private static readonly string[] Disguised =
    [
        .. Recipients.Where(r => r.EndsWith("@provider.example>", StringComparison.Ordinal) && r.Contains("gone", StringComparison.Ordinal)),
        "<\"u@gone.example\">", "<\"u%gone.example\">", "<gone.example!u>", "<u%gone.example>", "<u>", "<\"\">", "<>", "<@provider.example:u@gone.example>",
    ];

    public static TheoryData<int> Doors => [25, 587, 465];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task C7_a_stranger_gets_nothing_through(int port)
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        await using var victim = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("gone"));
        var before = await OutboundRowsAsync(net, stop);

        foreach (var machine in new[] { net.Elsewhere, net.Customer })
            await TryAllAsync(net, machine, port, user: null, Senders, Recipients, stop);

        Assert.Equal(before, await OutboundRowsAsync(net, stop));
        Assert.Equal(0, victim.Connections);
    }

    [Theory]
    [InlineData(587)]
    [InlineData(465)]
    public async Task C7_a_customer_cannot_write_in_the_name_of_another(int port)
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        await using var victim = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("gone"));

        await TryAllAsync(net, net.Elsewhere, port, user, [.. Senders.Where(s => s != "<>")], ["<u@gone.example>"], stop);
        await TryAllAsync(net, net.Elsewhere, port, user, [$"<{user.Address}>"], Disguised, stop);

        Assert.Equal(0, victim.Connections);
    }

    [Fact]
    public async Task C7_nmap_finds_no_open_relay_at_any_door()
    {
        var nmap = Required.Program("nmap", "nmap");
        var net = await network.UpAsync();

        var output = await RunAsync(net.Elsewhere,
        [
            nmap, "-Pn", "-n", "-sT", "-p", "25,587,465", "--script", "smtp-open-relay", "--script-args",
            "smtp-open-relay.domain=gone.example,smtp-open-relay.ip=198.51.100.25", $"{net.Provider.Address}",
        ]);

        Assert.Contains("25/tcp  open", output, StringComparison.Ordinal);
        Assert.True(output.Split("doesn't seem to be an open relay").Length > 1, output);
        Assert.DoesNotContain("Server is an open relay", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(25, "--tls")]
    [InlineData(587, "--tls")]
    [InlineData(465, "--tlsc")]
    public async Task C7_swaks_gets_no_mail_through(int port, string tls)
    {
        var swaks = Required.Program("swaks", "swaks");
        var net = await network.UpAsync();

        foreach (var from in new[] { "user1@provider.example", "postmaster@mail.provider.example", "a@gone.example", "<>" })
        {
            var output = await RunAsync(net.Elsewhere,
                [swaks, "--server", $"{net.Provider.Address}", "--port", $"{port}", tls, "--helo", "mail.provider.example", "--from", from, "--to", "u@gone.example"]);

            Assert.True(output.Contains("\n<~* 5", StringComparison.Ordinal) || output.Contains("\n<** 5", StringComparison.Ordinal), output);
            Assert.DoesNotContain("-> DATA", output, StringComparison.Ordinal);
        }
    }

    // CVE-2023-51764, -51765, -51766, VU#302671, and the two of the senders that are careless themselves.
    public static TheoryData<string> Sequences =>
        ["\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n"];

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task Nothing_is_smuggled_in_or_out(string sequence)
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        await using var victim = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("gone"));

        foreach (var (port, from) in new[] { (25, "a@postfix.example"), (587, user.Address) })
        {
            using var peer = await DoorPeer.ComeAsync(net, net.Elsewhere, port, port == 25 ? null : user, stop);
            await peer.SayAsync($"MAIL FROM:<{from}>");
            await peer.SayAsync($"RCPT TO:<{user.Address}>");
            Assert.StartsWith("354", await peer.SayAsync("DATA"), StringComparison.Ordinal);
            await peer.SendAsync(
                $"From: {from}\r\nTo: {user.Address}\r\nSubject: one\r\n\r\nhello{sequence}MAIL FROM:<{user.Address}>\r\nRCPT TO:<{user.Address}>\r\n"
                + $"RCPT TO:<u@gone.example>\r\nDATA\r\nFrom: smuggled@provider.example\r\nSubject: smuggled\r\n\r\nhello\r\n.\r\n");
            Assert.StartsWith("5", await peer.ReplyAsync(), StringComparison.Ordinal);
            Assert.StartsWith("250", await peer.SayAsync("NOOP"), StringComparison.Ordinal);
        }

        Assert.Empty(await net.Provider.MessagesAsync(user, SearchQuery.All, stop));
        Assert.Equal(0, victim.Connections);
    }

    [Fact]
    public async Task Nobody_makes_the_pages_write_to_a_stranger()
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        await using var victim = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("gone"));
        var before = await OutboundRowsAsync(net, stop);
        string[] addresses =
        [
            "u@gone.example", "u@gone.example\r\nBcc: u@gone.example", "\"u\r\nBcc: u\"@gone.example", "a@postfix.example, u@gone.example",
            "u@gone.example\0", "=?utf-8?q?u=0D=0ABcc:?= <u@gone.example>",
        ];

        foreach (var address in addresses)
        {
            await PostAsync(net, "report", new()
            {
                ["kind"] = "spam", ["source"] = "203.0.113.80", ["when"] = "2026-11-24T08:15", ["offset"] = "+00:00", ["explanation"] = $"Buy {address}",
                ["message"] = $"From: a@provider.example\r\nTo: {address}\r\n\r\nBuy", ["name"] = address, ["email"] = address, ["goodFaith"] = "true",
            }, stop);
            await PostAsync(net, "sign-in/forgotten", new() { ["address"] = address }, stop);
            using var report = new StringContent(
                $$"""{"xarf_version":"4.0.0","reporter":{"contact":{{System.Text.Json.JsonSerializer.Serialize(address)}}},"source_identifier":"203.0.113.80"}""",
                Encoding.UTF8, "application/json");
            using var kept = await net.Provider.Process.Http.PostAsync(new Uri($"http://{net.Provider.Process.Pages}/api/reports"), report, stop);
        }

        // The reports are read before anything is counted: what would be written is written then.
        await Eventually.TrueAsync(async () => await CountAsync(net, "SELECT COUNT(*) FROM report WHERE state = 'received'", stop) == 0, "all reports are read");
        Assert.Equal(before, await OutboundRowsAsync(net, stop));
        Assert.Equal(0, victim.Connections);
    }

    private static async Task TryAllAsync(
        NetworkOfPeers net, Machine machine, int port, MailUser? user, IReadOnlyList<string> senders, IReadOnlyList<string> recipients, CancellationToken stop)
    {
        foreach (var sender in senders)
        {
            DoorPeer? peer = null;
            try
            {
                foreach (var recipient in recipients)
                {
                    // Whoever errs too often is sent away, and comes anew.
                    while (await TryAsync(peer ??= await DoorPeer.ComeAsync(net, machine, port, user, stop), $"{port}", sender, recipient) is false)
                    {
                        peer.Dispose();
                        peer = null;
                    }
                }
            }
            finally
            {
                peer?.Dispose();
            }
        }
    }

    // False when the server hung up: there was no answer.
    private static async Task<bool> TryAsync(DoorPeer peer, string door, string sender, string recipient)
    {
        try
        {
            await peer.SayAsync("RSET");
            var mail = await peer.SayAsync($"MAIL FROM:{sender}");
            var reply = await peer.SayAsync($"RCPT TO:{recipient}");
            Assert.False(reply.StartsWith('2'), $"{door}: {sender} to {recipient}: {mail}, {reply}");
            if (mail.StartsWith("421", StringComparison.Ordinal) || reply.StartsWith("421", StringComparison.Ordinal))
                return false;
            Assert.StartsWith("5", reply, StringComparison.Ordinal);
            Assert.False((await peer.SayAsync("DATA")).StartsWith('3'), $"{door}: {sender} to {recipient}: DATA");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task PostAsync(NetworkOfPeers net, string page, Dictionary<string, string> fields, CancellationToken stop)
    {
        var shown = await net.Provider.Process.Http.GetStringAsync(new Uri($"http://{net.Provider.Process.Pages}/{page}"), stop);
        if (FormToken().Match(shown) is { Success: true } token)
            fields[token.Groups[1].Value] = token.Groups[2].Value;
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await net.Provider.Process.Http.PostAsync(new Uri($"http://{net.Provider.Process.Pages}/{page}"), form, stop);
        Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{page}: {answer.StatusCode}");
    }

    private static Task<long> OutboundRowsAsync(NetworkOfPeers net, CancellationToken stop) =>
        CountAsync(net, "SELECT COUNT(*) FROM outbound WHERE destination LIKE '%gone%' OR recipient LIKE '%gone%'", stop);

    private static Task<long> CountAsync(NetworkOfPeers net, string sql, CancellationToken stop) =>
        net.Provider.Database.Database.ReadAsync(db => db.SingleAsync<long>(sql, new { }, stop), stop);

    private static async Task<string> RunAsync(Machine machine, IReadOnlyList<string> program)
    {
        var stop = TestContext.Current.CancellationToken;
        string[] command = [.. machine.Enter, .. program];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return output + await errors;
    }

    [GeneratedRegex("name=\"(__RequestVerificationToken)\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
