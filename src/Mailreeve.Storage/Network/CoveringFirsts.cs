using System.Text.Json;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Storage.Network;

/// <summary>The first addresses of all prefixes that may cover an address: what an index by first address is asked for.</summary>
internal static class CoveringFirsts
{
    // No prefix above that of IPv4 holds both kinds.
    private static readonly int[] LengthsIPv4 = [.. Enumerable.Range(Prefix.MappedLength, 33)];
    private static readonly int[] LengthsIPv6 = [.. Enumerable.Range(0, 129)];
    private static readonly int[] SessionLengthsIPv4 = [.. Enumerable.Range(120, 9)];
    private static readonly int[] SessionLengthsIPv6 = [.. Enumerable.Range(32, 33), 128];

    /// <summary>The first addresses, each once.</summary>
    public static IEnumerable<Address> Of(Address address) => Of(address, address.IsIPv4 ? LengthsIPv4 : LengthsIPv6);

    /// <summary>The first addresses of what a session that covers the address may have (<see cref="AddressSession.CanHave"/>), each once.</summary>
    public static IEnumerable<Address> OfSessions(Address address) => Of(address, address.IsIPv4 ? SessionLengthsIPv4 : SessionLengthsIPv6);

    /// <summary>The addresses as a parameter.</summary>
    public static string Json(IEnumerable<Address> firsts) => JsonSerializer.Serialize(firsts.Select(f => Convert.ToHexStringLower(f.ToBytes())));

    /// <summary>The query that makes rows of the parameter <c>@json</c> again. A list of binary values is no parameter that both databases take.</summary>
    public static string FromJson(Dialect dialect) => dialect == Dialect.PostgreSql
        ? "SELECT decode(value, 'hex') FROM json_array_elements_text(CAST(@json AS JSON))"
        : "SELECT unhex(value) FROM json_each(@json)";

    // Most lengths share one with another: zeros of the address make no new one.
    private static IEnumerable<Address> Of(Address address, int[] lengths) => lengths.Select(length => new Prefix(address, length).First).Distinct();
}
