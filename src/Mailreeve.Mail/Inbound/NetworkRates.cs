using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Inbound;

/// <summary>How much comes from where: so much in a minute from one address, and four times as much from its network, may.</summary>
/// <remarks>
/// A bucket for each, which fills up steadily; a burst may take all that is in it. The table has a fixed size: of the
/// <see cref="Ways"/> places that a network can have, it takes that of whoever was quiet for longest, who then begins anew.
/// </remarks>
/// <param name="perMinute">What one address may have, 1 or more.</param>
/// <param name="ticks">Measures time.</param>
public sealed class NetworkRates(int perMinute, TimeProvider ticks)
{
    private const int Sets = 8192;
    private const int Ways = 4;
    private const int NetworkShare = 4;

    private readonly Bucket[] buckets = new Bucket[Sets * Ways];
    private readonly Lock gate = new();

    /// <summary>Takes one.</summary>
    /// <returns><see langword="false"/> when there is none left; nothing is taken then.</returns>
    public bool Take(Address client)
    {
        var now = ticks.GetTimestamp();
        var single = client.IsIPv4 ? Prefix.Single(client) : new Prefix(client, 64);
        var network = client.IsIPv4 ? new Prefix(client, 120) : new Prefix(client, 48);
        lock (gate)
        {
            ref var own = ref Find(single, perMinute, now);
            ref var all = ref Find(network, (double)perMinute * NetworkShare, now);
            if (own.Left < 1 || all.Left < 1)
                return false;
            own.Left--;
            all.Left--;
            return true;
        }
    }

    private ref Bucket Find(Prefix who, double perMinuteOfThese, long now)
    {
        // The framework's hash has a secret of the process in it: nobody can choose addresses that share a place.
        var hash = (uint)HashCode.Combine(who.First.Bits, who.Length);
        var start = (int)(hash % Sets) * Ways;
        var oldest = start;
        for (var i = start; i < start + Ways; i++)
        {
            ref var bucket = ref buckets[i];
            if (bucket.IsUsed && bucket.Who == who)
            {
                var minutes = ticks.GetElapsedTime(bucket.At, now).TotalMinutes;
                bucket.Left = Math.Min(perMinuteOfThese, bucket.Left + minutes * perMinuteOfThese);
                bucket.At = now;
                return ref bucket;
            }

            if (!bucket.IsUsed || (buckets[oldest].IsUsed && bucket.At < buckets[oldest].At))
                oldest = i;
        }

        buckets[oldest] = new Bucket { Who = who, IsUsed = true, Left = perMinuteOfThese, At = now };
        return ref buckets[oldest];
    }

    private struct Bucket
    {
        public Prefix Who;
        public bool IsUsed;
        public double Left;
        public long At;
    }
}
