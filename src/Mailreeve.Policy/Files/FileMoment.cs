using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Files;

/// <summary>A moment in a file: <c>2026-01-31T18:00:00Z</c>, with any offset; or a day, which is its beginning where the customer is.</summary>
public static class FileMoment
{
    /// <summary>Reads a moment, cut to the millisecond: the database keeps no more.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">Where a day begins.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="problem">What is wrong, as a sentence.</param>
    public static bool TryParse(string text, DateTimeZone zone, out Instant moment, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        moment = default;
        // TOML (RFC 3339 §5.6) allows a blank or a small t between day and time, and a small z.
        var iso = text.Replace(' ', 'T').ToUpperInvariant();
        if (LocalDatePattern.Iso.Parse(iso).TryGetValue(default, out var day))
            moment = zone.AtStartOfDay(day).ToInstant();
        else if (OffsetDateTimePattern.Rfc3339.Parse(iso).TryGetValue(default, out var time))
            moment = Instant.FromUnixTimeMilliseconds(time.ToInstant().ToUnixTimeMilliseconds());
        else
            problem = LocalDateTimePattern.ExtendedIso.Parse(iso).Success ? "This time has no zone." : "This is not a time.";
        return problem is null;
    }

    /// <summary>As <see cref="TryParse"/> reads it, in UTC.</summary>
    public static string Write(Instant moment) => InstantPattern.ExtendedIso.Format(moment);
}
