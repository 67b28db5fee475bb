using System.Collections.Concurrent;

namespace Mailreeve.Mail.Certificates;

/// <summary>What an authority may ask for at the moment, and what it is told (RFC 8555 §8.3).</summary>
public sealed class AcmeChallenges
{
    /// <summary>Where it asks, with the token behind it.</summary>
    public const string Path = "/.well-known/acme-challenge";

    private readonly ConcurrentDictionary<string, string> answers = new(StringComparer.Ordinal);

    /// <summary>The answer to a token; null when nobody waits for one.</summary>
    public string? Find(string token) => answers.GetValueOrDefault(token);

    internal void Add(string token, string answer) => answers[token] = answer;

    internal void Remove(string token) => answers.TryRemove(token, out _);
}
