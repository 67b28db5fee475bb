using System.Text.Json;

namespace Mailreeve.Protocols.Acme;

/// <summary>What the server wants to see before it believes that a name is ours (RFC 8555 §7.1.4).</summary>
/// <param name="Name">The name.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Challenges">The ways to prove it; one is enough.</param>
public sealed record AcmeAuthorization(string Name, AcmeStatus Status, IReadOnlyList<AcmeChallenge> Challenges)
{
    // A server offers three.
    private const int ChallengesMax = 20;

    /// <summary>Reads one.</summary>
    /// <returns>Null when this is none.</returns>
    public static AcmeAuthorization? Read(ReadOnlyMemory<byte> json) => AcmeJson.Read(json, root =>
        root.Object("identifier")?.Text("value") is not { } name
            ? null
            : new AcmeAuthorization(
                name, root.Status(), [.. root.List("challenges").Take(ChallengesMax).Select(AcmeChallenge.Of).OfType<AcmeChallenge>()]));
}

/// <summary>One way to prove it.</summary>
/// <param name="Type">As in <c>http-01</c>.</param>
/// <param name="Url">Where to say that it may be looked at.</param>
/// <param name="Token">What it is about: letters, digits, minus and underscore.</param>
public sealed record AcmeChallenge(string Type, Uri Url, string Token)
{
    // 128 bits are 22 characters (§8.3); a few times that is no token.
    private const int TokenLengthMax = 256;

    /// <summary>Why it failed; null while it has not.</summary>
    public AcmeProblem? Problem { get; init; }

    internal static AcmeChallenge? Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.Text("type") is not { } type || json.Url("url") is not { } url)
            return null;
        // The token becomes part of an address and of an answer: nothing in it may mean anything there.
        var token = json.Text("token") ?? "";
        if (token.Length is 0 or > TokenLengthMax || !token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return null;
        return new AcmeChallenge(type, url, token)
        {
            Problem = json.Object("error") is { } error ? AcmeProblem.Of(error) : null,
        };
    }
}
