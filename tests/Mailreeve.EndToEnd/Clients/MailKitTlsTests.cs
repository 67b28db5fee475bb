using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Connections that begin in the clear and go on under TLS, and signing in.</summary>
public sealed class MailKitTlsTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task Imap_goes_on_under_tls()
    {
        using var client = Trusting(new ImapClient(Log("IMAP")));

        await client.ConnectAsync(Server.Host, Server.ImapPort, SecureSocketOptions.StartTls, Stop);

        Assert.True(client.IsSecure);
        await client.AuthenticateAsync(User.Address, User.Password, Stop);
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly, Stop);
        await client.DisconnectAsync(quit: true, Stop);
    }

    [Fact]
    public async Task Pop3_goes_on_under_tls()
    {
        using var client = Trusting(new Pop3Client(Log("POP3")));

        await client.ConnectAsync(Server.Host, Server.Pop3Port, SecureSocketOptions.StartTls, Stop);

        Assert.True(client.IsSecure);
        await client.AuthenticateAsync(User.Address, User.Password, Stop);
        Assert.Equal(0, client.Count);
        await client.DisconnectAsync(quit: true, Stop);
    }

    [Fact]
    public async Task A_message_is_sent_to_a_mailbox_of_the_server()
    {
        using var client = Trusting(new SmtpClient(Log("SMTP")));
        await client.ConnectAsync(Server.Host, Server.SendPort, SecureSocketOptions.StartTls, Stop);
        if (Server.SubmissionPort is not null)
            await client.AuthenticateAsync(User.Address, User.Password, Stop);
        var message = SampleMail.Rich("By SMTP").By(User);

        await client.SendAsync(message, new("", User.Address), [new("", User.Address)], Stop);
        await client.SendAsync(SampleMail.Text("And another").By(User), new("", User.Address), [new("", User.Address)], Stop);
        await client.DisconnectAsync(quit: true, Stop);

        var inbox = await InboxWithAsync(2);
        Assert.Equal(2, inbox.Count);
        // The queue may well be faster with the second.
        Assert.Contains("Grüße aus Köln", new[] { await inbox.GetMessageAsync(0, Stop), await inbox.GetMessageAsync(1, Stop) }.Select(m => m.TextBody?.TrimEnd()));
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Each_way_of_signing_in_that_is_offered_works(string mechanism)
    {
        SaslMechanism Sasl() => mechanism == "PLAIN"
            ? new SaslMechanismPlain(User.Address, User.Password)
            : new SaslMechanismLogin(User.Address, User.Password);
        using var imap = Trusting(new ImapClient(Log("IMAP")));
        using var pop3 = Trusting(new Pop3Client(Log("POP3")));
        await imap.ConnectAsync(Server.Host, Server.ImapsPort, SecureSocketOptions.SslOnConnect, Stop);
        await pop3.ConnectAsync(Server.Host, Server.Pop3sPort, SecureSocketOptions.SslOnConnect, Stop);

        if (imap.AuthenticationMechanisms.Contains(mechanism))
            await imap.AuthenticateAsync(Sasl(), Stop);
        if (pop3.AuthenticationMechanisms.Contains(mechanism))
            await pop3.AuthenticateAsync(Sasl(), Stop);

        Assert.True(mechanism != "PLAIN" || (imap.IsAuthenticated && pop3.IsAuthenticated), "PLAIN is what every client has (RFC 4616).");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_the_right_one_is_taken_then()
    {
        using var imap = Trusting(new ImapClient(Log("IMAP")));
        using var pop3 = Trusting(new Pop3Client(Log("POP3")));
        await imap.ConnectAsync(Server.Host, Server.ImapsPort, SecureSocketOptions.SslOnConnect, Stop);
        await pop3.ConnectAsync(Server.Host, Server.Pop3sPort, SecureSocketOptions.SslOnConnect, Stop);

        await Assert.ThrowsAsync<AuthenticationException>(() => imap.AuthenticateAsync(User.Address, "wrong", Stop));
        await Assert.ThrowsAsync<AuthenticationException>(() => pop3.AuthenticateAsync(User.Address, "wrong", Stop));
        await imap.AuthenticateAsync(User.Address, User.Password, Stop);
        await pop3.AuthenticateAsync(User.Address, User.Password, Stop);

        Assert.True(imap.IsAuthenticated && pop3.IsAuthenticated);
    }

    private TClient Trusting<TClient>(TClient client)
        where TClient : MailService
    {
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => Server.Trusts(certificate);
        return client;
    }
}
