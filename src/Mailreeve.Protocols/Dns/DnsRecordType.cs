namespace Mailreeve.Protocols.Dns;

/// <summary>Numbers of record types, as a server needs them (RFC 1035 §3.2.2 and §3.2.3).</summary>
public static class DnsRecordType
{
    /// <summary>An IPv4 address.</summary>
    public const ushort A = 1;

    /// <summary>A name server of a zone.</summary>
    public const ushort Ns = 2;

    /// <summary>Another name.</summary>
    public const ushort Cname = 5;

    /// <summary>The head of a zone.</summary>
    public const ushort Soa = 6;

    /// <summary>Text.</summary>
    public const ushort Txt = 16;

    /// <summary>EDNS(0) (RFC 6891 §6.1.1).</summary>
    public const ushort Opt = 41;

    /// <summary>What has changed in a zone since a serial (RFC 1995).</summary>
    public const ushort Ixfr = 251;

    /// <summary>A whole zone (RFC 5936).</summary>
    public const ushort Axfr = 252;

    /// <summary>Whatever there is (RFC 8482).</summary>
    public const ushort Any = 255;
}
