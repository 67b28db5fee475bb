using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Accounts.SignIn;

/// <summary>Slows down those who try passwords. In memory, bounded.</summary>
/// <remarks>
/// Counted by network and account together, so that a stranger can slow an account down for the stranger's own network only, and
/// nobody can lock a customer out; and by network alone, against trying one password on many accounts. A network is an IPv4 /24 or an
/// IPv6 /64. An attempt counts when it begins: a thousand at once are not a thousand first attempts.
/// </remarks>
public sealed class AttemptThrottle(IClock clock)
{
    /// <summary>Attempts of one network on one account before it has to wait.</summary>
    public const int FreePerAccount = 5;

    /// <summary>Attempts of one network on all accounts before it has to wait.</summary>
    public const int FreePerNetwork = 30;

    private static readonly Duration FirstWait = Duration.FromSeconds(2);
    private static readonly Duration LongestWait = Duration.FromMinutes(15);
    private static readonly Duration ForgottenAfter = Duration.FromHours(1);

    private readonly Lock gate = new();
    private readonly Table<(Prefix Network, string Account)> pairs = new(FreePerAccount);
    private readonly Table<Prefix> networks = new(FreePerNetwork);

    /// <summary>Entries kept at most, of each kind.</summary>
    internal static int EntriesMax => 50_000;

    /// <summary>How many entries there are.</summary>
    internal int Count
    {
        get
        {
            lock (gate)
                return pairs.Count + networks.Count;
        }
    }

    /// <summary>How long this network has to wait before its next attempt on this account; zero when it may try. Counts nothing.</summary>
    public Duration WaitOf(Address client, string account)
    {
        var now = clock.GetCurrentInstant();
        var network = NetworkOf(client);
        lock (gate)
            return Duration.Max(networks.WaitOf(network, now), pairs.WaitOf((network, account), now));
    }

    /// <summary>Begins an attempt.</summary>
    /// <returns>Zero when it may go on; otherwise how long to wait before the next one, and this one must not be carried out.</returns>
    public Duration Begin(Address client, string account)
    {
        var now = clock.GetCurrentInstant();
        var network = NetworkOf(client);
        lock (gate)
        {
            var wait = Duration.Max(networks.WaitOf(network, now), pairs.WaitOf((network, account), now));
            if (wait > Duration.Zero)
                return wait;
            networks.Count1(network, now);
            pairs.Count1((network, account), now);
            return Duration.Zero;
        }
    }

    /// <summary>
    /// The attempt succeeded: this network and account start afresh. What the network has tried elsewhere still counts, lest
    /// someone with one good account try all others.
    /// </summary>
    public void Succeeded(Address client, string account)
    {
        var network = NetworkOf(client);
        lock (gate)
        {
            pairs.Forget((network, account));
            networks.Forgive(network);
        }
    }

    /// <summary>The network an address counts for.</summary>
    internal static Prefix NetworkOf(Address client) => new(client, client.IsIPv4 ? 120 : 64);

    private sealed class Table<TKey>(int free)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, Entry> entries = [];

        // In the order of the last attempt; the front has been quiet for longest.
        private readonly LinkedList<TKey> order = [];

        public int Count => entries.Count;

        public Duration WaitOf(TKey key, Instant now)
        {
            if (!entries.TryGetValue(key, out var entry))
                return Duration.Zero;
            return Duration.Max(Duration.Zero, entry.NotBefore - now);
        }

        public void Count1(TKey key, Instant now)
        {
            while (order.First is { } oldest && (entries[oldest.Value].Last + ForgottenAfter <= now || entries.Count >= EntriesMax))
                Forget(oldest.Value);
            var attempts = 1;
            if (entries.TryGetValue(key, out var known))
            {
                attempts = known.Attempts + 1;
                order.Remove(known.Place);
            }

            entries[key] = new Entry(attempts, now, now + WaitAfter(attempts), order.AddLast(key));
        }

        public void Forgive(TKey key)
        {
            if (entries.TryGetValue(key, out var entry))
                entries[key] = entry with { Attempts = Math.Max(0, entry.Attempts - 1), NotBefore = entry.Attempts <= free ? entry.Last : entry.NotBefore };
        }

        public void Forget(TKey key)
        {
            if (entries.Remove(key, out var entry))
                order.Remove(entry.Place);
        }

        private Duration WaitAfter(int attempts)
        {
            if (attempts < free)
                return Duration.Zero;
            var doublings = Math.Min(attempts - free, 16);
            return Duration.Min(LongestWait, FirstWait * (1L << doublings));
        }

        private readonly record struct Entry(int Attempts, Instant Last, Instant NotBefore, LinkedListNode<TKey> Place);
    }
}
