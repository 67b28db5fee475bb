using System.Collections.Concurrent;
using System.Net.Sockets;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MailKit;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// Our server is killed (SIGKILL) and started again while mail goes through it to a server that others wrote, and then that one is killed.
/// There is a ledger of every 250: what was acknowledged arrives, and twice only what was under way when something died.
/// </summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class PeerKillTests(NetworkOfPeers network, ITestOutputHelper output)
{
    private const int Senders = 4;
    private const int PerConnection = 5;
    private static readonly int[] Kills = [10, 40, 60];

    [Fact]
    public async Task Whatever_was_acknowledged_arrives_when_our_server_or_the_other_is_killed()
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        await using var provider = await net.StartAnotherProviderAsync(stop);
        var postfix = net.Peers["postfix"];
        var ledger = new ConcurrentDictionary<string, bool>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAsync(provider, ledger, enough.Token)));

        var last = 0;
        foreach (var kill in Kills)
        {
            await Eventually.TrueAsync(() => Acknowledged(ledger) >= last + kill, $"{kill} more are acknowledged");
            await provider.Process.KillAsync(stop);
            await provider.Process.StartAsync(stop);
            last = Acknowledged(ledger);
            await Eventually.TrueAsync(() => Acknowledged(ledger) >= last + 10, "10 more are acknowledged");
            await postfix.KillAndStartAsync(stop);
            last = Acknowledged(ledger);
        }

        await Eventually.TrueAsync(() => Acknowledged(ledger) >= last + 20, "20 more are acknowledged");
        await enough.CancelAsync();
        await sending;
        // It has found the other one dead, and would let it rest for some minutes: it begins anew.
        await provider.Process.KillAsync(stop);
        await provider.Process.StartAsync(stop);
        var acknowledged = ledger.Where(m => m.Value).Select(m => m.Key).ToHashSet();
        IReadOnlyDictionary<string, int> arrived = new Dictionary<string, int>();
        await Eventually.TrueAsync(async () =>
        {
            if (await provider.AllPutOffAsync(postfix.Domain, stop))
                await provider.TryNowAsync(postfix.Domain, stop);
            arrived = Arrived(postfix, provider.Domain);
            return acknowledged.All(arrived.ContainsKey);
        }, "all that was acknowledged has arrived");

        // Each death may cost one more copy of what each of its connections was at: no answer had come to the last dot.
        var twice = arrived.Values.Sum(copies => copies - 1);
        output.WriteLine(
            $"{((2 * Kills.Length) + 1)} kills, {acknowledged.Count} acknowledged, {ledger.Count - acknowledged.Count} without an answer, {arrived.Count} arrived, {twice} copies too many");
        Assert.All(arrived.Keys, id => Assert.True(ledger.ContainsKey(id), id));
        Assert.True(twice <= ((2 * Kills.Length) + 1) * OutboundConnectionsMax, $"{twice} copies too many");
    }

    // Mailreeve.Mail.Outbound.OutboundOptions.ConcurrentMax: connections to one destination.
    private const int OutboundConnectionsMax = 20;

    private static int Acknowledged(ConcurrentDictionary<string, bool> ledger) => ledger.Count(m => m.Value);

    // One user for each few messages: a mailbox that sends much more is held, and that is another test.
    private static async Task SendAsync(Provider provider, ConcurrentDictionary<string, bool> ledger, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var user = provider.AnyUser();
            for (var i = 0; i < PerConnection && !stop.IsCancellationRequested; i++)
            {
                var message = SampleMail.Text("Under load", from: user.Address);
                message.MessageId = $"{Guid.NewGuid():N}@{provider.Domain}";
                ledger[message.MessageId] = false;
                try
                {
                    await provider.SendAsync(user, ["load@postfix.example"], message, CancellationToken.None);
                    ledger[message.MessageId] = true;
                }
                catch (Exception e) when (e is IOException or SocketException or ProtocolException or CommandException or SslHandshakeException or AuthenticationException)
                {
                    break;
                }
            }
        }
    }

    private static Dictionary<string, int> Arrived(MailPeer peer, string domain) =>
        peer.Delivered().Select(MessageIdOf).Where(id => id.EndsWith($"@{domain}", StringComparison.Ordinal)).GroupBy(id => id).ToDictionary(g => g.Key, g => g.Count());

    private static string MessageIdOf(string message) =>
        MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(message))).MessageId ?? "";
}
