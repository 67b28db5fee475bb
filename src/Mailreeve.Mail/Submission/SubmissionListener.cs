using System.Net;
using Mailreeve.Mail.Smtp;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Mail.Submission;

/// <summary>Adds submission to Kestrel (RFC 6409).</summary>
public static class SubmissionListener
{
    /// <summary>Listens there, in the clear at first and under TLS after STARTTLS: the service of port 587.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of, as for SMTP, with <see cref="SmtpServerParts.Submission"/>.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or a part is missing; the message says what.</exception>
    public static void ListenSubmission(this KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: false);

    /// <summary>Listens there, under TLS from the first octet on: the service of port 465 (RFC 8314 §3.3).</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any.</param>
    /// <param name="parts">What the server is made of, as for SMTP, with <see cref="SmtpServerParts.Submission"/>.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or a part is missing; the message says what.</exception>
    public static void ListenSubmissions(this KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts) =>
        Listen(options, endPoint, parts, tlsFirst: true);

    private static void Listen(KestrelServerOptions options, IPEndPoint endPoint, SmtpServerParts parts, bool tlsFirst)
    {
        if (parts.Submission is null)
            throw new ArgumentException("There is no door for customers.", nameof(parts));
        if (tlsFirst && parts.Tls is null)
            throw new ArgumentException("TLS needs a certificate.", nameof(parts));
        SmtpListener.Listen(options, endPoint, parts, SmtpDoor.Submission, tlsFirst);
    }
}
