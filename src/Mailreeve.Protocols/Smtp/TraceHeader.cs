using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Smtp;

/// <summary>The header lines that a server puts in front of a message it takes (RFC 5321 §4.4).</summary>
public sealed record TraceHeader
{
    /// <summary>The reverse-path; <see langword="null"/> for the null one.</summary>
    public required Mailbox? From { get; init; }

    /// <summary>The name the client gave itself. Anything; what does not belong in a host name is written as <c>?</c>.</summary>
    public required string Helo { get; init; }

    /// <summary>The client's address.</summary>
    public required Address Client { get; init; }

    /// <summary>Our name.</summary>
    public required string Host { get; init; }

    /// <summary>Whether the client said EHLO.</summary>
    public required bool Extended { get; init; }

    /// <summary>Whether the connection was encrypted.</summary>
    public required bool Tls { get; init; }

    /// <summary>Whether the transaction was internationalised.</summary>
    public required bool SmtpUtf8 { get; init; }

    /// <summary>Whether it came by LMTP.</summary>
    public bool Lmtp { get; init; }

    /// <summary>Whether a customer handed it in: it has no Return-Path then, which is written where it is delivered (RFC 5321 §4.4).</summary>
    public bool IsSubmission { get; init; }

    /// <summary>Whether the client had signed in (RFC 3848).</summary>
    public bool SignedIn { get; init; }

    /// <summary>Our name for this message; letters, digits, <c>-</c> and <c>.</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The recipient, when there was only one: the others must not learn of each other (RFC 5321 §7.2).</summary>
    public required Mailbox? OnlyRecipient { get; init; }

    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>Return-Path and Received as they are written in front of the message; every line ends in CRLF.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        if (!IsSubmission)
            text.Append("Return-Path: <").Append(From).Append(">\r\n");
        text.Append("Received: from ").Append(Clean(Helo)).Append(" ([").Append(Client.IsIPv4 ? "" : "IPv6:").Append(Client).Append("])\r\n")
            .Append("\tby ").Append(Host).Append(" with ").Append(Protocol).Append(" id ").Append(Clean(Id));
        if (OnlyRecipient is { } recipient)
            text.Append("\r\n\tfor <").Append(recipient).Append('>');
        text.Append(";\r\n\t").Append(Date(At)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // RFC 3848 for LMTP, the S and the A, RFC 6531 §3.7.3 for UTF8.
    private string Protocol => (SmtpUtf8 ? "UTF8" : "") + (Lmtp ? "LMTP" : Extended && !SmtpUtf8 ? "ESMTP" : "SMTP") + (Tls ? "S" : "") + (SignedIn ? "A" : "");

    /// <summary>How many Received lines the header of a message has: what tells a loop (RFC 5321 §6.3).</summary>
    public static int CountReceived(ReadOnlySpan<byte> message)
    {
        var count = 0;
        while (!message.IsEmpty)
        {
            var end = message.IndexOf("\r\n"u8);
            var line = end < 0 ? message : message[..end];
            if (line.IsEmpty)
                return count;
            if (line.Length > 8 && Ascii.EqualsIgnoreCase(line[..8], "Received"u8) && line[8..].TrimStart(" \t"u8).StartsWith(":"u8))
                count++;
            message = end < 0 ? default : message[(end + 2)..];
        }

        return count;
    }

    /// <summary>How many Received lines of the header were written by a server of this name: <c>by host</c>.</summary>
    public static int CountReceivedBy(ReadOnlySpan<byte> message, string host)
    {
        var count = 0;
        var inReceived = false;
        while (!message.IsEmpty)
        {
            var end = message.IndexOf("\r\n"u8);
            var line = end < 0 ? message : message[..end];
            if (line.IsEmpty)
                return count;
            if (line[0] is not ((byte)' ' or (byte)'\t'))
                inReceived = line.Length > 8 && Ascii.EqualsIgnoreCase(line[..8], "Received"u8) && line[8..].TrimStart(" \t"u8).StartsWith(":"u8);
            if (inReceived && SaysBy(line, host))
                (count, inReceived) = (count + 1, false);
            message = end < 0 ? default : message[(end + 2)..];
        }

        return count;
    }

    private static bool SaysBy(ReadOnlySpan<byte> line, string host)
    {
        for (var at = line.IndexOf("by "u8); at >= 0; at = line.IndexOf("by "u8))
        {
            var isWord = at == 0 || line[at - 1] is (byte)' ' or (byte)'\t' or (byte)':';
            line = line[(at + 3)..].TrimStart((byte)' ');
            if (isWord && line.Length >= host.Length && Ascii.EqualsIgnoreCase(line[..host.Length], host)
                && (line.Length == host.Length || line[host.Length] is (byte)' ' or (byte)'\t' or (byte)';'))
                return true;
        }

        return false;
    }

    private static string Date(Instant at) =>
        at.ToDateTimeUtc().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    private static string Clean(string word)
    {
        var clean = new StringBuilder(word.Length);
        foreach (var c in word)
            clean.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']' ? c : '?');
        return clean.Length == 0 ? "?" : clean.ToString();
    }
}
