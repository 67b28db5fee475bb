using System.Net;
using System.Net.Sockets;
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

    /// <summary>A network that reports; its domain lets this machine send its mail.</summary>
    public const string Reporter = "reporter.example";

    /// <summary>Another one, which has nothing to do with the first.</summary>
    public const string OtherReporter = "watcher.example";

    private static readonly InstantPattern MailDate = InstantPattern.CreateWithInvariantCulture("ddd, dd MMM uuuu HH:mm:ss '+0000'");

    /// <summary>Sends an abuse report (ARF, RFC 5965) over STARTTLS.</summary>
    /// <param name="source">The address that sent the spam.</param>
    /// <param name="happened">When.</param>
    /// <param name="messageId">Message-ID of the spam; another one is another complaint.</param>
    /// <param name="stop">Stops the work.</param>
    /// <param name="reporter">Domain of who reports.</param>
    /// <returns>The server's last reply.</returns>
    public async Task<string> ReportAsync(string source, Instant happened, string messageId, CancellationToken stop, string reporter = Reporter)
    {
#pragma warning disable CA5359 // The demonstration's certificate signs itself, and this client only ever talks to the demonstration.
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        await client.ConnectAsync("127.0.0.1", smtpPort, SecureSocketOptions.StartTls, stop);
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.ASCII.GetBytes(Arf(source, happened, messageId, reporter))), stop);
        var reply = await client.SendAsync(message, MailboxAddress.Parse($"feedback@{reporter}"), [MailboxAddress.Parse("abuse@provider.example")], stop);
        await client.DisconnectAsync(quit: true, stop);
        return reply;
    }

    /// <summary>Connects from an address and offers mail, without sending any.</summary>
    /// <returns>Null when MAIL FROM was taken, else the reply that refused it.</returns>
    public async Task<string?> KnockAsync(string from, CancellationToken stop)
    {
        using var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(IPAddress.Loopback, smtpPort, stop);
        using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await ReplyAsync(reader, stop);
        await stream.WriteAsync("EHLO press.sandpiper.example\r\n"u8.ToArray(), stop);
        await ReplyAsync(reader, stop);
        await stream.WriteAsync("MAIL FROM:<printer@sandpiper.example>\r\n"u8.ToArray(), stop);
        var reply = await ReplyAsync(reader, stop);
        await stream.WriteAsync("QUIT\r\n"u8.ToArray(), stop);
        await ReplyAsync(reader, stop);
        return reply.StartsWith('2') ? null : reply;
    }

    // The last line of a reply has a blank behind the code (RFC 5321 §4.2.1).
    private static async Task<string> ReplyAsync(StreamReader reader, CancellationToken stop)
    {
        string? line;
        do
            line = await reader.ReadLineAsync(stop) ?? throw new EndOfStreamException("The server hung up.");
        while (line.Length > 3 && line[3] == '-');
        return line;
    }

    private static string Arf(string source, Instant happened, string messageId, string reporter)
    {
        var date = MailDate.Format(happened);
        return $"""
            From: Feedback <feedback@{reporter}>
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
