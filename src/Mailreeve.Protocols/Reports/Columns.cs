using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>Which end of the event a column is about.</summary>
internal enum Side
{
    /// <summary>The name does not say: the one reported, unless another column says source.</summary>
    Plain,

    /// <summary>Who did it.</summary>
    Source,

    /// <summary>To whom it was done: never the accused.</summary>
    Victim,

    /// <summary>Who steers it.</summary>
    Controller,

    /// <summary>"Remote": the accused in the log of a server, the other end in a list of infected machines.</summary>
    Remote,
}

/// <summary>What a column holds.</summary>
internal enum Part
{
    None,
    Address,
    Host,
    Domain,
    Url,
    Mailbox,
    Port,
    Asn,
    Time,
    Date,
    Clock,
    Zone,
    Kind,
    Count,
    Id,
}

/// <summary>The meaning of one column.</summary>
/// <param name="Side">Which end of the event.</param>
/// <param name="Part">What of it.</param>
/// <param name="Rank">Of several columns with the same side and part the lowest counts.</param>
/// <param name="Zone">The time zone that the name states ("Time (UTC)"), or null.</param>
internal readonly record struct Meaning(Side Side, Part Part, int Rank, string? Zone = null)
{
    /// <summary>Whether the column can hold something that could be ours.</summary>
    public bool IsResource => Part is Part.Address or Part.Host or Part.Domain or Part.Url or Part.Mailbox;
}

/// <summary>The names that tables and events give their columns, and what they mean (Data/columns.tsv).</summary>
internal static class Columns
{
    private const int NameCharsMax = 100;

    private static readonly FrozenSet<string> Zones = new[] { "utc", "gmt", "cet", "cest", "mez", "mesz", "eet", "eest", "wet", "west", "bst", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "jst", "kst", "msk", "idt", "trt", "sast" }.ToFrozenSet();
    private static readonly FrozenSet<string> Fillers = new[] { "the", "of", "a", "x", "your", "this", "in", "value", "field", "event", "network", "data" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, Side> SideWords;
    private static readonly FrozenDictionary<string, Meaning> Names;
    private static readonly FrozenDictionary<string, Meaning>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan;

    static Columns()
    {
        var sides = new Dictionary<string, Side>();
        var names = new Dictionary<string, Meaning>();
        foreach (var cells in DataTable.Rows("columns.tsv"))
        {
            if (cells[0] == "side")
            {
                foreach (var word in cells[2].Split(' '))
                    sides[word] = Enum.Parse<Side>(cells[1], ignoreCase: true);
                continue;
            }

            var isWhole = cells[0] == "whole";
            var side = isWhole && cells[1] != "-" ? Enum.Parse<Side>(cells[1], ignoreCase: true) : Side.Plain;
            var part = Enum.Parse<Part>(cells[isWhole ? 2 : 1], ignoreCase: true);
            var rank = int.Parse(cells[isWhole ? 3 : 2], CultureInfo.InvariantCulture);
            foreach (var name in cells[isWhole ? 4 : 3].Split(' '))
                names.TryAdd(name, new Meaning(side, part, rank));
        }

        SideWords = sides.ToFrozenDictionary();
        Names = names.ToFrozenDictionary();
        NamesBySpan = Names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The meaning of a column by its name; <see cref="Part.None"/> when it has none for us.</summary>
    public static Meaning Resolve(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameCharsMax)
            return default;
        var words = Words(name);
        var named = words.FirstOrDefault(Zones.Contains);
        var zone = named?.ToUpperInvariant();
        if (Names.TryGetValue(string.Concat(words), out var whole))
            return whole with { Zone = zone };

        if (named is not null)
            words.Remove(named);
        var sideWord = words.FirstOrDefault(SideWords.ContainsKey);
        if (sideWord is not null)
        {
            words.Remove(sideWord);
            var side = SideWords[sideWord];
            if (Named(words) is { } sided)
                return sided with { Side = side, Zone = zone };
            return words.Count == 0 ? new Meaning(side, Part.Address, 2) : default;
        }

        if (Named(words) is { } plain)
            return plain with { Zone = zone };
        return words.Count == 1 ? Joined(words[0]) : default;
    }

    /// <summary>Whether a part of a document under this name says nothing of the event: who wrote it, what to read about it.</summary>
    public static bool IsPassedOver(string name) => Resolve(name) is { Part: Part.None } its && its != default;

    private static Meaning? Named(List<string> words)
    {
        if (words.Count > 0 && Names.TryGetValue(string.Concat(words), out var exact))
            return exact;
        words = [.. words.Where(w => !Fillers.Contains(w))];
        return words.Count > 0 && Names.TryGetValue(string.Concat(words), out var named) ? named : null;
    }

    // "srcip", "targetport": a side in front of a name, without anything between.
    private static Meaning Joined(string word)
    {
        for (var length = 3; length < word.Length - 1; length++)
            if (SideWords.TryGetValue(word[..length], out var side) && NamesBySpan.TryGetValue(word.AsSpan(length), out var named))
                return named with { Side = side };
        return default;
    }

    // "Source IP", "source.ip", "src_ip" and "sourceIp" are the words "source" and "ip".
    private static List<string> Words(ReadOnlySpan<char> name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var startsWord = char.IsUpper(c) && i > 0 && char.IsLower(name[i - 1]);
            if ((startsWord || !char.IsLetterOrDigit(c)) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (char.IsLetterOrDigit(c))
                word.Append(char.ToLowerInvariant(c));
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
