using System.Text;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Radius;

/// <summary>Acct-Status-Type (RFC 2866 §5.1).</summary>
public enum AccountingStatus
{
    /// <summary>A session begins.</summary>
    Start = 1,

    /// <summary>It has ended.</summary>
    Stop = 2,

    /// <summary>It goes on (RFC 2869 §2.1).</summary>
    Interim = 3,

    /// <summary>The server begins to count: it was started anew.</summary>
    On = 7,

    /// <summary>It stops counting: it is about to stop.</summary>
    Off = 8,
}

/// <summary>What an Accounting-Request says.</summary>
public sealed record AccountingRequest
{
    // Routes and prefixes of one session. A customer has a handful.
    private const int PrefixesMax = 32;

    /// <summary>What is said.</summary>
    public required AccountingStatus Status { get; init; }

    /// <summary>Acct-Session-Id; empty only for on and off.</summary>
    public required string Session { get; init; }

    /// <summary>NAS-Identifier, or the NAS's address; null when it names itself not at all.</summary>
    public string? Nas { get; init; }

    /// <summary>User-Name.</summary>
    public string? UserName { get; init; }

    /// <summary>Calling-Station-Id: a telephone number, or a hardware address.</summary>
    public string? CallingStation { get; init; }

    /// <summary>What the session has: its address, prefixes, routes.</summary>
    public IReadOnlyList<Prefix> Prefixes { get; init; } = [];

    /// <summary>Event-Timestamp: when it was so, by the NAS's clock.</summary>
    public Instant? EventAt { get; init; }

    /// <summary>Acct-Delay-Time: for how long the NAS has tried to say it.</summary>
    public Duration Delay { get; init; }

    /// <summary>Acct-Session-Time: how long the session has lasted.</summary>
    public Duration? SessionTime { get; init; }

    /// <summary>Reads it out of a packet.</summary>
    /// <returns>Null when it has no status of those, or no session though its status needs one: it says nothing that could be kept.</returns>
    public static AccountingRequest? Read(RadiusPacket packet)
    {
        if (packet.FindNumber(RadiusType.AcctStatusType) is not { } number || (AccountingStatus)number is var status && !Enum.IsDefined(status))
            return null;
        var session = Text(packet.Find(RadiusType.AcctSessionId)) ?? "";
        if (session.Length == 0 && status is AccountingStatus.Start or AccountingStatus.Stop or AccountingStatus.Interim)
            return null;
        return new AccountingRequest
        {
            Status = status,
            Session = session,
            Nas = Text(packet.Find(RadiusType.NasIdentifier)) ?? AddressOf(packet.Find(RadiusType.NasIpAddress))?.ToString() ?? AddressOf(packet.Find(RadiusType.NasIpv6Address))?.ToString(),
            UserName = Text(packet.Find(RadiusType.UserName)),
            CallingStation = Text(packet.Find(RadiusType.CallingStationId)),
            Prefixes = [.. packet.Attributes.SelectMany(PrefixesOf).Distinct().Take(PrefixesMax)],
            EventAt = packet.FindNumber(RadiusType.EventTimestamp) is { } at and > 0 ? Instant.FromUnixTimeSeconds(at) : null,
            Delay = Duration.FromSeconds(packet.FindNumber(RadiusType.AcctDelayTime) ?? 0),
            SessionTime = packet.FindNumber(RadiusType.AcctSessionTime) is { } seconds ? Duration.FromSeconds(seconds) : null,
        };
    }

    private static IEnumerable<Prefix> PrefixesOf(RadiusAttribute attribute)
    {
        switch (attribute.Type)
        {
            case RadiusType.FramedIpAddress:
            case RadiusType.FramedIpv6Address:
                // 255.255.255.255 and .254 ask for any address (RFC 2865 §5.8): none is meant by them.
                if (AddressOf(attribute.Value) is { } address && !IsWildcard(address))
                    yield return Prefix.Single(address);
                break;
            case RadiusType.FramedIpv6Prefix:
            case RadiusType.DelegatedIpv6Prefix:
                if (Ipv6Prefix(attribute.Value.Span) is { } prefix)
                    yield return prefix;
                break;
            case RadiusType.FramedRoute:
                // "198.51.100.0/29 192.0.2.1 1": only where it leads to matters here. A default route is no address of anybody's.
                if (Text(attribute.Value)?.Split(' ', 2)[0] is { } text && Prefix.TryParse(text, out var route) && route.Length > (route.First.IsIPv4 ? Prefix.MappedLength : 0))
                    yield return route;
                break;
        }
    }

    private static bool IsWildcard(Address address) =>
        address == Address.Parse("255.255.255.255") || address == Address.Parse("255.255.255.254") || address == Address.Parse("0.0.0.0") || address == Address.Parse("::");

    private static Address? AddressOf(ReadOnlyMemory<byte>? value) => value switch
    {
        { Length: 4 } or { Length: 16 } => Address.From(new System.Net.IPAddress(value.Value.Span)),
        _ => null,
    };

    // A zero, the length, and up to sixteen octets; those that are missing are zeros (RFC 3162 §2.3). Bits beyond the length mean nothing.
    private static Prefix? Ipv6Prefix(ReadOnlySpan<byte> value)
    {
        if (value.Length is < 2 or > 18 || value[1] is 0 or > 128)
            return null;
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        value[2..].CopyTo(octets);
        return new Prefix(Address.FromBytes(octets), value[1]);
    }

    // Octets that are no UTF-8 become U+FFFD: nothing of the kind names a customer. Some servers end their texts with a zero.
    private static string? Text(ReadOnlyMemory<byte>? value) =>
        value is { } octets && octets.Span.TrimEnd((byte)0) is { Length: > 0 } text ? Encoding.UTF8.GetString(text).Replace('\0', '\uFFFD') : null;
}
