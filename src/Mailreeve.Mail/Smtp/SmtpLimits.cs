using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp;

/// <summary>Limits of one SMTP listener. Read at start; a change needs a restart.</summary>
public sealed record SmtpLimits
{
    /// <summary>Largest message in bytes, announced as SIZE (RFC 1870 §4). Default 25 MiB: a report is text with one message in it.</summary>
    public long SizeBytesMax { get; init; } = 25L << 20;

    /// <summary>Largest header in bytes. Default 256 KiB; Postfix has 100 KiB.</summary>
    public long HeaderBytesMax { get; init; } = 256L << 10;

    /// <summary>Longest line of a message in bytes. Default 64 KiB; RFC 5321 §4.5.3.1.6 promises 998, but spam that is forwarded often has more.</summary>
    public long ContentLineBytesMax { get; init; } = 64L << 10;

    /// <summary>Longest command line in bytes with its CRLF. Default 2048, Postfix's; RFC 5321 §4.5.3.1.4 asks for 512 and room for extensions.</summary>
    public int CommandLineBytesMax { get; init; } = 2048;

    /// <summary>Recipients per message; further RCPT gets 452. Default 100, the least RFC 5321 §4.5.3.1.8 allows: role addresses are few.</summary>
    public int RecipientsPerMessage { get; init; } = 100;

    /// <summary>Received lines after which a message counts as looping (RFC 5321 §6.3). Default 100.</summary>
    public int ReceivedLinesMax { get; init; } = 100;

    /// <summary>Refused commands after which the connection ends. Default 20, Postfix's.</summary>
    public int ErrorsMax { get; init; } = 20;

    /// <summary>Commands that lead nowhere (NOOP, RSET, VRFY …) between two messages. Default 100, Postfix's.</summary>
    public int JunkCommandsMax { get; init; } = 100;

    /// <summary>Refused passwords after which the connection ends. Default 3: a program that asks its user opens a new one anyway.</summary>
    public int SignInsMax { get; init; } = 3;

    /// <summary>Times that a sender is put off after which the connection ends. Default 10.</summary>
    public int PutOffsMax { get; init; } = 10;

    /// <summary>Connections from one IPv4 address or one IPv6 /64. Default 20.</summary>
    public int ConnectionsPerAddress { get; init; } = 20;

    /// <summary>Connections in all. Default 500: each may hold a message in memory.</summary>
    public int ConnectionsMax { get; init; } = 500;

    /// <summary>Longest wait for a command. Default 5 minutes (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait for the next octets of a message. Default 3 minutes (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest time for one message from DATA to the dot. Default 30 minutes: an octet every now and then is no message.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest wait for a client to read our replies. Default 1 minute.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest TLS handshake. Default 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal ContentLimits Content => new(SizeBytesMax, HeaderBytesMax, ContentLineBytesMax);

    /// <summary>Everything that is wrong with these limits.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (SizeBytesMax is < 65_536 or > 1_073_741_824)
            yield return new("smtp.sizeBytesMax", $"{SizeBytesMax} is outside 64 KiB to 1 GiB (RFC 5321 §4.5.3.1.7).");
        if (HeaderBytesMax < 16_384 || HeaderBytesMax > SizeBytesMax)
            yield return new("smtp.headerBytesMax", $"{HeaderBytesMax} is outside 16 KiB to the size of a message.");
        if (ContentLineBytesMax < 998)
            yield return new("smtp.contentLineBytesMax", $"{ContentLineBytesMax} is below 998 (RFC 5321 §4.5.3.1.6).");
        if (CommandLineBytesMax is < 1024 or > 65_536)
            yield return new("smtp.commandLineBytesMax", $"{CommandLineBytesMax} is outside 1024 to 65536 (RFC 5321 §4.5.3.1.4).");
        if (RecipientsPerMessage < 100)
            yield return new("smtp.recipientsPerMessage", $"{RecipientsPerMessage} is below 100 (RFC 5321 §4.5.3.1.8).");
        if (ReceivedLinesMax < 30)
            yield return new("smtp.receivedLinesMax", $"{ReceivedLinesMax} is below 30: honest mail has come further.");
        foreach (var (key, value) in new[]
        {
            ("errorsMax", ErrorsMax), ("junkCommandsMax", JunkCommandsMax), ("signInsMax", SignInsMax), ("putOffsMax", PutOffsMax),
            ("connectionsPerAddress", ConnectionsPerAddress), ("connectionsMax", ConnectionsMax),
        })
        {
            if (value < 1)
                yield return new($"smtp.{key}", $"{value} is below 1: nobody could send anything.");
        }

        foreach (var (key, value) in new[]
        {
            ("commandTimeout", CommandTimeout), ("dataTimeout", DataTimeout), ("messageTimeout", MessageTimeout),
            ("writeTimeout", WriteTimeout), ("handshakeTimeout", HandshakeTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1))
                yield return new($"smtp.{key}", $"{value} is below one second.");
        }
    }
}
