using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Feeds;
using NodaTime;

namespace Mailreeve.Network.ThirdParties;

/// <summary>A subscription to a list of others, from the configuration.</summary>
public sealed record ThirdPartyList
{
    /// <summary>The name of entries of our own, which no subscription may have.</summary>
    public const string Own = "own";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is: a web address, or the path of a file.</summary>
    public required string Source { get; init; }

    /// <summary>How it is written.</summary>
    public FeedFormat Format { get; init; }

    /// <summary>What is stopped. Default: mail alone.</summary>
    public BlockScope Scope { get; init; } = BlockScope.Port25;

    /// <summary>What the blocked party reads. Default: the name of the list.</summary>
    public required string Reason { get; init; }

    /// <summary>How often it is fetched, an hour at least: publishers ask for that. Default a day.</summary>
    public Duration Every { get; init; } = Duration.FromDays(1);

    /// <summary>How long its entries stay when it cannot be fetched any more, at most; half of it at least. Default 14 days.</summary>
    public Duration KeptFor { get; init; } = Duration.FromDays(14);

    /// <summary>How much of it is believed.</summary>
    public FeedLimits Limits { get; init; } = new();

    /// <summary>Where it is, for people and for the record: without what a web address may hold that is secret, a user and a query.</summary>
    public string ShownSource => Url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? Source;

    /// <summary>The web address; null for a file.</summary>
    public Uri? Url => Uri.TryCreate(Source, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? url : null;
}
