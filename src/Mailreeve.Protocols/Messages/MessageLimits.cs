namespace Mailreeve.Protocols.Messages;

/// <summary>
/// How much of a message is looked at. Beyond a limit the summary gets coarser (the rest is one part, a list ends), it never fails.
/// </summary>
public sealed record MessageLimits
{
    /// <summary>The usual limits.</summary>
    public static MessageLimits Default { get; } = new();

    /// <summary>
    /// Multiparts and messages inside each other. One that lies deeper is an opaque part. Default 50; mail that people read stays below 10.
    /// </summary>
    public int DepthMax { get; init; } = 50;

    /// <summary>Parts of a message, multiparts included. What comes after them belongs to the last one. Default 1000.</summary>
    public int PartsMax { get; init; } = 1000;

    /// <summary>Addresses of one field, group marks included. Default 1000.</summary>
    public int AddressesMax { get; init; } = 1000;

    /// <summary>Octets of a header field that are read, folding included. Default 64 KiB.</summary>
    public int FieldBytesMax { get; init; } = 64 << 10;

    /// <summary>Parameters of Content-Type or Content-Disposition, and languages. Default 100.</summary>
    public int ParametersMax { get; init; } = 100;

    /// <summary>Message-IDs kept from References, the last ones. Default 100.</summary>
    public int ReferencesMax { get; init; } = 100;

    /// <summary>Octets of a sort key or of a Message-ID. Default 998, a line (RFC 5322 §2.1.1).</summary>
    public int KeyBytesMax { get; init; } = 998;

    /// <summary>
    /// Octets of a summary, which is kept in memory. A message that would need more, made to do so, is looked at less closely. Default 1 MiB.
    /// </summary>
    public int SummaryBytesMax { get; init; } = 1 << 20;

    // First shorter fields and fewer parts; then only that there is a message.
    internal MessageLimits Coarser() => FieldBytesMax <= 1024
        ? this with { DepthMax = 0 }
        : this with
        {
            FieldBytesMax = 1024,
            AddressesMax = Math.Min(AddressesMax, 10),
            ParametersMax = Math.Min(ParametersMax, 10),
            PartsMax = Math.Min(PartsMax, 100),
        };
}
