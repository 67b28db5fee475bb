using System.Globalization;
using System.Text;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>Writes small ARF reports (RFC 5965), about 2 KB each, as a feedback loop sends them.</summary>
internal static class SmallReport
{
    private const int Reporters = 20;
    private static readonly string Offer = string.Concat(Enumerable.Range(1, 8).Select(i =>
        $"Offer {i}: hedge trimmers at half the price, delivered to your door within three days.\r\n"));

    /// <summary>The envelope sender of a report.</summary>
    public static string SenderOf(int number) => $"fbl{number % Reporters}@reporter.example";

    /// <summary>Report number <paramref name="number"/>: an own message each, so that each is a complaint of its own.</summary>
    public static byte[] Write(int number, string address, Instant sent)
    {
        var date = sent.ToString("ddd, dd MMM uuuu HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes($"""
            From: "Feedback loop" <{SenderOf(number)}>
            To: abuse@provider.example
            Subject: Complaint about a message from {address}
            Message-ID: <report-{number}@reporter.example>
            Date: {date}
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="cut-here"

            --cut-here
            Content-Type: text/plain; charset=us-ascii

            This is an abuse report for a message that was received from {address}.

            --cut-here
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: ReporterLoop/2.1
            Version: 1
            Original-Mail-From: <offers@customer.example>
            Arrival-Date: {date}
            Source-IP: {address}

            --cut-here
            Content-Type: message/rfc822

            Received: from mail.customer.example (mail.customer.example [{address}])
            	by mx1.reporter.example (Postfix) with ESMTPS id {number:x8}
            	for <wanda@reporter.example>; {date}
            From: Garden Offers <offers@customer.example>
            To: Wanda <wanda@reporter.example>
            Subject: Half price hedge trimmers
            Message-ID: <offer-{number}@customer.example>
            Date: {date}
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii

            {Offer}
            --cut-here--

            """.ReplaceLineEndings("\r\n"));
    }
}
