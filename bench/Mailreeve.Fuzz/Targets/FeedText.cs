using Mailreeve.Protocols.Feeds;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Lists of addresses that others publish.</summary>
internal static class FeedText
{
    private const int EntriesMax = 50;

    public static readonly string[] Words =
    [
        "192.0.2.0/24", "198.51.100.7", "2001:db8::/32", "\n", "\r\n", " ; SBL1", "#", "{\"cidr\":\"", "\"}\n", "{\"type\":\"metadata\",\"records\":", "1", "}\n", "{", "[", "\"", "\\u0000", "\u00ff", "/", "0.0.0.0/0",
    ];

    public static void Run(byte[] input)
    {
        foreach (var format in Enum.GetValues<FeedFormat>())
        {
            var reading = PrefixFeed.Read(format, input, EntriesMax);
            Hold.That(reading.Prefixes.Distinct().Count() == reading.Prefixes.Count, "Each entry is there once.");
            Hold.That(reading.Prefixes.Count <= EntriesMax || reading.Problem is not null, "One that is too long says so.");
            Hold.That(reading.Prefixes.Count + reading.Malformed <= input.Length + 1, "A line is one entry.");
        }
    }
}
