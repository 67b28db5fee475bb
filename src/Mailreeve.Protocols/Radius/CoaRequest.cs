using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Radius;

/// <summary>A request to end a session, or to change it (RFC 5176 §3).</summary>
public sealed record CoaRequest
{
    /// <summary><see cref="RadiusCode.DisconnectRequest"/> or <see cref="RadiusCode.CoaRequest"/>.</summary>
    public required RadiusCode Code { get; init; }

    /// <summary>Acct-Session-Id.</summary>
    public required string Session { get; init; }

    /// <summary>NAS-Identifier, or the access server's address; null when it never named itself.</summary>
    public string? Nas { get; init; }

    /// <summary>What the session has. It is sent when it is a single address: of a prefix nobody knows whether it was framed, delegated or routed.</summary>
    public required Prefix Prefix { get; init; }

    /// <summary>User-Name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Calling-Station-Id; null for none.</summary>
    public string? CallingStation { get; init; }

    /// <summary>Filter-Id that the session is to have; null for none.</summary>
    public string? FilterId { get; init; }

    /// <summary>Attributes that this access server wants besides.</summary>
    public IReadOnlyList<RadiusAttribute> More { get; init; } = [];

    /// <summary>When it is asked. Some access servers take nothing that is older than five minutes.</summary>
    public required Instant At { get; init; }

    /// <summary>The packet, always with a Message-Authenticator: what has none many servers drop.</summary>
    /// <param name="identifier">By which the answer finds it. To send it again is to send the same octets.</param>
    /// <param name="secret">What is shared with the access server.</param>
    /// <exception cref="ArgumentException">A text is longer than an attribute (253 octets), or all of it than a packet.</exception>
    public byte[] ToPacket(byte identifier, RadiusSecret secret)
    {
        var packet = new RadiusWriter(Code, identifier).AddMessageAuthenticator();
        if (Nas is not null && Address.TryParse(Nas, out var at))
            packet.Add(at.IsIPv4 ? RadiusType.NasIpAddress : RadiusType.NasIpv6Address, at);
        else if (Nas is not null)
            packet.Add(RadiusType.NasIdentifier, Nas);
        packet.Add(RadiusType.AcctSessionId, Session);
        if (Prefix.IsSingle)
            packet.Add(Prefix.IsIPv4 ? RadiusType.FramedIpAddress : RadiusType.FramedIpv6Address, Prefix.First);
        if (UserName is not null)
            packet.Add(RadiusType.UserName, UserName);
        if (CallingStation is not null)
            packet.Add(RadiusType.CallingStationId, CallingStation);
        if (FilterId is not null)
            packet.Add(RadiusType.FilterId, FilterId);
        foreach (var attribute in More)
            packet.Add(attribute.Type, attribute.Value.Span);
        return packet.Add(RadiusType.EventTimestamp, (uint)At.ToUnixTimeSeconds()).ToRequest(secret);
    }
}
