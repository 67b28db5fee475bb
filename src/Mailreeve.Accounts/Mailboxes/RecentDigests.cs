using System.Collections.Concurrent;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Digests of the recent past, each remembered for a set time. Bounded; the oldest half goes when it is full.</summary>
/// <param name="lifetime">How long one is remembered at most.</param>
/// <param name="entriesMax">How many are remembered at most.</param>
internal sealed class RecentDigests(Duration lifetime, int entriesMax)
{
    private readonly Lock turn = new();
    private Generation young = new(Instant.MinValue);
    private Generation old = new(Instant.MinValue);

    /// <summary>How many there are, out of date ones too.</summary>
    public int Count => Volatile.Read(ref young.Count) + Volatile.Read(ref old.Count);

    /// <summary>Whether the digest was added within its lifetime.</summary>
    public bool Contains(UInt128 digest, Instant now) =>
        (young.Entries.TryGetValue(digest, out var addedAt) || old.Entries.TryGetValue(digest, out addedAt)) && now - addedAt < lifetime;

    /// <summary>Remembers a digest from now on.</summary>
    public void Add(UInt128 digest, Instant now)
    {
        var generation = young;
        if (generation.Count >= entriesMax / 2 || now - generation.BeganAt >= lifetime)
            generation = Turn(generation, now);
        if (generation.Entries.TryAdd(digest, now))
            Interlocked.Increment(ref generation.Count);
        else
            generation.Entries[digest] = now;
    }

    // Two generations instead of a list by age: nothing to maintain on the path of a sign-in.
    private Generation Turn(Generation full, Instant now)
    {
        lock (turn)
        {
            if (ReferenceEquals(young, full))
                (old, young) = (full, new Generation(now));
            return young;
        }
    }

    private sealed class Generation(Instant beganAt)
    {
        public readonly ConcurrentDictionary<UInt128, Instant> Entries = new();
        public int Count;

        public Instant BeganAt { get; } = beganAt;
    }
}
