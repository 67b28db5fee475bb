using System.Text.Json;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Storage.Network;

/// <summary>The first addresses of all prefixes that may cover an address: what an index by first address is asked for.</summary>
internal static class CoveringFirsts
{
    // An IPv4 prefix is one of the lower 32 bits of the mapped form; above that no prefix holds both kinds.
    private const int MappedLength = 96;

    /// <summary>The first addresses, each once. Most lengths share one with another: zeros of the address make no new one.</summary>
    public static IEnumerable<Address> Of(Address address)
    {
        Address? before = null;
        for (var length = address.IsIPv4 ? MappedLength : 0; length <= 128; length++)
        {
            var first = new Prefix(address, length).First;
            if (first != before)
                yield return first;
            before = first;
        }
    }

    /// <summary>The first addresses of what a session that covers the address may have (<see cref="AddressSession.CanHave"/>), each once.</summary>
    public static IEnumerable<Address> OfSessions(Address address)
    {
        Address? before = null;
        var lengths = address.IsIPv4 ? Enumerable.Range(120, 9) : Enumerable.Range(32, 33).Append(128);
        foreach (var length in lengths)
        {
            var first = new Prefix(address, length).First;
            if (first != before)
                yield return first;
            before = first;
        }
    }

    /// <summary>The addresses as a parameter.</summary>
    public static string Json(IEnumerable<Address> firsts) => JsonSerializer.Serialize(firsts.Select(f => Convert.ToHexStringLower(f.ToBytes())));

    /// <summary>The query that makes rows of the parameter <c>@json</c> again. A list of binary values is no parameter that both databases take.</summary>
    public static string FromJson(Dialect dialect) => dialect == Dialect.PostgreSql
        ? "SELECT decode(value, 'hex') FROM json_array_elements_text(CAST(@json AS JSON))"
        : "SELECT unhex(value) FROM json_each(@json)";
}
