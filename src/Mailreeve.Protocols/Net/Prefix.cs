using System.Globalization;

namespace Mailreeve.Protocols.Net;

/// <summary>
/// A block of addresses in CIDR notation. <see cref="Length"/> counts the fixed bits of the 128-bit form, so an IPv4 /24 has
/// length 120 here and prints as <c>/24</c>.
/// </summary>
public readonly record struct Prefix
{
    /// <summary>Length of the prefix in which IPv4 lies.</summary>
    public const int MappedLength = 96;

    /// <summary>The prefix of this length (0–128, over the 128-bit form) that contains <paramref name="address"/>.</summary>
    public Prefix(Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 128);
        Length = length;
        First = new Address(address.Bits & Mask(length));
    }

    /// <summary>Lowest address.</summary>
    public Address First { get; }

    /// <summary>Fixed bits of the 128-bit form, 0–128; 128 is a single address.</summary>
    public int Length { get; }

    /// <summary>Highest address.</summary>
    public Address Last => new(First.Bits | ~Mask(Length));

    /// <summary>Whether this is one address.</summary>
    public bool IsSingle => Length == 128;

    /// <summary>Whether this lies in IPv4 space.</summary>
    public bool IsIPv4 => Length >= MappedLength && First.IsIPv4;

    /// <summary>Whether it is larger than any network ever given to one provider: than an IPv4 /8, than an IPv6 /19.</summary>
    public bool IsWiderThanANetwork => Length < (IsIPv4 ? MappedLength + 8 : 19);

    /// <summary>Addresses in it; <see cref="ulong.MaxValue"/> when there are more than that.</summary>
    public ulong Count => Length <= 64 ? ulong.MaxValue : 1UL << (128 - Length);

    /// <summary>The prefix that is just this address.</summary>
    public static Prefix Single(Address address) => new(address, 128);

    /// <summary>Whether the address lies in it.</summary>
    public bool Contains(Address address) => (address.Bits & Mask(Length)) == First.Bits;

    /// <summary>Whether the other prefix lies in this one, or is the same.</summary>
    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.First);

    /// <summary>Whether the two have an address in common.</summary>
    public bool Overlaps(Prefix other) => Contains(other) || other.Contains(this);

    /// <summary>Reads <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or a single address.</summary>
    /// <returns><see langword="false"/> for anything else, also when bits beyond the length are set (<c>192.0.2.1/24</c>).</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!Address.TryParse(slash < 0 ? text : text[..slash], out var address))
            return false;
        if (slash < 0)
        {
            prefix = Single(address);
            return true;
        }

        var dotted = !text[..slash].Contains(':');
        if (!byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > (dotted ? 32 : 128))
            return false;

        prefix = new Prefix(address, dotted ? bits + MappedLength : bits);
        return prefix.First == address;
    }

    /// <summary>Reads a prefix or a single address.</summary>
    /// <exception cref="FormatException">Neither.</exception>
    public static Prefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an address or prefix.");

    /// <summary>CIDR notation; a single address without its length.</summary>
    public override string ToString() =>
        IsSingle ? First.ToString()
        : IsIPv4 ? $"{First}/{Length - MappedLength}"
        : $"{First}/{Length}";

    private static UInt128 Mask(int length) => length == 0 ? 0 : UInt128.MaxValue << (128 - length);
}
