using System.Net;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Radius;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Access;

/// <summary>How sessions of an access server are ended or changed (RFC 5176).</summary>
public sealed record SessionControl
{
    /// <summary>Where it takes requests.</summary>
    public required IPEndPoint At { get; init; }

    /// <summary>What becomes of a session when all traffic of an address of it is blocked.</summary>
    public SessionAction OnBlock { get; init; } = SessionAction.Disconnect;

    /// <summary>Filter-Id that a session gets then, when it is changed.</summary>
    public string? FilterId { get; init; }

    /// <summary>Filter-Id that a session gets when its port 25 is blocked; null when that leaves sessions alone.</summary>
    public string? Port25FilterId { get; init; }

    /// <summary>Filter-Id that a session gets back when the block is over; null when it is ended, to begin anew without one.</summary>
    public string? LiftedFilterId { get; init; }

    /// <summary>Whether User-Name is sent, in the small letters in which names are kept here.</summary>
    public bool SendsUserName { get; init; }

    /// <summary>Whether Calling-Station-Id is sent, in the form in which it is kept here.</summary>
    public bool SendsStation { get; init; }

    /// <summary>Attributes that it wants besides.</summary>
    public IReadOnlyList<RadiusAttribute> More { get; init; } = [];

    /// <summary>How long each sending of one request is waited for; there are as many sendings as times.</summary>
    public IReadOnlyList<TimeSpan> Patience { get; init; } = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)];

    /// <summary>What a block does to a session; null when nothing.</summary>
    public SessionAction? ActionFor(BlockScope scope) => scope switch
    {
        BlockScope.All => OnBlock,
        _ when Port25FilterId is not null => SessionAction.Change,
        _ => null,
    };

    /// <summary>The filter that a changed session gets.</summary>
    public string? FilterFor(BlockScope scope) => scope == BlockScope.All ? FilterId : Port25FilterId;
}
