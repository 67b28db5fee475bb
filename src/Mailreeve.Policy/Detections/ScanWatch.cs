using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Detections;

/// <summary>
/// Finds scanners among those who try to reach others: a <see cref="ThresholdWalk"/> for each source over its first contacts. A contact is a host with
/// a port, so that who tries all ports of one host is found as well as who tries all hosts.
/// </summary>
/// <remarks>
/// That an address was seen to scan is never proof that it did: flags of packets are as easily written as their source. What it remembers is
/// bounded: so many sources, so many contacts of each, and nobody who was quiet for two periods.
/// </remarks>
public sealed class ScanWatch
{
    /// <summary>Sources remembered of one period; with those of the one before at most twice as many.</summary>
    public const int SourcesMax = 50_000;

    private const int ContactsMax = 128;

    private static readonly Duration Period = Duration.FromMinutes(30);
    private static readonly Duration ToldEvery = Duration.FromMinutes(5);

    private readonly HashSet<Address> untold = [];
    private Dictionary<Address, Source> now = [];
    private Dictionary<Address, Source> before = [];
    private Instant periodEnds = Instant.MinValue;

    /// <summary>Sources that are remembered.</summary>
    public int Sources => now.Count + before.Count;

    /// <summary>Takes a contact in.</summary>
    public void Add(in ContactAttempt contact)
    {
        var source = Find(contact);
        if (!source.IsFirst(contact))
            return;
        source.Walk.Step(contact.IsAnswered);
        source.LastAt = Instant.Max(source.LastAt, contact.At);
        if (contact.IsAnswered)
            return;
        source.Failed++;
        if (source.Walk.IsScanner)
            untold.Add(contact.Source);
    }

    /// <summary>What is to be told: of each scanner at once, then what came on top every five minutes.</summary>
    /// <param name="sensor">The name of who watches.</param>
    /// <param name="at">The time.</param>
    public IReadOnlyList<(Address Source, Detection Seen)> Take(string sensor, Instant at)
    {
        var taken = new List<(Address, Detection)>();
        foreach (var address in untold.ToList())
        {
            if (!(now.TryGetValue(address, out var source) || before.TryGetValue(address, out source)))
            {
                untold.Remove(address);
                continue;
            }

            if (source.ToldAt is { } told && at < told + ToldEvery)
                continue;
            taken.Add((address, new Detection
            {
                Sensor = sensor, Type = DetectionTypes.PortScan, Targets = source.Failed, IsTwoWay = false, FirstAt = source.FirstAt, LastAt = source.LastAt,
            }));
            source.Failed = 0;
            source.FirstAt = source.LastAt;
            source.ToldAt = at;
            untold.Remove(address);
        }

        return taken;
    }

    private Source Find(in ContactAttempt contact)
    {
        if (contact.At >= periodEnds || now.Count >= SourcesMax)
        {
            (before, now) = (now, []);
            periodEnds = contact.At + Period;
        }

        if (now.TryGetValue(contact.Source, out var source))
            return source;
        if (!before.Remove(contact.Source, out source))
            source = new Source { FirstAt = contact.At, LastAt = contact.At };
        now.Add(contact.Source, source);
        return source;
    }

    private sealed class Source
    {
        private readonly HashSet<int> contacts = [];

        public ThresholdWalk Walk;

        public long Failed { get; set; }

        public required Instant FirstAt { get; set; }

        public required Instant LastAt { get; set; }

        public Instant? ToldAt { get; set; }

        // When it has reached very many, it begins anew to learn whom: what is known already would count once more, a step either way.
        public bool IsFirst(in ContactAttempt contact)
        {
            if (contacts.Count >= ContactsMax)
                contacts.Clear();
            return contacts.Add(HashCode.Combine(contact.Destination, contact.Port));
        }
    }
}
