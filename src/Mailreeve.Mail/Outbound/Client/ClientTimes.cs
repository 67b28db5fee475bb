namespace Mailreeve.Mail.Outbound.Client;

/// <summary>How long we wait for a remote server. Every value is for one reply as a whole, however slowly its octets come.</summary>
public sealed record ClientTimes
{
    /// <summary>For the connection. Default 30 seconds, Postfix's.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting. Default 5 minutes (RFC 5321 §4.5.3.2.1).</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the TLS handshake. Default 1 minute.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For the reply to EHLO, MAIL, RCPT and the rest. Default 5 minutes (RFC 5321 §4.5.3.2.2).</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to DATA. Default 2 minutes (RFC 5321 §4.5.3.2.4).</summary>
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the server to take a block of the message. Default 3 minutes (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// For the reply to the final dot. Default 10 minutes (RFC 5321 §4.5.3.2.6): whoever hangs up earlier sends many messages twice.
    /// </summary>
    public TimeSpan Dot { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the good-bye, which changes nothing any more. Default 5 seconds.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same, with no wait longer than this one.</summary>
    public ClientTimes AtMost(TimeSpan limit) => new()
    {
        Connect = Less(Connect, limit),
        Greeting = Less(Greeting, limit),
        Handshake = Less(Handshake, limit),
        Command = Less(Command, limit),
        Data = Less(Data, limit),
        Block = Less(Block, limit),
        Dot = Less(Dot, limit),
        Quit = Less(Quit, limit),
    };

    private static TimeSpan Less(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
