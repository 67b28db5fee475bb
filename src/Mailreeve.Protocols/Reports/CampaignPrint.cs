using System.Numerics;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// By what one mailing is known again in what different people report of it: 64 bits of its words and of the hosts it links to (simhash
/// over runs of three words). Names, numbers, addresses and tokens that are other in each copy hardly change it. It tells nothing of the
/// text to those who have not got it.
/// </summary>
public static class CampaignPrint
{
    /// <summary>Bits that may differ between two copies of one mailing. Of unrelated texts half of the 64 differ, give or take 4.</summary>
    public const int DistanceMax = 12;

    private const int RunWords = 3;

    // Shorter texts have too few runs to be told apart from each other.
    private const int RunsMin = 12;
    private const int TextLengthMax = 64 << 10;
    private const int WordLengthMax = 24;

    // Where a mailing leads says more about it than how it is worded.
    private const int HostWeight = 3;
    private const int HostsMax = 20;

    private const ulong Seed = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>The print of a message; null when it has no text, or too little.</summary>
    /// <param name="original">The message complained about.</param>
    /// <param name="limits">Bounds for reading it.</param>
    public static long? Of(OriginalMessage original, ReportLimits limits)
    {
        if (original.HeadersOnly)
            return null;
        var mail = MailParts.Read(original.Bytes, limits);
        var plain = mail.Parts.FirstOrDefault(p => p.Is("text", "plain") && !mail.Content(p).IsEmpty);
        var html = plain is null ? mail.Parts.FirstOrDefault(p => p.Is("text", "html")) : null;
        // A message without a type is text.
        var part = plain ?? html ?? (mail.Root.Type is null ? mail.Root : null);
        if (part is null)
            return null;
        return OfText(html is null ? mail.Text(part) : HtmlText.Read(mail.Text(part)));
    }

    /// <summary>The print of a text; null when there is too little of it.</summary>
    public static long? OfText(string text)
    {
        var sums = new int[64];
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Span<ulong> run = stackalloc ulong[RunWords];
        var (words, runs) = (0, 0);
        var read = text.AsSpan(0, Math.Min(text.Length, TextLengthMax));
        foreach (var range in read.SplitAny(" \t\r\n\u00A0<>\"()[]"))
        {
            var token = read[range];
            if (HostOf(token) is { } host)
            {
                if (host.Length > 0 && hosts.Count < HostsMax && hosts.Add(host))
                    Add(sums, Mix(HashOf(host)), HostWeight);
                continue;
            }

            if (WordOf(token) is not { } word)
                continue;
            run[words++ % RunWords] = word;
            if (words < RunWords)
                continue;
            var hash = Seed;
            for (var i = 0; i < RunWords; i++)
                hash = (hash ^ run[(words + i) % RunWords]) * Prime;
            Add(sums, Mix(hash), 1);
            runs++;
        }

        if (runs < RunsMin)
            return null;
        var print = 0UL;
        for (var bit = 0; bit < 64; bit++)
        {
            if (sums[bit] > 0)
                print |= 1UL << bit;
        }

        return (long)print;
    }

    /// <summary>Bits in which two prints differ, 0–64.</summary>
    public static int Distance(long a, long b) => BitOperations.PopCount((ulong)(a ^ b));

    // What is other in each copy is no word: addresses, numbers, tokens.
    private static ulong? WordOf(ReadOnlySpan<char> token)
    {
        if (token.Length > WordLengthMax || token.ContainsAny('@', '=', '_'))
            return null;
        var hash = Seed;
        var letters = 0;
        foreach (var c in token)
        {
            if (char.IsDigit(c))
                return null;
            if (!char.IsLetter(c))
                continue;
            hash = (hash ^ char.ToLowerInvariant(c)) * Prime;
            letters++;
        }

        return letters == 0 ? null : hash;
    }

    // Of a link only the host, and of that what is registered, about: tracking puts tokens in front as well as behind.
    private static string? HostOf(ReadOnlySpan<char> token)
    {
        var scheme = token.IndexOf("://");
        if (scheme < 0 || scheme > 8)
        {
            if (!token.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
                return null;
        }
        else
        {
            token = token[(scheme + 3)..];
        }

        var end = token.IndexOfAny("/?#:\\");
        var host = (end < 0 ? token : token[..end]).Trim('.');
        if (host.Length is 0 or > 253)
            return "";
        var last = host.LastIndexOf('.');
        var second = last < 0 ? -1 : host[..last].LastIndexOf('.');
        return host[(second + 1)..].ToString().ToLowerInvariant();
    }

    private static ulong HashOf(string text)
    {
        var hash = Seed ^ 1;
        foreach (var c in text)
            hash = (hash ^ c) * Prime;
        return hash;
    }

    private static void Add(int[] sums, ulong hash, int weight)
    {
        for (var bit = 0; bit < 64; bit++)
            sums[bit] += ((hash >> bit) & 1) == 1 ? weight : -weight;
    }

    private static ulong Mix(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= 0xD6E8FEB86659FD93;
        hash ^= hash >> 32;
        hash *= 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }
}
