using System.Buffers;
using System.Globalization;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>MAIL as a client says it (RFC 5321 §4.1.1.2).</summary>
public sealed record MailCommand
{
    /// <summary>The reverse-path; <see langword="null"/> for <c>&lt;&gt;</c>.</summary>
    public required Mailbox? From { get; init; }

    /// <summary>Octets of the message before dot-stuffing (RFC 1870 §6); said to a server that reads SIZE.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Whether the content has octets above 127; said as <c>BODY=8BITMIME</c> to a server that knows it (RFC 6152 §3).</summary>
    public bool EightBit { get; init; }

    /// <summary>Whether the message is internationalised (RFC 6531 §3.4). To be said only to a server that offers it.</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>RET: whether all of it comes back, or the header; <see langword="null"/> when the sender did not say. Said to a server that offers DSN.</summary>
    public bool? ReturnFull { get; init; }

    /// <summary>ENVID, as it reads when xtext is undone; at most 100 characters count. Said to a server that offers DSN.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Writes the command.</summary>
    /// <exception cref="ArgumentException">The sender has a character that no path has.</exception>
    public void WriteTo(IBufferWriter<byte> output, ServerExtensions server)
    {
        ClientCommands.Write(output, "MAIL FROM:<"u8);
        if (From is not null)
            ClientCommands.WritePath(output, From, SmtpUtf8);
        ClientCommands.Write(output, ">"u8);
        if (server.Size)
            ClientCommands.Write(output, string.Create(CultureInfo.InvariantCulture, $" SIZE={SizeBytes}"));
        if (EightBit && server.EightBitMime)
            ClientCommands.Write(output, " BODY=8BITMIME"u8);
        if (SmtpUtf8)
            ClientCommands.Write(output, " SMTPUTF8"u8);
        if (server.Dsn && ReturnFull is { } full)
            ClientCommands.Write(output, full ? " RET=FULL"u8 : " RET=HDRS"u8);
        if (server.Dsn && EnvelopeId is { Length: > 0 })
            ClientCommands.Write(output, $" ENVID={Xtext.Encode(EnvelopeId[..Math.Min(EnvelopeId.Length, 100)])}");
        ClientCommands.Write(output, "\r\n"u8);
    }
}
