using System.Text;

namespace Mailreeve.Mail.Tests.Smtp;

public class StartTlsTests
{
    [Fact]
    public async Task A_message_sent_under_tls_is_kept_with_the_cipher_in_its_trace()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        Assert.StartsWith("220", await peer.AskAsync("STARTTLS"), StringComparison.Ordinal);
        await peer.StartTlsAsync();
        await peer.AskAsync("EHLO client.example");

        await peer.BeginDataAsync();
        Assert.StartsWith("250", await peer.AskAsync("Subject: x\r\n\r\nhello\r\n."), StringComparison.Ordinal);
        await peer.SendAsync("QUIT\r\n");
        Assert.Single(await peer.RestAsync());

        var message = Assert.Single(server.Kept);
        Assert.StartsWith("Tls1", message.Tls, StringComparison.Ordinal);
        Assert.Contains(" with ESMTPS id ", Encoding.UTF8.GetString(message.Raw), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RSET\r\n")]
    [InlineData("EHLO x\r\nMAIL FROM:<a@b.example>\r\n")]
    [InlineData("\r\n")]
    public async Task Commands_behind_starttls_in_the_same_packet_end_the_connection(string injected)
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();

        await peer.SendAsync($"STARTTLS\r\n{injected}");

        Assert.Equal(["554 5.5.1 Only a TLS handshake may follow STARTTLS; closing"], await peer.RestAsync());
    }

    [Fact]
    public async Task Commands_in_place_of_the_handshake_are_not_read()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("STARTTLS");

        await peer.SendAsync("EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<abuse@provider.example>\r\n");

        Assert.DoesNotContain(await ReadBytesAsync(peer), b => b == '2');
    }

    [Fact]
    public async Task What_was_said_in_the_clear_is_forgotten()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<injected@v.example>");
        await peer.AskAsync("RCPT TO:<abuse@provider.example>");
        await peer.AskAsync("STARTTLS");
        await peer.StartTlsAsync();

        Assert.StartsWith("503 5.5.1 MAIL first", await peer.AskAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1 Say EHLO", await peer.AskAsync("MAIL FROM:<a@b.example>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_tls_it_is_neither_offered_nor_done_again()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("STARTTLS");
        await peer.StartTlsAsync();

        Assert.Equal("250 CHUNKING", await peer.AskAsync("EHLO client.example"));
        Assert.StartsWith("503", await peer.AskAsync("STARTTLS"), StringComparison.Ordinal);
    }

    // Around the sizes of a pipe's segments and of a TLS record: both are put together from pieces.
    [Theory]
    [InlineData(4_000)]
    [InlineData(8_000)]
    [InlineData(12_000)]
    [InlineData(16_300)]
    [InlineData(16_500)]
    [InlineData(60_000)]
    public async Task A_message_of_any_size_arrives_whole_under_tls(int size)
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("STARTTLS");
        await peer.StartTlsAsync();
        await peer.AskAsync("EHLO client.example");
        await peer.AskAsync("MAIL FROM:<a@elsewhere.example>");
        await peer.AskAsync("RCPT TO:<abuse@provider.example>");
        await peer.AskAsync("DATA");
        var content = "Subject: whole\r\n\r\n" + string.Concat(Enumerable.Range(0, size / 50).Select(i => $"{i,48}\r\n"));

        var reply = await peer.AskAsync($"{content}.");

        Assert.StartsWith("250 2.0.0", reply, StringComparison.Ordinal);
        Assert.EndsWith(content, System.Text.Encoding.ASCII.GetString(Assert.Single(server.Kept).Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_certificate_it_is_not_offered()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Tls = null });
        using var peer = await server.ConnectAsync();
        await peer.ReplyAsync();

        Assert.Equal("250 CHUNKING", await peer.AskAsync("EHLO client.example"));
        Assert.StartsWith("502", await peer.AskAsync("STARTTLS"), StringComparison.Ordinal);
    }

    // An SslStream reads an end without close_notify as an end, so another implementation has to look.
    [Fact]
    public async Task The_connection_is_closed_with_close_notify()
    {
        var openssl = Tool.Require("openssl", "openssl");
        await using var server = await SmtpTestServer.StartAsync();

        var (_, output) = await Tool.RunAsync(
            openssl, ["s_client", "-starttls", "smtp", "-connect", $"127.0.0.1:{server.Port}", "-ign_eof", "-msg"], "QUIT\r\n");

        Assert.Contains("221 2.0.0 Bye", output, StringComparison.Ordinal);
        Assert.Contains("close_notify", output[output.IndexOf("221 2.0.0", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected eof", output, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadBytesAsync(SmtpPeer peer)
    {
        using var all = new MemoryStream();
        try
        {
            await peer.Stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Reset: as good as closed.
        }

        return all.ToArray();
    }
}
