using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap;

/// <summary>Limits of one IMAP listener. Read at start; a change needs a restart.</summary>
public sealed record ImapServerLimits
{
    /// <summary>How much a client may say at once.</summary>
    public ImapLimits Syntax { get; init; } = ImapLimits.Default;

    /// <summary>Largest message in bytes that APPEND takes, announced as APPENDLIMIT (RFC 7889 §2). Default 25 MiB, as of <c>smtp.sizeBytesMax</c>.</summary>
    public long AppendBytesMax { get; init; } = 25L << 20;

    /// <summary>Connections from one IPv4 address or one IPv6 /64. Default 100: a household behind one address, each client with five or more.</summary>
    public int ConnectionsPerAddress { get; init; } = 100;

    /// <summary>Connections in all. Default 20,000: an idle one costs some KiB, under TLS some 60.</summary>
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>Sessions of one mailbox from one address. Default 20; Dovecot has 10, and Thunderbird with two computers behind one router needs that.</summary>
    public int SessionsPerMailbox { get; init; } = 20;

    /// <summary>Commands answered with BAD in a row after which the connection ends. Default 20, Dovecot's.</summary>
    public int ErrorsMax { get; init; } = 20;

    /// <summary>Refused passwords after which the connection ends. Default 3: a client that asks its user opens a new one anyway.</summary>
    public int SignInsMax { get; init; } = 3;

    /// <summary>Longest time from the greeting to having signed in. Default 2 minutes: a user types the password before the client connects.</summary>
    public TimeSpan SignInTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait for a command, and for DONE. Default 30 minutes, the least RFC 3501 §5.4 allows; clients renew IDLE after 29 (RFC 2177 §3).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest wait for the next octets of a command or message that has begun. Default 3 minutes, as SMTP's.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest wait for a client to read our answers. Default 1 minute.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest TLS handshake. Default 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Everything that is wrong with these limits.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (AppendBytesMax is < 65_536 or > 1_073_741_824)
            yield return new("imap.appendBytesMax", $"{AppendBytesMax} is outside 64 KiB to 1 GiB.");
        foreach (var (key, value) in new[]
        {
            ("connectionsPerAddress", ConnectionsPerAddress), ("connectionsMax", ConnectionsMax),
            ("sessionsPerMailbox", SessionsPerMailbox), ("errorsMax", ErrorsMax), ("signInsMax", SignInsMax),
        })
        {
            if (value < 1)
                yield return new($"imap.{key}", $"{value} is below 1: nobody could read anything.");
        }

        if (IdleTimeout < TimeSpan.FromMinutes(30))
            yield return new("imap.idleTimeout", $"{IdleTimeout} is below 30 minutes (RFC 3501 §5.4).");
        foreach (var (key, value) in new[]
        {
            ("signInTimeout", SignInTimeout), ("dataTimeout", DataTimeout), ("writeTimeout", WriteTimeout), ("handshakeTimeout", HandshakeTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1))
                yield return new($"imap.{key}", $"{value} is below one second.");
        }
    }
}
