using Mailreeve.EndToEnd.Clients;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Mail flows both ways between our server and those that others wrote, found by its MX and under TLS.</summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class PeerFlowTests(NetworkOfPeers network)
{
    public static TheoryData<string> Peers => ["postfix", "exim4-daemon-light", "opensmtpd"];

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_peer_delivers_into_a_mailbox_under_tls(string peer)
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        var message = SampleMail.Text("From a peer", from: $"ann@{net.Peers[peer].Domain}");

        await net.Peers[peer].SendAsync($"ann@{net.Peers[peer].Domain}", user.Address, message, stop);

        var arrived = await net.Provider.ArrivedAsync(user, message.MessageId!, stop);
        Assert.Equal("See you tomorrow.", arrived.TextBody!.TrimEnd());
        Assert.Contains($"from {net.Peers[peer].Host} ", arrived.Headers["Received"], StringComparison.Ordinal);
        Assert.Contains($"[{net.Peers[peer].Address}]", arrived.Headers["Received"], StringComparison.Ordinal);
        Assert.Contains(" with ESMTPS ", arrived.Headers["Received"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task What_we_send_arrives_at_a_peer_under_tls_where_it_can(string peer)
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        var message = SampleMail.Text("To a peer", from: user.Address);

        await net.Provider.SendAsync(user, [$"bob@{net.Peers[peer].Domain}"], message, stop);

        var arrived = await net.Peers[peer].ArrivedAsync(message.MessageId!);
        Assert.Equal("See you tomorrow.", arrived.TextBody!.TrimEnd());
        Assert.Contains("mail.provider.example", arrived.Headers["Received"], StringComparison.Ordinal);
        // See NetworkOfPeers: this one offers TLS and cannot do it.
        if (peer == "opensmtpd")
            return;
        Assert.True(arrived.Headers["Received"]!.Contains("TLS", StringComparison.OrdinalIgnoreCase), arrived.Headers["Received"]);
    }
}
