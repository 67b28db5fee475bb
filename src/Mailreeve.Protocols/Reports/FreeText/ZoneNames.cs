using System.Globalization;
using NodaTime;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>Zones by what people call them ("heure de Paris", "Eastern Time") or by their name in the tz database. The names are data: time-zones.tsv.</summary>
internal static class ZoneNames
{
    private const int IdCharsMax = 40;

    private static readonly string[] Areas = ["Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/", "US/", "Etc/"];

    // By the first character in lower case; the longer name first.
    private static readonly Dictionary<char, List<(string Name, bool IsExact, DateTimeZone Zone)>> Names = Load();

    /// <summary>The zone whose name the text begins with.</summary>
    /// <param name="text">Where a name may begin.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="length">Characters of the name.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out DateTimeZone zone, out int length)
    {
        (zone, length) = (DateTimeZone.Utc, 0);
        if (text.IsEmpty)
            return false;
        foreach (var area in Areas)
            if (text.StartsWith(area, StringComparison.Ordinal))
                return TryReadId(text, out zone, out length);
        if (!Names.TryGetValue(char.ToLowerInvariant(text[0]), out var names))
            return false;
        foreach (var (name, isExact, named) in names)
        {
            if (!text.StartsWith(name, isExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
                || (text.Length > name.Length && char.IsLetterOrDigit(text[name.Length]) && name[^1] < '\u2E80'))
                continue;
            // "10:00 ET SCAN" is the name of a rule.
            if (name.Length == 2 && text.Length > 3 && text[2] == ' ' && char.IsUpper(text[3]))
                continue;
            (zone, length) = (named, name.Length);
            return true;
        }

        return false;
    }

    private static bool TryReadId(ReadOnlySpan<char> text, out DateTimeZone zone, out int length)
    {
        length = 0;
        while (length < text.Length && length < IdCharsMax && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '/' or '_' or '-' or '+'))
            length++;
        zone = DateTimeZone.Utc;
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(text[..length].TrimEnd("/_-+").ToString()) is not { } known)
            return false;
        zone = known;
        return true;
    }

    private static Dictionary<char, List<(string Name, bool IsExact, DateTimeZone Zone)>> Load()
    {
        var names = new Dictionary<char, List<(string Name, bool IsExact, DateTimeZone Zone)>>();
        foreach (var cells in DataTable.Rows("time-zones.tsv"))
        {
            var zone = cells[0][0] is '+' or '-'
                ? DateTimeZone.ForOffset(Offset.FromSeconds((int)(double.Parse(cells[0], CultureInfo.InvariantCulture) * 3600)))
                : DateTimeZoneProviders.Tzdb[cells[0]];
            foreach (var name in cells.AsSpan(1))
            {
                var first = char.ToLowerInvariant(name[0]);
                if (!names.TryGetValue(first, out var list))
                    names[first] = list = [];
                list.Add((name, !name.Any(char.IsLower) && name.Length < 8 && name[0] < '\u2E80', zone));
            }
        }

        foreach (var list in names.Values)
            list.Sort((a, b) => b.Name.Length - a.Name.Length);
        return names;
    }
}
