using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MimeKit;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>A customer hands mail in by msmtp from a machine of their own, and it arrives at a server that others wrote.</summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class MsmtpPeerTests(NetworkOfPeers network)
{
    private readonly ClientProgram nsenter = new("nsenter", "util-linux");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(587, "plain")]
    [InlineData(587, "login")]
    [InlineData(465, "plain")]
    public async Task A_message_that_is_handed_in_over_the_network_arrives_and_is_traced(int port, string mechanism)
    {
        Required.Program("msmtp", "msmtp");
        var net = await network.UpAsync();
        var user = net.Provider.NextUser();
        var message = SampleMail.Text("Sent by msmtp", from: user.Address);

        var run = await HandInAsync(net, user, message, port, mechanism, net.Authority);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal("Sent by msmtp", (await net.Peers["postfix"].ArrivedAsync(message.MessageId!)).Subject);
        var copy = net.Peers["postfix"].Delivered().Single(t => t.Contains($"<{message.MessageId}>", StringComparison.Ordinal));
        var trace = await Program.RunAsync(Stop, "trace", await nsenter.WriteAsync("copy.eml", copy), "-c", net.Provider.Process.ConfigPath);
        Assert.True(trace.ExitCode == 0, trace.Output + trace.Errors);
        Assert.Contains($"mailbox     {user.Address}", trace.Output, StringComparison.Ordinal);
        Assert.Contains($" from {net.Customer.Address}, ", trace.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(587)]
    [InlineData(465)]
    public async Task Nothing_is_handed_in_under_a_certificate_that_the_customer_does_not_trust(int port)
    {
        Required.Program("msmtp", "msmtp");
        var net = await network.UpAsync();
        using var nobody = new PeerAuthority();
        var user = net.Provider.NextUser();

        var run = await HandInAsync(net, user, SampleMail.Text("To nobody", from: user.Address), port, "plain", nobody);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("certificate", run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    // In the customer's network, and with its name servers.
    private async Task<CommandRun> HandInAsync(NetworkOfPeers net, MailUser user, MimeMessage message, int port, string mechanism, PeerAuthority trusted)
    {
        var configuration = await nsenter.WriteAsync("msmtprc", $"""
            account default
            host {net.Provider.Host}
            port {port}
            tls on
            tls_starttls {(port == 465 ? "off" : "on")}
            tls_trust_file {await nsenter.WriteAsync("authority.pem", trusted.Pem)}
            auth {mechanism}
            user {user.Address}
            password {user.Password}
            from {user.Address}

            """);
        return await nsenter.RunAsync(
        [
            .. net.Customer.Enter.Skip(1), "unshare", "--mount", "sh", "-c",
            """mount --bind "$1" /etc/resolv.conf && exec msmtp -C "$2" bob@postfix.example <"$3" """, "sh",
            await nsenter.WriteAsync("resolv.conf", $"nameserver {net.Names.Resolver}\n"), configuration, await nsenter.WriteAsync("message.eml", message.WireText()),
        ]);
    }
}
