namespace Mailreeve.Protocols.Reports;

/// <summary>
/// The comparisons of a STIX pattern (STIX 2.1 §9): <c>[ipv4-addr:value = '192.0.2.7']</c>. How they are combined does not matter here:
/// each value is named.
/// </summary>
internal static class StixPattern
{
    private const int ValuesMax = 200;

    /// <summary>The values compared with, each under the type of its object.</summary>
    public static IEnumerable<(Meaning Meaning, string Value)> Read(string pattern)
    {
        var at = 0;
        var meaning = default(Meaning);
        for (var i = 0; i < ValuesMax; i++)
        {
            var open = pattern.IndexOf('\'', at);
            var close = open < 0 ? -1 : pattern.IndexOf('\'', open + 1);
            if (close < 0)
                yield break;
            // Of a list behind IN only the first value has the path before it.
            if (MeaningOf(pattern.AsSpan(at, open - at)) is { } stated)
                meaning = stated;
            if (meaning.IsResource)
                yield return (meaning, pattern[(open + 1)..close]);
            at = close + 1;
        }
    }

    // "domain-name:value =", "network-traffic:src_ref.value =": the object's type, or the end of the connection.
    private static Meaning? MeaningOf(ReadOnlySpan<char> before)
    {
        var colon = before.LastIndexOf(':');
        if (colon <= 0)
            return null;
        var path = before[(colon + 1)..].TrimStart();
        if (path.StartsWith("src_ref.value"))
            return new Meaning(Side.Source, Part.Address, 1);
        if (path.StartsWith("dst_ref.value"))
            return new Meaning(Side.Victim, Part.Address, 1);
        var start = colon;
        while (start > 0 && (char.IsAsciiLetterOrDigit(before[start - 1]) || before[start - 1] == '-'))
            start--;
        return path.StartsWith("value") ? Columns.Resolve(before[start..colon]) : default(Meaning);
    }
}
