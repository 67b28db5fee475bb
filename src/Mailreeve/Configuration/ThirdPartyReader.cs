using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Feeds;
using NodaTime;

namespace Mailreeve.Configuration;

/// <summary>Reads what <c>mailreeve.toml</c> says about lists of others: <c>[[third-party]]</c>.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="folder">The folder that paths are relative to.</param>
internal sealed class ThirdPartyReader(FileProblems problems, string folder)
{
    private const int NameLengthMax = 40;

    /// <summary>The subscriptions.</summary>
    public IReadOnlyList<ThirdPartyList> Read(TableReader file)
    {
        var lists = file.Tables("third-party").Select(List).OfType<ThirdPartyList>().ToList();
        foreach (var twice in lists.GroupBy(l => l.Name).Where(g => g.Count() > 1))
            problems.Add(file.At, file.KeyOf("third-party"), $"There are several lists '{twice.Key}'.", "Give each its own name.");
        return lists;
    }

    private ThirdPartyList? List(TableReader table)
    {
        var name = table.Text("name", "drop");
        var source = table.Text("from", "https://www.spamhaus.org/drop/drop_v4.json");
        var usual = new ThirdPartyList { Name = "", Source = "", Reason = "" };
        var list = usual with
        {
            Name = name?.Value ?? "",
            Source = source?.Value ?? "",
            Format = table.WordIfAny<FeedFormat>("format") ?? usual.Format,
            Scope = table.WordIfAny<BlockScope>("scope") ?? usual.Scope,
            Reason = table.TextIfAny("reason", "Listed in Spamhaus DROP")?.Value ?? $"Listed in {name?.Value}.",
            Every = Whole(table, "every-hours", 1, 168) is { } hours ? Duration.FromHours(hours) : usual.Every,
            KeptFor = Whole(table, "keep-days", 1, 90) is { } days ? Duration.FromDays(days) : usual.KeptFor,
            Limits = new FeedLimits
            {
                EntriesMax = Whole(table, "entries-max", 1, 1_000_000) ?? usual.Limits.EntriesMax,
                ShrinkPercentMax = Whole(table, "shrink-percent-max", 1, 100) ?? usual.Limits.ShrinkPercentMax,
            },
        };
        table.Finish();
        if (list.KeptFor <= list.Every)
            problems.Add(table.At, table.KeyOf("keep-days"), "Its entries would end before it is fetched again.", "Write more days, or fewer hours.");
        if (name is not null && (list.Name.Length > NameLengthMax || list.Name == ThirdPartyList.Own || !list.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            problems.Add(name.At, table.KeyOf("name"), $"'{list.Name}' is no name of a list.", $"Write up to {NameLengthMax} letters, digits and hyphens, and not \"{ThirdPartyList.Own}\".");
        return name is null || source is null ? null
            : list.Url is not null ? list
            : list with { Source = Path.GetFullPath(list.Source, folder) };
    }

    private int? Whole(TableReader table, string key, int least, int most)
    {
        if (table.WholeIfAny(key) is not { } number)
            return null;
        if (number >= least && number <= most)
            return (int)number;
        problems.Add(table.At, table.KeyOf(key), $"{number} is outside {least} to {most}.", "Leave the key out for the default.");
        return null;
    }
}
