namespace Mailreeve.Mail.Pop3;

/// <summary>Limits of one POP3 listener. Read at start; a change needs a restart.</summary>
public sealed record Pop3Limits
{
    /// <summary>Refused commands after which the connection ends. Default 20, as for SMTP. A message that is not there is no mistake of the client's.</summary>
    public int ErrorsMax { get; init; } = 20;

    /// <summary>Wrong passwords after which the connection ends. Default 3: a program does not mend its password while it is connected.</summary>
    public int SignInsMax { get; init; } = 3;

    /// <summary>Connections from one IPv4 address or one IPv6 /64. Default 50: there may be an office behind it.</summary>
    public int ConnectionsPerAddress { get; init; } = 50;

    /// <summary>Connections in all. Default 5000: one that is idle holds next to nothing.</summary>
    public int ConnectionsMax { get; init; } = 5000;

    /// <summary>Longest wait for a command after signing in. Default 10 minutes, the least that RFC 1939 §3 allows: all this time nobody else gets in.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait for a command before. Default 3 minutes, Dovecot's: whoever has not signed in holds no mailbox, but a connection.</summary>
    public TimeSpan SignInTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest wait for a client to read. Default 1 minute.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest TLS handshake. Default 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Everything that is wrong with these limits.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        foreach (var (key, value) in new[]
        {
            ("errorsMax", ErrorsMax), ("signInsMax", SignInsMax),
            ("connectionsPerAddress", ConnectionsPerAddress), ("connectionsMax", ConnectionsMax),
        })
        {
            if (value < 1)
                yield return new($"pop3.{key}", $"{value} is below 1: nobody could fetch anything.");
        }

        if (IdleTimeout < TimeSpan.FromMinutes(10))
            yield return new("pop3.idleTimeout", $"{IdleTimeout} is below ten minutes (RFC 1939 §3).");
        foreach (var (key, value) in new[]
        {
            ("signInTimeout", SignInTimeout), ("writeTimeout", WriteTimeout), ("handshakeTimeout", HandshakeTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1))
                yield return new($"pop3.{key}", $"{value} is below one second.");
        }
    }
}
