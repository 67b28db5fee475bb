namespace Mailreeve.Mail.Milter;

/// <summary>Limits of the milter. Read at start; a change needs a restart.</summary>
public sealed record MilterLimits
{
    /// <summary>Connections in all. Default 2000: one for each SMTP session of the other server.</summary>
    public int ConnectionsMax { get; init; } = 2000;

    /// <summary>Largest message in bytes; a larger one is refused. Default 64 MiB: above what the other server takes, it decides.</summary>
    public long SizeBytesMax { get; init; } = 64L << 20;

    /// <summary>Most fields in a header; a message with more is refused. Default 10,000: the 100 KiB of a header that Postfix takes hold fewer.</summary>
    public int FieldsMax { get; init; } = 10_000;

    /// <summary>Most recipients of a message; further ones are put off. Default 10,000, above the 1,000 of Postfix.</summary>
    public int RecipientsMax { get; init; } = 10_000;

    /// <summary>Longest wait for the other server. Default 2 hours, that of Sendmail's own library: its client may be slow.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Longest wait for the other server to read our answers. Default 1 minute.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Everything that is wrong with these limits.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (ConnectionsMax < 1)
            yield return new("milter.connectionsMax", $"{ConnectionsMax} is below 1: no message could be seen.");
        if (SizeBytesMax is < 65_536 or > 1_073_741_824)
            yield return new("milter.sizeBytesMax", $"{SizeBytesMax} is outside 64 KiB to 1 GiB.");
        if (FieldsMax < 100)
            yield return new("milter.fieldsMax", $"{FieldsMax} is below 100: honest messages would be refused.");
        if (RecipientsMax < 100)
            yield return new("milter.recipientsMax", $"{RecipientsMax} is below 100 (RFC 5321 §4.5.3.1.8).");
        foreach (var (key, value) in new[] { ("idleTimeout", IdleTimeout), ("writeTimeout", WriteTimeout) })
        {
            if (value < TimeSpan.FromSeconds(1))
                yield return new($"milter.{key}", $"{value} is below one second.");
        }
    }
}
