namespace Mailreeve.Protocols.Messages;

/// <summary>Where a section lies within the octets of the message.</summary>
/// <param name="Offset">First octet, from 0.</param>
/// <param name="Length">Octets; may be 0.</param>
public readonly record struct SectionRange(int Offset, int Length)
{
    /// <summary>The octet after the last.</summary>
    public int End => Offset + Length;
}
