using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports.FreeText;
using NodaTime;
using NodaTime.Text;

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

    /// <summary>Whether the text is an address or a block of them as a whole.</summary>
    public static bool IsAddressOrBlock(string text) => TryAddress(text, out _, out _) || TryBlock(text, out _);

    /// <summary>The addresses of a cell that may hold a list; of a block the lowest, with the block.</summary>
    public static IEnumerable<CellAddress> Addresses(string text)
    {
        if (TryAddress(text, out var single, out var port))
        {
            yield return new CellAddress(single, port, null);
            yield break;
        }

        if (TryBlock(text, out var whole))
        {
            yield return new CellAddress(whole.First, null, whole);
            yield break;
        }

        var seen = new HashSet<Address>();
        foreach (var word in text.Split([' ', ',', ';', '|', '\n'], AddressesMax, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (TryAddress(word, out var one, out var its) && seen.Add(one))
                yield return new CellAddress(one, its, null);
            else if (TryBlock(word, out var block) && seen.Add(block.First))
                yield return new CellAddress(block.First, null, block);
        }
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

    /// <summary>A time: what <see cref="ReportedTime"/> reads, what people write, and seconds to nanoseconds since 1970.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="zone">The zone that the column's name or a column beside it states, or null.</param>
    /// <param name="context">
    /// Of a cell that is known to hold a time: what decides where the notation leaves open what is meant. Null when it is only tried.
    /// </param>
    public static ReportedTime Time(string text, string? zone, EventContext? context = null)
    {
        var raw = text.Trim().Trim('"', '\'');
        if (Epoch(raw) is { } epoch)
            return new ReportedTime(raw, epoch, TimeConfidence.Exact);
        var time = Read(raw, context);
        if (zone is null || time.Confidence != TimeConfidence.NoZone)
            return time;
        // No zone stands behind a count of days: it is written out first.
        var local = time.Utc is { } utc && NumericDate.Serial(raw) is not null ? InstantPattern.General.Format(utc).TrimEnd('Z') : raw;
        var zoned = Read($"{local} {zone}", context);
        return zoned.Utc is null ? time : zoned with { Raw = raw };
    }

    private static ReportedTime Read(string raw, EventContext? context)
    {
        var time = ReportedTime.Read(raw);
        if (time.Utc is not null || raw.Length is < 5 or > 100)
            return time;
        if (context is not null && NumericDate.Serial(raw) is { } serial)
            return new ReportedTime(raw, serial.InUtc().ToInstant(), TimeConfidence.NoZone);
        if (context?.IsMonthFirst is { } isMonthFirst)
            raw = NumericDate.Ordered(raw, isMonthFirst) ?? raw;
        if (!raw.AsSpan().ContainsAnyInRange('0', '9'))
            return time;
        // A cell that is a time as a whole: the notations of people are read in one place.
        var spoken = TimeScanner.Scan(raw, new TimeContext(context?.SentAt, null, TimeConfidence.None), timesMax: 1);
        return spoken is [var only] && IsLabel(raw.AsSpan(0, only.Start)) && raw.AsSpan(only.End).Trim(" ()").IsEmpty ? only.Time with { Raw = time.Raw } : time;
    }

    // "last hit: 5 March 2024 10:05"
    private static bool IsLabel(ReadOnlySpan<char> before) =>
        before.IsEmpty || (before.TrimEnd(' ') is [.., ':'] && !before.ContainsAnyInRange('0', '9'));

    /// <summary>
    /// The zone that a text states for its times: "All times are UTC", or times that are followed by it. Only UTC and distances from it are
    /// believed: other names are as likely those of the reader's own clock.
    /// </summary>
    public static string? ZoneInWords(ReadOnlySpan<char> text)
    {
        foreach (var line in text.EnumerateLines())
        {
            var at = Math.Max(line.IndexOf("UTC"), line.IndexOf("GMT"));
            if (at < 0 || (at > 0 && char.IsLetterOrDigit(line[at - 1])))
                continue;
            var after = line[(at + 3)..];
            if (after.Length > 1 && after[0] is '+' or '-' && char.IsAsciiDigit(after[1]) && TimeWord(line) && Distance(after) is { } distance)
                return distance;
            if (after.Length > 0 && (char.IsLetterOrDigit(after[0]) || after[0] is '+' or '-'))
                continue;
            var before = line[..at].TrimEnd();
            var isAfterClock = before.Length > 5 && char.IsAsciiDigit(before[^1]) && before[^3] == ':';
            if (isAfterClock || TimeWord(line))
                return "UTC";
        }

        return null;

        // "UTC+2" is +0200 where dates have it.
        static string? Distance(ReadOnlySpan<char> after)
        {
            var digits = 1;
            while (digits < after.Length && digits < 5 && char.IsAsciiDigit(after[digits]))
                digits++;
            var minutes = after[digits..] is [':', >= '0' and <= '9', >= '0' and <= '9', ..] ? after.Slice(digits + 1, 2) : "00";
            return digits switch
            {
                2 => $"{after[0]}0{after[1]}{minutes}",
                3 => $"{after[..3]}{minutes}",
                5 => after[..5].ToString(),
                _ => null,
            };
        }

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
        if (digits.IndexOfAny('.', ',') is var point and (10 or 13))
            digits = digits[..point];
        if (digits.Length is not (10 or 13 or 16 or 19) || digits.ContainsAnyExceptInRange('0', '9') || digits[0] == '0')
            return null;
        // Milliseconds are the finest that is kept.
        var value = long.Parse(digits[..Math.Min(digits.Length, 13)], NumberStyles.None, CultureInfo.InvariantCulture);
        var instant = digits.Length == 10 ? Instant.FromUnixTimeSeconds(value) : Instant.FromUnixTimeMilliseconds(value);
        return instant < EpochMax ? instant : null;
    }

    // With more than one word around it is prose.
    private static bool TryBlock(ReadOnlySpan<char> text, out AddressBlock block)
    {
        text = text.Trim(" \t'\"<>()");
        block = default;
        return text.IndexOfAny('.', ':') > 0 && text.IndexOfAny('/', '-', '\u2013') > 0 && AddressBlock.TryParse(text, out block);
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

/// <summary>What a cell names by number.</summary>
/// <param name="Address">The address, or the lowest of the block.</param>
/// <param name="Port">Its port, when the cell has one.</param>
/// <param name="Block">The block, when it is one.</param>
internal readonly record struct CellAddress(Address Address, int? Port, AddressBlock? Block);
