using System.Globalization;

namespace Mailreeve.Policy;

/// <summary>Amounts of storage as they stand in the policy file and as people read them: <c>25 MB</c>. A megabyte is 1,000,000 bytes.</summary>
public static class SizeText
{
    /// <summary>Largest size that is accepted, in bytes: one petabyte. More is a slip of the pen.</summary>
    public const long BytesMax = 1_000_000_000_000_000;

    private static readonly (string Unit, long Bytes)[] Units =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1)];

    /// <summary>Reads a whole number, one blank, and one of <c>B</c>, <c>kB</c>, <c>MB</c>, <c>GB</c>, <c>TB</c>.</summary>
    /// <returns><see langword="false"/> for anything else, and above <see cref="BytesMax"/>.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return false;
        var unit = Array.FindIndex(Units, u => u.Unit == text[(blank + 1)..]);
        if (unit < 0 || !long.TryParse(text.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > BytesMax / Units[unit].Bytes)
            return false;

        bytes = count * Units[unit].Bytes;
        return true;
    }

    /// <summary>In the largest unit that leaves a whole number; <see cref="TryParse"/> reads it back.</summary>
    public static string Print(long bytes)
    {
        var (unit, size) = Array.Find(Units, u => bytes % u.Bytes == 0 && bytes >= u.Bytes) is { Unit: not null } found ? found : Units[^1];
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size} {unit}");
    }

    /// <summary>For people, in megabytes with one decimal, rounded down: <c>24.9 MB</c>; <c>25 MB</c> when it is a whole number of
    /// them. Little is shown in smaller units.</summary>
    public static string Human(long bytes) =>
        bytes % 1_000_000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000} MB")
        : bytes < 1_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : bytes < 100_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000}.{bytes / 100_000 % 10} MB");
}
