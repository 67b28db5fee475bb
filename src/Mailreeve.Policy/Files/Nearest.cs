namespace Mailreeve.Policy.Files;

/// <summary>What someone probably meant.</summary>
internal static class Nearest
{
    /// <summary>The known word that differs least, or null when none is near (a third of its letters).</summary>
    public static string? To(string written, IEnumerable<string> known)
    {
        // Longer than any word of ours; and the comparison below is quadratic.
        if (written.Length > 64)
            return null;
        var best = known.Select(k => (Word: k, Steps: Distance(written, k))).OrderBy(k => k.Steps).FirstOrDefault();
        return best.Word is not null && best.Steps <= Math.Max(1, best.Word.Length / 3) ? best.Word : null;
    }

    /// <summary>A remedy: what was probably meant, or all that can be written.</summary>
    public static string Remedy(string written, IReadOnlyCollection<string> known) =>
        To(written, known) is { } near ? $"Did you mean '{near}'?" : $"Possible: {string.Join(", ", known)}.";

    // Levenshtein, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
