using System.Net;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Demo;

/// <summary>Those outside: a network that reports abuse, and hosts that knock at the mail server.</summary>
internal sealed class Outside(int smtpPort)
{
    /// <summary>The recipient of the spam, whom the customer must never learn of.</summary>
    public const string Victim = "j.recipient@reporter.example";

    private static readonly InstantPattern MailDate = InstantPattern.CreateWithInvariantCulture("ddd, dd MMM uuuu HH:mm:ss '+0000'");

    /// <summary>Sends an abuse report (ARF, RFC 5965) over STARTTLS.</summary>
    /// <param name="source">The address that sent the spam.</param>
    /// <param name="happened">When.</param>
    /// <param name="messageId">Message-ID of the spam; another one is another complaint.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>The server's last reply.</returns>
    public async Task<string> ReportAsync(string source, Instant happened, string messageId, CancellationToken stop)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", smtpPort, SecureSocketOptions.StartTls, stop);
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.ASCII.GetBytes(Arf(source, happened, messageId))), stop);
        var reply = await client.SendAsync(message, MailboxAddress.Parse("feedback@reporter.example"), [MailboxAddress.Parse("abuse@provider.example")], stop);
        await client.DisconnectAsync(quit: true, stop);
        return reply;
    }

    /// <summary>Connects from an address and offers mail.</summary>
    /// <returns>Null when MAIL FROM was taken, else the reply that refused it.</returns>
    public async Task<string?> KnockAsync(string from, CancellationToken stop)
    {
        using var client = new SmtpClient { LocalEndPoint = new IPEndPoint(IPAddress.Parse(from), 0) };
        await client.ConnectAsync("127.0.0.1", smtpPort, SecureSocketOptions.None, stop);
        try
        {
            var message = new MimeMessage();
            message.From.Add(MailboxAddress.Parse("printer@sandpiper.example"));
            message.To.Add(MailboxAddress.Parse("info@provider.example"));
            message.Subject = "Opening hours";
            message.Body = new TextPart("plain") { Text = "When are you open?\r\n" };
            await client.SendAsync(message, stop);
            return null;
        }
        catch (SmtpCommandException refused)
        {
            return $"{(int)refused.StatusCode} {refused.Message}";
        }
        finally
        {
            await client.DisconnectAsync(quit: true, CancellationToken.None);
        }
    }

    private static string Arf(string source, Instant happened, string messageId)
    {
        var date = MailDate.Format(happened);
        return $"""
            From: Feedback <feedback@reporter.example>
            To: abuse@provider.example
            Subject: Spam from {source}
            Date: {date}
            Message-ID: <report-{messageId}>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="part"

            --part
            Content-Type: text/plain

            This is an abuse report about mail from {source}.

            --part
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: DemoReporter/1.0
            Version: 1
            Source-IP: {source}
            Arrival-Date: {date}
            Original-Rcpt-To: <{Victim}>

            --part
            Content-Type: message/rfc822

            Received: from press (unknown [{source}]) by mx.reporter.example; {date}
            From: Bargains <offers@sandpiper.example>
            To: {Victim}
            Subject: 10,000 business cards, this week only
            Date: {date}
            Message-ID: <{messageId}>

            Order today: http://cards.example/?for={Victim}

            --part--

            """.ReplaceLineEndings("\r\n");
    }
}
