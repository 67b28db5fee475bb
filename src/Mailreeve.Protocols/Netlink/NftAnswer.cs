using System.Buffers.Binary;
using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Netlink;

/// <summary>Reads what nf_tables tells: answers to <see cref="NftQuery"/>, and news of what others changed. Whatever the octets are, nothing is thrown.</summary>
public static class NftAnswer
{
    private const int HeaderLength = 4;

    /// <summary>The attributes of what a message is about; none when it is not about nf_tables.</summary>
    public static NetlinkAttributes Attributes(NetlinkMessage message) =>
        new(message.Type >> 8 == Nft.Subsystem && message.Body.Length >= HeaderLength ? message.Body[HeaderLength..] : default);

    /// <summary>Whether the message is about the table of this name in the family <c>inet</c>, or about something in it.</summary>
    public static bool IsAbout(NetlinkMessage message, string table) =>
        (message.Type & 0xFF) != Nft.NewGeneration && message.Body.Length >= HeaderLength && message.Body[0] == Nft.FamilyInet
        && Attributes(message).TryFind(Nft.TableName, out var name) && IsText(name, table);

    /// <summary>The name of the set or of the chain that a message is about, or of the chain that a rule is in; empty when there is none.</summary>
    public static string NameOf(NftKind kind, NetlinkMessage message) =>
        Attributes(message).TryFind(kind switch { NftKind.Set => Nft.SetName, NftKind.Chain => Nft.ChainName, _ => Nft.RuleChain }, out var name)
            ? Encoding.UTF8.GetString(name.Text)
            : "";

    /// <summary>The elements of which a message tells, added to <paramref name="elements"/>.</summary>
    public static void Elements(NetlinkMessage message, List<NftElement> elements)
    {
        if (!Attributes(message).TryFind(Nft.ElementsList, out var list))
            return;
        foreach (var item in list.Inner)
        {
            UInt128? key = null;
            var isEnd = false;
            foreach (var attribute in item.Inner)
            {
                if (attribute.Type == Nft.ElementKey && attribute.Inner.TryFind(Nft.DataValue, out var value))
                    key = KeyOf(value.Value);
                else if (attribute.Type == Nft.ElementFlags)
                    isEnd = (attribute.Number & Nft.IntervalEnd) != 0;
            }

            if (key is { } bits)
                elements.Add(new NftElement(bits, isEnd));
        }
    }

    /// <summary>The ranges that the elements of a set of ranges make up, as prefixes.</summary>
    /// <param name="elements">All elements, in any order.</param>
    /// <param name="isIPv4">Whether they are IPv4 addresses.</param>
    public static List<Prefix> Ranges(List<NftElement> elements, bool isIPv4)
    {
        // Where one range ends and the next begins, the end comes first.
        elements.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : b.IsEnd.CompareTo(a.IsEnd));
        var shift = isIPv4 ? NftElement.IPv4 : 0;
        var most = isIPv4 ? uint.MaxValue : UInt128.MaxValue;
        var prefixes = new List<Prefix>();
        UInt128? begun = null;
        foreach (var element in elements)
        {
            if (begun is { } first && element.Key > first)
                AddPrefixes(prefixes, first + shift, element.Key - 1 + shift);
            begun = element.IsEnd ? null : element.Key;
        }

        if (begun is { } open)
            AddPrefixes(prefixes, open + shift, most + shift);
        return prefixes;
    }

    private static void AddPrefixes(List<Prefix> prefixes, UInt128 first, UInt128 last)
    {
        while (true)
        {
            // The largest that begins here and does not go too far.
            var free = first == 0 ? 128 : (int)UInt128.TrailingZeroCount(first);
            var prefix = new Prefix(new Address(first), 128 - free);
            while (prefix.Last.Bits > last)
                prefix = new Prefix(prefix.First, prefix.Length + 1);
            prefixes.Add(prefix);
            if (prefix.Last.Bits >= last)
                return;
            first = prefix.Last.Bits + 1;
        }
    }

    private static UInt128? KeyOf(ReadOnlySpan<byte> value) => value.Length switch
    {
        1 => value[0],
        4 => BinaryPrimitives.ReadUInt32BigEndian(value),
        16 => BinaryPrimitives.ReadUInt128BigEndian(value),
        _ => null,
    };

    private static bool IsText(NetlinkAttribute attribute, string text)
    {
        Span<byte> octets = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return attribute.Text.SequenceEqual(octets[..Encoding.UTF8.GetBytes(text, octets)]);
    }
}

/// <summary>An element of a set.</summary>
/// <param name="Key">Its key as a number: an address of 32 or 128 bits, a protocol family.</param>
/// <param name="IsEnd">Whether it is the first one behind a range.</param>
public readonly record struct NftElement(UInt128 Key, bool IsEnd)
{
    /// <summary>Where IPv4 lies in the 128-bit form.</summary>
    internal static readonly UInt128 IPv4 = Net.Address.Parse("0.0.0.0").Bits;

    /// <summary>The key as an address.</summary>
    public Address Address(bool isIPv4) => new(isIPv4 ? Key + IPv4 : Key);
}
