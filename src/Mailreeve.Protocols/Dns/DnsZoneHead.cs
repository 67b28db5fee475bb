using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Mailreeve.Protocols.Dns;

/// <summary>What a zone says about itself: its SOA and its name servers (RFC 1035 §3.3.13 and §3.3.11). Written once, and given out as it is.</summary>
public sealed class DnsZoneHead
{
    /// <summary>Octets of the data of an SOA record at most: two names, and five numbers.</summary>
    public const int SoaBytesMax = (2 * WireName.LengthMax) + SerialFromEnd;

    private const int SerialFromEnd = 20;

    private readonly byte[] soa;

    /// <summary>Of a zone of this name.</summary>
    /// <param name="zone">Its name.</param>
    /// <param name="nameServers">Names of its servers, 1 or more; the first is the one that changes are made at.</param>
    /// <param name="mailbox">Who is responsible, as an address of mail.</param>
    /// <param name="times">How others keep it.</param>
    /// <exception cref="FormatException">One of the names is none of the DNS, or the mailbox cannot be written as one.</exception>
    public DnsZoneHead(string zone, IReadOnlyList<string> nameServers, string mailbox, DnsZoneTimes times)
    {
        ArgumentNullException.ThrowIfNull(nameServers);
        Times = times;
        Zone = WireName.Of(zone);
        NameServers = [.. nameServers.Select(WireName.Of)];
        var numbers = new byte[SerialFromEnd];
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(4), times.RefreshSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(8), times.RetrySeconds);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(12), times.ExpireSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), times.NothingSeconds);
        soa = [.. NameServers[0], .. MailboxName(mailbox), .. numbers];
    }

    /// <summary>Its name, as it goes over the wire.</summary>
    public byte[] Zone { get; }

    /// <summary>Its name servers, as data of NS records.</summary>
    public ImmutableArray<byte[]> NameServers { get; }

    /// <summary>How others keep it.</summary>
    public DnsZoneTimes Times { get; }

    /// <summary>The data of its SOA record.</summary>
    /// <param name="serial">Which state of the zone it is of.</param>
    /// <param name="into"><see cref="SoaBytesMax"/> octets are always enough.</param>
    /// <returns>The octets of it.</returns>
    public ReadOnlySpan<byte> Soa(uint serial, Span<byte> into)
    {
        soa.CopyTo(into);
        BinaryPrimitives.WriteUInt32BigEndian(into[(soa.Length - SerialFromEnd)..], serial);
        return into[..soa.Length];
    }

    /// <summary>Whether a serial is that of a later state than the other (RFC 1982 §3.2).</summary>
    public static bool IsLater(uint serial, uint than) => (int)(serial - than) > 0;

    // The part before the @ is one label, dots and all (RFC 1035 §8).
    private static byte[] MailboxName(string mailbox)
    {
        var at = mailbox.LastIndexOf('@');
        if (at is < 1 or > 63 || !Ascii.IsValid(mailbox))
            throw new FormatException($"'{mailbox}' is no address that a zone can name.");
        byte[] name = [(byte)at, .. Encoding.ASCII.GetBytes(mailbox[..at]), .. WireName.Of(mailbox[(at + 1)..])];
        return name.Length <= WireName.LengthMax ? name : throw new FormatException($"'{mailbox}' is too long for a name of the DNS.");
    }
}

/// <summary>How others keep a zone. In seconds.</summary>
/// <param name="TtlSeconds">How long a record is remembered.</param>
/// <param name="NothingSeconds">How long it is remembered that there is none (RFC 2308 §4).</param>
/// <param name="RefreshSeconds">How often others who have the zone ask whether it has changed.</param>
/// <param name="RetrySeconds">How often they ask when they got no answer.</param>
/// <param name="ExpireSeconds">How long they use it without one.</param>
public readonly record struct DnsZoneTimes(uint TtlSeconds, uint NothingSeconds, uint RefreshSeconds, uint RetrySeconds, uint ExpireSeconds);
