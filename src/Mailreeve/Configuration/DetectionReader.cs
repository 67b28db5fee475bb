using System.Net;
using Mailreeve.Network.Detections;
using Mailreeve.Policy;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Configuration;

/// <summary>Reads <c>[detection]</c>: what sees scans and break-ins, and what follows (C5). It may be left out.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="folder">Where paths begin.</param>
/// <param name="endPoints">Reads addresses with ports.</param>
/// <param name="prefixes">Reads addresses and prefixes.</param>
internal sealed class DetectionReader(
    FileProblems problems, string folder, Func<TableReader, string, string, IReadOnlyList<IPEndPoint>> endPoints, Func<TableReader, string, string, IReadOnlyList<Prefix>> prefixes)
{
    private const int NameLengthMax = 64;
    private const long TargetsMax = 100_000;
    private const long BlocksMax = 1_000_000;
    private const long SeverityDefault = 2;
    private const long SeverityMax = 4;

    public DetectionOptions Read(TableReader file)
    {
        if (file.Table("detection", required: false) is not { } table)
            return DetectionOptions.None;
        var usual = new DetectionTerms();
        var listen = table.Entry("listen") is null ? [] : endPoints(table, "listen", "192.0.2.10:2055");
        IReadOnlyList<Prefix> exporters = listen.Count == 0 && table.Entry("exporters") is null ? [] : prefixes(table, "exporters", "192.0.2.1");
        var options = new DetectionOptions
        {
            Listen = listen,
            Exporters = exporters,
            Terms = usual with
            {
                TargetsAtLeast = Whole(table, "targets-at-least", usual.TargetsAtLeast, TargetsMax),
                Window = Time(table, "window", usual.Window, Duration.FromDays(30)),
                BlocksOthers = table.TruthIfAny("block-others") ?? false,
                BlockFor = Time(table, "block-for", usual.BlockFor, Duration.FromDays(365)),
                BlocksAtMost = Whole(table, "blocks-at-most", usual.BlocksAtMost, BlocksMax),
                KeptFor = Time(table, "keep", usual.KeptFor, Duration.FromDays(DurationText.DaysMax)),
            },
            Logs = [.. table.Tables("eve").Select(Log).OfType<EveLog>()],
        };
        foreach (var twice in options.Logs.GroupBy(l => l.Sensor).Where(g => g.Count() > 1 || g.Key == FlowCollector.Sensor))
            problems.Add(table.At, table.KeyOf("eve"), $"The name '{twice.Key}' is given twice.", $"Give each sensor its own name; '{FlowCollector.Sensor}' is taken.");
        table.Finish();
        return options;
    }

    private EveLog? Log(TableReader table)
    {
        var name = table.Text("name", "suricata-1");
        var path = table.Text("path", "/var/log/suricata/eve.json");
        var severity = Whole(table, "severity-at-most", SeverityDefault, SeverityMax);
        table.Finish();
        if (name is { Value.Length: > NameLengthMax })
            problems.Add(name.At, table.KeyOf("name"), $"A name has {NameLengthMax} characters at most.", "Write a shorter one.");
        return name is null || path is null ? null : new EveLog(name.Value, Path.GetFullPath(path.Value, folder), severity);
    }

    private long Whole(TableReader table, string key, long usual, long most)
    {
        var number = table.WholeIfAny(key) ?? usual;
        if (number < 1 || number > most)
            problems.Add(table.At, table.KeyOf(key), $"{number} is outside 1 to {most}.", $"Leave the key out for {usual}.");
        return number;
    }

    private Duration Time(TableReader table, string key, Duration usual, Duration most) =>
        SettingsFile.Time(problems, table, key, usual, Duration.FromSeconds(1), most);
}
