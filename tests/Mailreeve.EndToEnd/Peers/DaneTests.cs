using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>Where signed names say which key a server has, mail goes to that key or nowhere (RFC 7672).</summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class DaneTests(NetworkOfPeers network)
{
    [Fact]
    public async Task A_server_with_the_key_of_its_tlsa_record_gets_the_mail_under_tls()
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        var message = SampleMail.Text("To the right key", from: user.Address);
        await using var right = new OddServer { Certificate = net.RightCertificate.Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("right"));

        await net.Provider.SendAsync(user, ["x@right.example"], message, stop);

        await Eventually.TrueAsync(() => right.Messages.Count > 0);
        Assert.True(Assert.Single(right.Messages).IsTls);
    }

    [Fact]
    public async Task A_server_with_another_key_or_without_tls_gets_nothing()
    {
        var stop = TestContext.Current.CancellationToken;
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        var message = SampleMail.Text("To the wrong key", from: user.Address);
        await using (var wrong = new OddServer { Certificate = net.RightCertificate.Load() }.Open(net.Elsewhere, NetworkOfPeers.OddAddress("wrong")))
        {
            await net.Provider.SendAsync(user, ["x@wrong.example"], message, stop);
            await net.Provider.PutOffAsync("wrong.example", attempts: 1, stop);
            Assert.Empty(wrong.Messages);
            Assert.NotEqual(0, wrong.Connections);
        }

        await using var plain = new OddServer().Open(net.Elsewhere, NetworkOfPeers.OddAddress("wrong"));
        await net.Provider.TryNowAsync("wrong.example", stop);
        await net.Provider.PutOffAsync("wrong.example", attempts: 2, stop);
        Assert.Empty(plain.Messages);
        Assert.NotEqual(0, plain.Connections);
    }
}
