using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Mailreeve.Protocols.Net;

/// <summary>
/// One IP address, IPv4 or IPv6, as 128 bits. IPv4 is held as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), so that
/// <c>192.0.2.7</c> and <c>::ffff:192.0.2.7</c> are the same address and order is numeric order.
/// </summary>
public readonly record struct Address : IComparable<Address>
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000UL;

    private readonly UInt128 bits;

    /// <summary>The address with these 128 bits.</summary>
    public Address(UInt128 bits) => this.bits = bits;

    /// <summary>The address as a number; IPv4 lies in <c>::ffff:0:0/96</c>.</summary>
    public UInt128 Bits => bits;

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIPv4 => (ulong)(bits >> 64) == 0 && ((ulong)bits & 0xFFFF_FFFF_0000_0000UL) == MappedPrefix;

    /// <summary>Reads the 16 bytes that <see cref="ToBytes"/> writes.</summary>
    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 16
            ? new Address(BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : throw new ArgumentException($"An address is 16 bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>The same address as the framework's type; a zone index is dropped.</summary>
    public static Address From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.MapToIPv6().TryWriteBytes(bytes, out _)
            ? FromBytes(bytes)
            : throw new ArgumentException("Not an IP address.", nameof(address));
    }

    /// <summary>
    /// Reads an address in its usual notation, optionally in brackets and optionally with SMTP's <c>IPv6:</c> tag (RFC 5321 §4.1.3).
    /// </summary>
    /// <returns>
    /// <see langword="false"/> for anything else: redacted (<c>192.0.2.x</c>), shortened (<c>10.1</c>), octal-looking
    /// (<c>192.0.02.7</c>), with zone index, with blanks.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        if (text.Length > 2 && text[0] == '[' && text[^1] == ']')
            text = text[1..^1];
        if (text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            text = text[5..];

        if (!text.Contains(':'))
            return TryParseIPv4(text, out address);
        if (text.Length > 45 || text.ContainsAny('%', '[', ' ') || !IPAddress.TryParse(text, out var parsed))
            return false;

        address = From(parsed);
        return true;
    }

    /// <summary>Reads an address in its usual notation.</summary>
    /// <exception cref="FormatException">Not an address.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address.");

    /// <summary>16 bytes in network order, as stored in the database.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return bytes;
    }

    /// <summary>The same address as the framework's type: 4 bytes for IPv4, 16 otherwise.</summary>
    public IPAddress ToIPAddress() =>
        IsIPv4 ? new IPAddress(BinaryPrimitives.ReverseEndianness((uint)bits)) : new IPAddress(ToBytes());

    /// <inheritdoc/>
    public int CompareTo(Address other) => bits.CompareTo(other.bits);

    /// <summary>Dotted decimal for IPv4, RFC 5952 form for IPv6.</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>Numeric order.</summary>
    public static bool operator <(Address left, Address right) => left.bits < right.bits;

    /// <summary>Numeric order.</summary>
    public static bool operator >(Address left, Address right) => left.bits > right.bits;

    /// <summary>Numeric order.</summary>
    public static bool operator <=(Address left, Address right) => left.bits <= right.bits;

    /// <summary>Numeric order.</summary>
    public static bool operator >=(Address left, Address right) => left.bits >= right.bits;

    // IPAddress.TryParse accepts "10.1", "0x7f.1" and octal: each names another host than its reader thinks.
    private static bool TryParseIPv4(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        uint value = 0;
        var octets = 0;
        foreach (var range in text.Split('.'))
        {
            var octet = text[range];
            if (++octets > 4 || octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == '0'))
                return false;
            if (!byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out var b))
                return false;
            value = (value << 8) | b;
        }

        if (octets != 4)
            return false;
        address = new Address(new UInt128(0, MappedPrefix | value));
        return true;
    }

    /// <summary>Reads an address, or <see langword="null"/> when the text is missing or is none.</summary>
    public static Address? ParseOrNull([NotNullWhen(true)] string? text) =>
        text is not null && TryParse(text, out var address) ? address : null;
}
