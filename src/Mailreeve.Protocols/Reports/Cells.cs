using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Reports;

/// <summary>The notations of single values in tables and events: addresses with ports, defanged names, epoch seconds.</summary>
internal static class Cells
{
    private const int AddressesMax = 100;

    // Epoch times from 2001 on have ten digits, in milliseconds thirteen.
    private static readonly Instant EpochMax = Instant.FromUtc(2200, 1, 1, 0, 0);

    /// <summary>An address, alone or with a port or a full-length prefix: <c>192.0.2.7:25</c>, <c>[2001:db8::7]:25</c>, <c>192.0.2.7/32</c>.</summary>
    public static bool TryAddress(ReadOnlySpan<char> text, out Address address, out int? port)
    {
        port = null;
        address = default;
        text = text.Trim(" \t'\"<>()");
        if (text.Length is < 2 or > 60 || text.IndexOfAny('.', ':') < 0 || !IsAddressChar(text[^1]) || !IsAddressChar(text[0]))
            return false;
        if (TryOne(text, out address))
            return true;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && Notation.Port(text[(colon + 1)..].ToString()) is { } number
            && (text[colon - 1] == ']' || text[..colon].IndexOf(':') < 0) && TryOne(text[..colon], out address))
        {
            port = number;
            return true;
        }

        return (text.EndsWith("/32") && !text.Contains(':') && TryOne(text[..^3], out address))
            || (text.EndsWith("/128") && text.Contains(':') && TryOne(text[..^4], out address));
    }

    /// <summary>The addresses of a cell that may hold a list.</summary>
    public static IEnumerable<(Address Address, int? Port)> Addresses(string text)
    {
        if (TryAddress(text, out var single, out var port))
        {
            yield return (single, port);
            yield break;
        }

        var seen = new HashSet<Address>();
        foreach (var word in text.Split([' ', ',', ';', '|', '\n'], AddressesMax, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (TryAddress(word, out var one, out var its) && seen.Add(one))
                yield return (one, its);
    }

    /// <summary>A URL, also a defanged one (<c>hxxp://www[.]example</c>), as it would be typed; null when it is none.</summary>
    public static string? Url(string text)
    {
        var url = Refang(text.Trim().Trim('"', '\'', '<', '>'));
        return Notation.IsUrl(url) ? url : null;
    }

    /// <summary>A host name, also a defanged one, with at least two labels of which the last can be a top-level domain.</summary>
    public static string? Domain(string text)
    {
        var name = Notation.Domain(Refang(text.Trim().Trim('"', '\'')));
        return name is not null && name.LastIndexOf('.') is var dot && name.Length - dot > 2 && char.IsLetter(name[dot + 1]) ? name : null;
    }

    /// <summary>A mailbox with an at sign, or null.</summary>
    public static string? Mailbox(string text) =>
        Notation.Mailbox(Refang(text)) is { } mailbox && mailbox.IndexOf('@') is > 0 and var at && at < mailbox.Length - 1 ? mailbox : null;

    /// <summary>Undoes the ways in which reporters keep a link from being followed.</summary>
    public static string Refang(string text)
    {
        if (!text.Contains('[', StringComparison.Ordinal) && !text.Contains('(', StringComparison.Ordinal)
            && !text.StartsWith("hx", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("h**", StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text)
            .Replace("[.]", ".").Replace("(.)", ".").Replace("[dot]", ".").Replace("(dot)", ".").Replace("[.", ".").Replace("[:]", ":")
            .Replace("[://]", "://").Replace("[at]", "@").Replace("[@]", "@").Replace("[/]", "/").ToString();
        foreach (var scheme in (string[])["hxxp", "h**p", "hXXp", "HXXP", "htxp", "hxtp"])
            if (plain.StartsWith(scheme, StringComparison.Ordinal))
                return string.Concat("http", plain.AsSpan(scheme.Length));
        return plain;
    }

    /// <summary>A time: what <see cref="ReportedTime"/> reads, and seconds or milliseconds since 1970.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="zone">The zone that the column's name or a column beside it states, or null.</param>
    public static ReportedTime Time(string text, string? zone)
    {
        var raw = text.Trim().Trim('"', '\'');
        if (Epoch(raw) is { } epoch)
            return new ReportedTime(raw, epoch, TimeConfidence.Exact);
        var time = ReportedTime.Read(raw);
        if (zone is null || time.Confidence != TimeConfidence.NoZone)
            return time;
        var zoned = ReportedTime.Read($"{raw} {zone}");
        return zoned.Utc is null ? time : zoned with { Raw = raw };
    }

    /// <summary>
    /// The zone that a text states for its times: "All times are UTC", or times that are followed by it. Only UTC is believed: other
    /// names are as likely those of the reader's own clock.
    /// </summary>
    public static string? ZoneInWords(ReadOnlySpan<char> text)
    {
        foreach (var line in text.EnumerateLines())
        {
            var at = Math.Max(line.IndexOf("UTC"), line.IndexOf("GMT"));
            if (at < 0 || (at > 0 && char.IsLetterOrDigit(line[at - 1])))
                continue;
            var after = line[(at + 3)..];
            if (after.Length > 0 && (char.IsLetterOrDigit(after[0]) || after[0] is '+' or '-'))
                continue;
            var before = line[..at].TrimEnd();
            var isAfterClock = before.Length > 5 && char.IsAsciiDigit(before[^1]) && before[^3] == ':';
            if (isAfterClock || TimeWord(line))
                return "UTC";
        }

        return null;

        static bool TimeWord(ReadOnlySpan<char> line)
        {
            foreach (var word in (string[])["time", "zeit", "heure", "hora", "tijd", "tid", "czas", "orari"])
                if (line.Contains(word, StringComparison.OrdinalIgnoreCase))
                    return true;
            return false;
        }
    }

    private static Instant? Epoch(string text)
    {
        var digits = text.AsSpan();
        var point = digits.IndexOf('.');
        if (point == 10)
            digits = digits[..10];
        if (digits.Length is not (10 or 13) || digits.ContainsAnyExceptInRange('0', '9'))
            return null;
        var value = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var instant = digits.Length == 10 ? Instant.FromUnixTimeSeconds(value) : Instant.FromUnixTimeMilliseconds(value);
        return instant < EpochMax ? instant : null;
    }

    private static bool TryOne(ReadOnlySpan<char> text, out Address address)
    {
        if (Address.TryParse(text, out address))
            return true;
        if (text.ContainsAny('[', '('))
            return Address.TryParse(Refang(text.ToString()), out address);
        // Some lists pad each number of an address to three digits.
        if (text.Length != 15 || text[3] != '.' || text[7] != '.' || text[11] != '.')
            return false;
        Span<char> plain = stackalloc char[15];
        var length = 0;
        for (var i = 0; i < 15; i++)
        {
            var isPadding = text[i] == '0' && i % 4 < 2 && (i % 4 == 0 || text[i - 1] == '0');
            if (!isPadding)
                plain[length++] = text[i];
        }

        return Address.TryParse(plain[..length], out address);
    }

    private static bool IsAddressChar(char c) => char.IsAsciiHexDigit(c) || c is '[' or ']' or ':';
}
