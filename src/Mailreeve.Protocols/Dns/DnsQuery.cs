using System.Buffers.Binary;

namespace Mailreeve.Protocols.Dns;

/// <summary>A question as it comes to a name server (RFC 1035 §4.1, RFC 6891). It lies in the octets that it was read from.</summary>
/// <remarks>One question, as everybody asks it (RFC 9619). What else a query carries is looked at for its form only, but for EDNS and the serial of RFC 1995.</remarks>
public readonly ref struct DnsQuery
{
    /// <summary>Octets of the header.</summary>
    public const int HeaderLength = 12;

    /// <summary>Octets of an answer over UDP to one who does not say that more would do (RFC 1035 §2.3.4).</summary>
    public const int PlainUdpBytesMax = 512;

    private const int ResponseBit = 0x80;
    private const int OpcodeBits = 0x78;
    private const ushort ClassIn = 1;
    private const ushort ClassAny = 255;

    /// <summary>Its number, which the answer repeats.</summary>
    public ushort Id { get; private init; }

    /// <summary>The first two octets of its flags: what an answer repeats of them it takes from here.</summary>
    internal ushort Flags { get; private init; }

    /// <summary>What it must be answered with whatever it asks for; <see cref="DnsCode.NoError"/> when it can be looked at.</summary>
    public DnsCode Fault { get; private init; }

    /// <summary>The name it asks for, as it is written there. Empty when the question cannot be read.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The kind of record it asks for: a number of <see cref="DnsRecordType"/>, or any other.</summary>
    public ushort Type { get; private init; }

    /// <summary>The class; as good as always 1, the Internet.</summary>
    public ushort Class { get; private init; }

    /// <summary>Whether it is about the Internet.</summary>
    public bool IsOfTheInternet => Class is ClassIn or ClassAny;

    /// <summary>Whether it speaks EDNS, so that the answer does.</summary>
    public bool HasEdns { get; private init; }

    /// <summary>Whether it would take signatures (RFC 3225), a bit that the answer repeats.</summary>
    internal bool WantsSignatures { get; private init; }

    /// <summary>Octets that its sender takes over UDP, 512 or more.</summary>
    public int UdpBytesMax { get; private init; }

    /// <summary>The serial of the zone that its sender has (RFC 1995 §3); null when it names none.</summary>
    public uint? KnownSerial { get; private init; }

    /// <summary>Reads a query.</summary>
    /// <returns><see langword="false"/> when nothing may be answered: it is too short to have a number, or is an answer itself.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < HeaderLength || (message[2] & ResponseBit) != 0)
            return false;
        var bare = new DnsQuery
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(message),
            Flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            Fault = (message[2] & OpcodeBits) != 0 ? DnsCode.NotImplemented : DnsCode.FormatError,
            UdpBytesMax = PlainUdpBytesMax,
        };
        query = bare;
        var name = message[HeaderLength..];
        var length = WireName.LengthAt(name);
        if (bare.Fault == DnsCode.NotImplemented || Count(message, 4) != 1 || Count(message, 6) != 0 || length == 0 || name.Length < length + 4)
            return true;

        var asked = bare with
        {
            Name = name[..length],
            Type = BinaryPrimitives.ReadUInt16BigEndian(name[length..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(name[(length + 2)..]),
            Fault = DnsCode.NoError,
        };
        query = ReadRest(message, HeaderLength + length + 4, asked, out var whole) ? whole : asked with { Fault = DnsCode.FormatError };
        return true;
    }

    // What follows the question: for RFC 1995 a SOA, then, in whatever order, OPT and what others may have put there.
    private static bool ReadRest(ReadOnlySpan<byte> message, int at, DnsQuery asked, out DnsQuery whole)
    {
        whole = asked;
        var authorities = Count(message, 8);
        var records = authorities + Count(message, 10);
        for (var i = 0; i < records; i++)
        {
            var nameAt = at;
            if (!TrySkipName(message, ref at) || message.Length - at < 10)
                return false;
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var dataLength = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            if (message.Length - at - 10 < dataLength)
                return false;
            if (i >= authorities && type == DnsRecordType.Opt)
            {
                if (whole.HasEdns || message[nameAt] != 0)
                    return false;
                whole = whole with
                {
                    HasEdns = true,
                    UdpBytesMax = Math.Max(PlainUdpBytesMax, (int)BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..])),
                    WantsSignatures = (message[at + 6] & 0x80) != 0,
                    Fault = message[at + 5] == 0 ? DnsCode.NoError : DnsCode.BadVersion,
                };
            }
            else if (i < authorities && type == DnsRecordType.Soa && dataLength >= 22)
            {
                // The numbers are the last 20 octets, behind two names that may be compressed; the serial is the first of them.
                whole = whole with { KnownSerial = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 10 + dataLength - 20)..]) };
            }

            at += 10 + dataLength;
        }

        return at == message.Length;
    }

    private static bool TrySkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            var length = message[at];
            if (length == 0)
            {
                at++;
                return true;
            }

            if (length >= 0xC0)
            {
                at += 2;
                return at <= message.Length;
            }

            if (length > 63)
                return false;
            at += length + 1;
        }

        return false;
    }

    private static int Count(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
