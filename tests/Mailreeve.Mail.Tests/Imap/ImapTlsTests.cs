using Mailreeve.Mail.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class ImapTlsTests
{
    [Fact]
    public async Task After_STARTTLS_the_dialogue_goes_on_under_TLS()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        await peer.OkAsync("STARTTLS");
        await peer.StartTlsAsync();

        Assert.Equal(["* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID ENABLE AUTH=PLAIN"], await peer.OkAsync("CAPABILITY"));
        await peer.OkAsync("LOGIN kim@provider.example secret");
        await server.DeliverAsync("one");
        await peer.OkAsync("SELECT INBOX");
        Assert.Equal(["* 1 FETCH (BODY[TEXT] {5}\r\none\r\n)"], await peer.OkAsync("FETCH 1 BODY.PEEK[TEXT]"));
        Assert.Equal(["* BYE Good bye", "OK Logged out"], await peer.AskAsync("LOGOUT"));
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public async Task Commands_that_were_sent_behind_STARTTLS_are_never_carried_out()
    {
        await using var server = await ImapTestServer.StartAsync();
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        await peer.SendAsync("a STARTTLS\r\nb LOGIN kim@provider.example secret\r\n");

        Assert.StartsWith("* BYE", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("a BAD", await peer.LineAsync(), StringComparison.Ordinal);
        Assert.Null(await peer.LineAsync());
    }

    [Fact]
    public void Port_993_needs_a_certificate()
    {
        var options = new Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions();
        var parts = new ImapServerParts
        {
            HostName = "imap.provider.example",
            SignIn = null!,
            Grains = null!,
            Board = null!,
            Capacity = null!,
            Segments = null!,
            Delivery = null!,
            Summaries = null!,
            Clock = null!,
        };

        Assert.Throws<ArgumentException>(() => options.ListenImaps(new(System.Net.IPAddress.Loopback, 0), parts));
    }
}
