using System.Buffers;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>RCPT as a client says it (RFC 5321 §4.1.1.3).</summary>
public sealed record RcptCommand
{
    /// <summary>The recipient.</summary>
    public required Mailbox To { get; init; }

    /// <summary>NOTIFY; <see langword="null"/> when the sender did not say. Said to a server that offers DSN.</summary>
    public NotifyWhen? Notify { get; init; }

    /// <summary>
    /// ORCPT with its type, as it reads when xtext is undone: <c>rfc822;a@b.example</c>; at most 500 characters count. Said to a
    /// server that offers DSN.
    /// </summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>Writes the command.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="server">What the server can.</param>
    /// <param name="smtpUtf8">Whether MAIL said SMTPUTF8.</param>
    /// <exception cref="ArgumentException">The recipient has a character that no path has.</exception>
    public void WriteTo(IBufferWriter<byte> output, ServerExtensions server, bool smtpUtf8)
    {
        ClientCommands.Write(output, "RCPT TO:<"u8);
        ClientCommands.WritePath(output, To, smtpUtf8);
        ClientCommands.Write(output, ">"u8);
        if (server.Dsn && Notify is { } notify)
            ClientCommands.Write(output, $" NOTIFY={Text(notify)}");
        // addr-type ";" xtext: only the address is encoded.
        if (server.Dsn && OriginalRecipient?.IndexOf(';', StringComparison.Ordinal) is > 0 and var at)
            ClientCommands.Write(output, $" ORCPT={Xtext.Encode(OriginalRecipient[..at])};{Xtext.Encode(OriginalRecipient[(at + 1)..Math.Min(OriginalRecipient.Length, 500)])}");
        ClientCommands.Write(output, "\r\n"u8);
    }

    private static string Text(NotifyWhen notify)
    {
        if (notify == NotifyWhen.Never)
            return "NEVER";
        var words = new List<string>(3);
        if (notify.HasFlag(NotifyWhen.Success))
            words.Add("SUCCESS");
        if (notify.HasFlag(NotifyWhen.Failure))
            words.Add("FAILURE");
        if (notify.HasFlag(NotifyWhen.Delay))
            words.Add("DELAY");
        return string.Join(',', words);
    }
}
