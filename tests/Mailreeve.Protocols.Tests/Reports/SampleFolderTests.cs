using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using NodaTime.Text;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>
/// Runs the reader over a folder of real reports with an index of what each says. The folder is not part of the repository: it is
/// looked for by <see cref="SampleIndex"/>.
/// </summary>
public class SampleFolderTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, ReportFormat> Formats = new()
    {
        ["arf"] = ReportFormat.Arf,
        ["x-arf-0.1"] = ReportFormat.XArf01,
        ["x-arf-0.2"] = ReportFormat.XArf02,
        ["xarf-v1"] = ReportFormat.XarfV1,
        ["xarf-v3"] = ReportFormat.XarfV3,
        ["xarf-v3.0.0"] = ReportFormat.XarfV3,
        ["xarf-v4"] = ReportFormat.XarfV4,
        ["jmrp"] = ReportFormat.Jmrp,
    };

    [Fact]
    public void Every_sample_in_a_known_format_yields_exactly_what_the_index_says()
    {
        var folder = SampleIndex.Folder();
        Assert.SkipWhen(folder is null, SampleIndex.Missing);
        var mismatches = new List<string>();
        var table = new SortedDictionary<string, (int Files, int Events, int Expected, int Exact)>();

        foreach (var row in SampleIndex.Rows(folder!).Where(r => Formats.ContainsKey(r.Format)))
        {
            var reading = Read(Path.Combine(folder!, row.Path));
            var wrong = Mismatch(row, reading);
            var (files, events, expected, exact) = table.GetValueOrDefault(row.Format);
            var wanted = row.IsInvalid ? 0 : row.Events;
            table[row.Format] = (files + 1, events + reading.Observations.Count, expected + wanted, exact + (wrong is null ? 1 : 0));
            if (wrong is not null)
                mismatches.Add($"{row.Path}: {wrong} [{string.Join(" | ", reading.Problems.Take(3))}]");
        }

        output.WriteLine($"{"format",-12} {"files",6} {"events",7} {"expected",9} {"exact",6}");
        foreach (var (format, (files, events, expected, exact)) in table)
            output.WriteLine($"{format,-12} {files,6} {events,7} {expected,9} {exact,6}");
        Assert.NotEmpty(table);
        Assert.True(mismatches.Count == 0, string.Join('\n', mismatches));
    }

    [Fact]
    public void Every_text_sample_names_its_addresses_as_accused_and_the_time()
    {
        var folder = SampleIndex.Folder();
        Assert.SkipWhen(folder is null, SampleIndex.Missing);

        var wrong = new List<string>();
        foreach (var row in SampleIndex.Rows(folder!).Where(r => r.Format.EndsWith("text", StringComparison.Ordinal) && r.Events > 0))
        {
            var accused = Read(Path.Combine(folder!, row.Path)).Observations
                .Where(o => o.Role is ObservationRole.Source or ObservationRole.Site).ToList();
            var addresses = accused.Select(o => o.Address).OfType<Address>().ToHashSet();
            if (!addresses.SetEquals(row.Addresses.Select(Address.Parse)))
                wrong.Add($"{row.Path}: accuses {string.Join(';', addresses)}, expected {string.Join(';', row.Addresses)}");
            wrong.AddRange(row.Named.Where(n => accused.TrueForAll(o => o.Url != n && o.Domain != n)).Select(n => $"{row.Path}: does not accuse {n}"));
            wrong.AddRange(row.Times.Where(t => accused.TrueForAll(o => Shown(o.Time).Replace(" (no zone)", "Z", StringComparison.Ordinal) != t))
                .Select(t => $"{row.Path}: no observation at {t}"));
        }

        Assert.Equal([], wrong);
    }

    private static string? Mismatch(SampleRow row, ReportReading reading)
    {
        if (row.IsInvalid)
            return reading is { NeedsPerson.Reason: AttentionReason.InvalidSchema, Observations.Count: 0 } ? null : "must be rejected, was read";
        if (reading.Format != Formats[row.Format])
            return $"format {reading.Format.Name()}, expected {row.Format}";
        if (reading.NeedsPerson is { } need)
            return $"needs a person: {need.Reason}";
        if (reading.Observations.Count != row.Events)
            return $"{reading.Observations.Count} events, expected {row.Events}";

        var addresses = reading.Observations.Select(o => o.Address).OfType<Address>().Order();
        if (!addresses.SequenceEqual(row.Addresses.Select(Address.Parse).Order()))
            return $"addresses {string.Join(';', addresses)}, expected {string.Join(';', row.Addresses)}";
        var times = reading.Observations.Select(o => Shown(o.Time)).Where(t => t.Length > 0).Order();
        if (!times.SequenceEqual(row.Times.Order()))
            return $"times {string.Join(';', times)}, expected {string.Join(';', row.Times)}";
        var type = reading.Observations[0].ReportedType;
        if (type != row.Type && row.Format != "jmrp")
            return $"type {type}, expected {row.Type}";
        return row.Named.FirstOrDefault(n => !Names(reading).Contains(n)) is { } missing ? $"does not name {missing}" : null;
    }

    private static HashSet<string> Names(ReportReading reading) =>
        [.. reading.Observations.SelectMany(o => o.AlsoNamed.Append(o.Url).Append(o.Domain)).OfType<string>()];

    private static string Shown(ReportedTime time) =>
        time.Utc is not { } utc ? ""
        : time.Confidence == TimeConfidence.NoZone ? InstantPattern.General.Format(utc).TrimEnd('Z') + " (no zone)"
        : InstantPattern.General.Format(utc);

    private static ReportReading Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return path.EndsWith(".json", StringComparison.Ordinal)
            ? ReportReader.ReadJson(bytes, ReportLimits.Default)
            : ReportReader.Read(bytes, ReportLimits.Default);
    }
}
