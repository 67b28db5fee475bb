using System.Diagnostics;
using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Live;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Bench;

/// <summary>Look-ups of who has an address, among many prefixes, each assigned to somebody.</summary>
/// <param name="prefixes">How many, from /16 to /32, by chance.</param>
/// <param name="seconds">How long each is measured.</param>
internal sealed class AddressesBench(int prefixes, int seconds)
{
    private const int Questions = 1 << 22;

    /// <summary>Measures and prints.</summary>
    public void Run()
    {
        var at = Instant.FromUtc(2026, 3, 2, 10, 0);
        var assignments = Enumerable.Range(0, prefixes).Select(i =>
        {
            var chance = Mix((ulong)i);
            return new Assignment { Id = i, Customer = new CustomerId(1 + (i % 1000)), Prefix = new Prefix(IPv4((uint)chance), 112 + (int)((chance >> 40) % 17)), ValidFrom = at };
        }).ToList();
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        var map = AddressMap<Assignment>.From(assignments.Select(a => (a.Prefix!.Value, a)));
        var build = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"addresses {prefixes} prefixes: built in {build.TotalMilliseconds:0} ms, {(GC.GetTotalMemory(forceFullCollection: true) - heap) / 1048576.0:0.0} MiB"));

        var questions = new Address[Questions];
        for (var i = 0; i < Questions; i++)
            questions[i] = IPv4((uint)Mix((ulong)i + 0x1234567890));
        var directory = new Directory([], assignments);
        Print("most specific prefix", Measure(() =>
        {
            var sum = 0L;
            foreach (var question in questions)
                sum += map.Find(question);
            return sum;
        }));
        Print("who holds it now", Measure(() =>
        {
            var sum = 0L;
            foreach (var question in questions)
                sum += directory.HolderOf(question, at)?.Value ?? 0;
            return sum;
        }));
        var address = questions[0].Bits;
        Print("each depends on the answer before", Measure(() =>
        {
            for (var i = 0; i < Questions; i++)
            {
                var found = (uint)map.Find(IPv4((uint)address));
                address = ((uint)address + found + 1) * 2654435761u;
            }

            return (long)address;
        }));
    }

    private double Measure(Func<long> round)
    {
        // For the just-in-time compiler.
        var sum = round();
        var (rounds, started) = (0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            sum += round();
            rounds++;
        }

        GC.KeepAlive(sum);
        return rounds * Questions / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Print(string what, double rate) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"addresses {what}: {rate / 1e6:0.0} million a second, {1e9 / rate:0.0} ns each"));

    private static Address IPv4(uint bits) => new(new UInt128(0, 0xFFFF_0000_0000UL | bits));

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
