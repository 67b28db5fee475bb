using System.IO.Compression;
using System.Text;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using YamlDotNet.RepresentationModel;

namespace Mailreeve.Protocols.Tests.Spf;

/// <summary>The test suite of RFC 7208, as Debian's python3-spf has it. Read where it lies.</summary>
internal static class SpfSuite
{
    private const string Path = "/usr/share/doc/python3-spf/rfc7208-tests.yml.gz";

    /// <summary>Its cases; without the package the test is skipped.</summary>
    public static IReadOnlyList<SpfCase> Cases()
    {
        if (!File.Exists(Path))
            throw Required.Missing("The SPF test suite", "python3-spf");
        using var packed = new GZipStream(File.OpenRead(Path), CompressionMode.Decompress);
        using var text = new StreamReader(packed, Encoding.UTF8);
        var stream = new YamlStream();
        stream.Load(text);
        return [.. stream.Documents.Select(d => (YamlMappingNode)d.RootNode).SelectMany(CasesOf)];
    }

    private static IEnumerable<SpfCase> CasesOf(YamlMappingNode scenario)
    {
        var zone = new SpfZone((YamlMappingNode)scenario["zonedata"]);
        foreach (var (name, node) in (YamlMappingNode)scenario["tests"])
        {
            var test = (YamlMappingNode)node;
            yield return new SpfCase(
                $"{name}", $"{test["helo"]}", $"{test["host"]}", $"{test["mailfrom"]}",
                test["result"] is YamlSequenceNode several ? [.. several.Select(r => $"{r}")] : [$"{test["result"]}"],
                test.Children.TryGetValue("explanation", out var explanation) ? $"{explanation}" : null,
                zone);
        }
    }
}

/// <summary>One case: what is known, and what must come out.</summary>
internal sealed record SpfCase(
    string Name, string Helo, string Host, string MailFrom, IReadOnlyList<string> Results, string? Explanation, SpfZone Zone);

/// <summary>What the DNS knows in a scenario.</summary>
internal sealed class SpfZone
{
    private readonly Dictionary<string, List<(string Type, string Value)>> records = new(StringComparer.OrdinalIgnoreCase);

    public SpfZone(YamlMappingNode zone)
    {
        foreach (var (name, list) in zone)
            records[$"{name}"] = [.. ((YamlSequenceNode)list).SelectMany(RecordsOf)];
        // Records of the old type SPF count as TXT where there are no TXT records.
        foreach (var list in records.Values.Where(l => !l.Exists(r => r.Type == "TXT")))
            list.AddRange(list.FindAll(r => r.Type == "SPF").ConvertAll(r => ("TXT", r.Value)));
    }

    public ValueTask<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken stop) => ValueTask.FromResult(Answer(name, type, hops: 0));

    private DnsAnswer Answer(string name, DnsType type, int hops)
    {
        if (!records.TryGetValue(name.TrimEnd('.'), out var all))
            return DnsAnswer.Nothing;
        if (hops > 8)
            return DnsAnswer.Failed;
        if (all.Find(r => r.Type == "CNAME") is { Type: not null } alias)
            return Answer(alias.Value, type, hops + 1);
        var values = all.FindAll(r => r.Type.Equals($"{type}", StringComparison.OrdinalIgnoreCase) && r.Value != "NONE").ConvertAll(r => r.Value);
        if (values.Count == 0 && all.Exists(r => r.Type == "TIMEOUT"))
            return DnsAnswer.Failed;
        return type switch
        {
            DnsType.A or DnsType.Aaaa => DnsAnswer.Of([.. values.Select(Address.Parse)]),
            DnsType.Txt => DnsAnswer.OfTexts([.. values]),
            _ => DnsAnswer.OfNames([.. values.Select(v => v.TrimEnd('.'))]),
        };
    }

    private static IEnumerable<(string Type, string Value)> RecordsOf(YamlNode node)
    {
        if (node is not YamlMappingNode record)
            return [($"{node}", "")];
        return record.Select(pair => ($"{pair.Key}", pair.Value is YamlSequenceNode parts
            ? $"{pair.Key}" == "MX" ? $"{parts[1]}" : string.Concat(parts)
            : $"{pair.Value}"));
    }
}
