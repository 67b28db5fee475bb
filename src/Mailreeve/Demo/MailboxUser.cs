using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.Demo;

/// <summary>Somebody with a mailbox, and somebody who writes to them.</summary>
internal sealed class MailboxUser(int smtpPort, int imapPort, int submissionPort, string address, string password)
{
    /// <summary>The mailbox.</summary>
    public string Address => address;

    /// <summary>Sends them a message from outside.</summary>
    /// <returns>The server's reply.</returns>
    public async Task<string> WriteToAsync(string subject, CancellationToken stop)
    {
#pragma warning disable CA5359 // The demonstration's certificate signs itself, and this client only ever talks to the demonstration.
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        await client.ConnectAsync("127.0.0.1", smtpPort, SecureSocketOptions.StartTls, stop);
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = "Shall we say Thursday?\r\n" } };
        message.From.Add(MailboxAddress.Parse("lee@elsewhere.example"));
        message.To.Add(MailboxAddress.Parse(address));
        var reply = await client.SendAsync(message, stop);
        await client.DisconnectAsync(quit: true, stop);
        return reply;
    }

    /// <summary>They send a message, over submission under TLS.</summary>
    /// <returns>The server's reply.</returns>
    public async Task<string> SendAsync(string to, string subject, string text, CancellationToken stop)
    {
#pragma warning disable CA5359 // As above.
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        await client.ConnectAsync("127.0.0.1", submissionPort, SecureSocketOptions.SslOnConnect, stop);
        await client.AuthenticateAsync(address, password, stop);
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text + "\r\n" } };
        message.From.Add(MailboxAddress.Parse(address));
        message.To.Add(MailboxAddress.Parse(to));
        var reply = await client.SendAsync(message, stop);
        await client.DisconnectAsync(quit: true, stop);
        return reply;
    }

    /// <summary>Signs in over IMAP and looks into the inbox.</summary>
    /// <returns>The subjects of the messages, and how many kilobytes may lie in the mailbox.</returns>
    public async Task<(IReadOnlyList<string> Subjects, uint? RoomKilobytes)> LookAsync(CancellationToken stop)
    {
#pragma warning disable CA5359 // As above.
        using var client = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        await client.ConnectAsync("127.0.0.1", imapPort, SecureSocketOptions.SslOnConnect, stop);
        await client.AuthenticateAsync(address, password, stop);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadOnly, stop);
        var messages = await inbox.FetchAsync(0, -1, MessageSummaryItems.Envelope, stop);
        var quota = await inbox.GetQuotaAsync(stop);
        await client.DisconnectAsync(quit: true, stop);
        return ([.. messages.Select(m => m.Envelope?.Subject ?? "")], quota.StorageLimit);
    }
}
