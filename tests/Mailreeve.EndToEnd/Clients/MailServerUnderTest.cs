using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>A running mail server as its clients see it. Who wrote it does not matter to them.</summary>
internal sealed class MailServerUnderTest
{
    private int taken;

    /// <summary>Its name, which its certificate carries.</summary>
    public required string Host { get; init; }

    /// <summary>Where anybody hands in mail for its mailboxes, with STARTTLS offered.</summary>
    public required int SmtpPort { get; init; }

    /// <summary>Where its users hand in mail, with STARTTLS and AUTH; null where there is no such door.</summary>
    public int? SubmissionPort { get; init; }

    /// <summary>POP3 in the clear, with STLS offered (RFC 2595 §4).</summary>
    public required int Pop3Port { get; init; }

    /// <summary>POP3 under TLS from the first byte (RFC 8314 §3.3).</summary>
    public required int Pop3sPort { get; init; }

    /// <summary>IMAP in the clear, with STARTTLS offered.</summary>
    public required int ImapPort { get; init; }

    /// <summary>IMAP under TLS from the first byte.</summary>
    public required int ImapsPort { get; init; }

    /// <summary>The PEM file of the authority that signed its certificate; no machine trusts it by itself.</summary>
    public required string CaCertificate { get; init; }

    /// <summary>Its users. Their mailboxes are empty, have room for 25 MB, and the folders Drafts, Sent, Junk and Trash.</summary>
    public required IReadOnlyList<MailUser> Users { get; init; }

    /// <summary>Capabilities which a server that is only measured against does not have; empty for ours.</summary>
    public IReadOnlySet<string> Lacks { get; init; } = new HashSet<string>();

    /// <summary>Where a client is told to send.</summary>
    public int SendPort => SubmissionPort ?? SmtpPort;

    /// <summary>A user whom no other test has.</summary>
    public MailUser NextUser() => Users[Interlocked.Increment(ref taken) - 1];

    /// <summary>Whether a certificate is signed by the server's authority.</summary>
    public bool Trusts(X509Certificate? certificate)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(CaCertificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is X509Certificate2 whole && chain.Build(whole) && whole.MatchesHostname(Host);
    }

    /// <summary>Delivers a message from outside; when this returns, the server has said 250 and the message is in the mailbox.</summary>
    public async Task DeliverAsync(MailUser to, MimeMessage message, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        smtp.ServerCertificateValidationCallback = (_, certificate, _, _) => Trusts(certificate);
        await smtp.ConnectAsync(Host, SmtpPort, SecureSocketOptions.StartTls, stop);
        await smtp.SendAsync(message, MailboxAddress.Parse("sender@elsewhere.example"), [MailboxAddress.Parse(to.Address)], stop);
        await smtp.DisconnectAsync(quit: true, stop);
    }

    /// <summary>Skips a test that is about something which a server we only measure against does not have.</summary>
    public void MustHave(string capability) =>
        Assert.SkipWhen(Lacks.Contains(capability), $"The server that stands in has no {capability}.");
}

/// <summary>One who has a mailbox.</summary>
/// <param name="Address">The address, which is also the name to sign in with.</param>
/// <param name="Password">What it takes to sign in.</param>
internal sealed record MailUser(string Address, string Password)
{
    /// <summary>As part of a URL.</summary>
    public string UrlName => Uri.EscapeDataString(Address);
}
