using System.Text;
using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Feeds;

/// <summary>How a list of addresses that others publish is written.</summary>
public enum FeedFormat
{
    /// <summary>One address or prefix a line; what follows a blank, <c>#</c> or <c>;</c> is a comment.</summary>
    Plain,

    /// <summary>Spamhaus DROP: a JSON object a line, the last one with the number of the others.</summary>
    Drop,
}

/// <summary>What a list said.</summary>
/// <param name="Prefixes">Its entries, each once, in its order.</param>
/// <param name="Malformed">Lines that are none.</param>
/// <param name="Problem">Why it cannot be what its publisher meant, as a sentence; null when nothing speaks against it.</param>
public sealed record FeedReading(IReadOnlyList<Prefix> Prefixes, int Malformed, string? Problem);

/// <summary>Reads lists of addresses that others publish.</summary>
public static class PrefixFeed
{
    private const int LineLengthMax = 1000;

    /// <summary>Reads a list. What is wrong with a line is counted, what is wrong with the whole is said.</summary>
    /// <param name="format">How it is written.</param>
    /// <param name="octets">The list.</param>
    /// <param name="entriesMax">Entries at most; of a longer list the rest is not read.</param>
    public static FeedReading Read(FeedFormat format, ReadOnlySpan<byte> octets, int entriesMax)
    {
        var (found, seen) = (new List<Prefix>(), new HashSet<Prefix>());
        var (malformed, entries) = (0, 0L);
        long? announced = null;
        foreach (var range in octets.Split((byte)'\n'))
        {
            var line = octets[range].Trim(" \t\r"u8);
            if (line.IsEmpty || (format == FeedFormat.Plain && line[0] is (byte)'#' or (byte)';'))
                continue;
            var isMetadata = false;
            var prefix = line.Length > LineLengthMax ? null : format == FeedFormat.Plain ? ReadPlain(line) : ReadDrop(line, ref announced, out isMetadata);
            if (prefix is { } one)
            {
                entries++;
                if (seen.Add(one))
                    found.Add(one);
            }
            else if (!isMetadata)
            {
                malformed++;
            }

            if (found.Count > entriesMax)
                return new FeedReading(found, malformed, $"It has more than {entriesMax} entries.");
        }

        if (format == FeedFormat.Plain)
            return new FeedReading(found, malformed, null);
        return new FeedReading(found, malformed, announced switch
        {
            null => "Its last line, which says how many entries it has, is missing: it was cut off.",
            { } count when count != entries => $"It says that it has {count} entries, and has {entries}.",
            _ => null,
        });
    }

    private static Prefix? ReadPlain(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAny(" \t#;"u8);
        return Parse(end < 0 ? line : line[..end]);
    }

    // {"cidr":"192.0.2.0/24","sblid":"SBL1","rir":"arin"}, and at the end {"type":"metadata","records":1692,…}.
    private static Prefix? ReadDrop(ReadOnlySpan<byte> line, ref long? announced, out bool isMetadata)
    {
        isMetadata = false;
        try
        {
            using var json = JsonDocument.Parse(line.ToArray(), new JsonDocumentOptions { MaxDepth = 4 });
            var entry = json.RootElement;
            if (entry.ValueKind != JsonValueKind.Object)
                return null;
            if (entry.TryGetProperty("cidr", out var cidr) && cidr.ValueKind == JsonValueKind.String)
                return Prefix.TryParse(cidr.GetString(), out var prefix) ? prefix : null;
            if (entry.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("metadata")
                && entry.TryGetProperty("records", out var records) && records.TryGetInt64(out var count))
                (announced, isMetadata) = (count, true);
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Prefix? Parse(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[64];
        return text.Length <= characters.Length && Ascii.IsValid(text) && Encoding.ASCII.GetChars(text, characters) is var length && Prefix.TryParse(characters[..length], out var prefix)
            ? prefix
            : null;
    }
}
