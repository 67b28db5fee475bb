using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>How much of what reports say is found, and how much of what is found they say: by format, against bars.</summary>
public class ReportTableTests(ITestOutputHelper output)
{
    // Recall and precision at least, of each column.
    private static readonly Dictionary<string, (double Recall, double Precision)> Bars = new()
    {
        ["arf"] = (1, 1),
        ["x-arf-0.1"] = (1, 1),
        ["x-arf-0.2"] = (1, 1),
        ["xarf-v1"] = (1, 1),
        ["xarf-v3"] = (1, 1),
        ["xarf-v3.0.0"] = (1, 1),
        ["xarf-v4"] = (1, 1),
        ["jmrp"] = (1, 1),
        ["csv"] = (1, 1),
        ["acns-xml"] = (1, 1),
        ["text-table"] = (1, 1),
        ["json"] = (1, 1),
        ["iodef"] = (1, 1),
        ["safe-browsing"] = (1, 1),
    };

    // Words of the index that are no type of the format itself, and the categories or types that say the same.
    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["web attack"] = ["connection/"],
        ["webiron"] = ["connection/"],
        ["projecthoneypot"] = ["messaging/", "connection/"],
        ["harvesting"] = ["messaging/", "connection/"],
        ["malware"] = ["content/malware", "infrastructure/"],
        ["login attack"] = ["connection/login_attack"],
        ["phishing"] = ["content/phishing"],
        ["blocklist"] = ["reputation/", "messaging/spam"],
        ["copyright"] = ["copyright/"],
        ["abuse (Microsoft JMRP)"] = ["messaging/spam"],
    };

    [Fact]
    public void What_the_samples_say_is_found_and_nothing_else_that_is_ours()
    {
        var folder = SampleIndex.Folder();
        Assert.SkipWhen(folder is null, SampleIndex.Missing);
        var rows = SampleIndex.Rows(folder!).Where(r => !r.IsInvalid && r.Addresses.Length + r.Named.Length > 0).ToList();

        var table = Measure([.. rows.Select(r => (r.Path, Known(r), File.ReadAllBytes(Path.Combine(folder!, r.Path))))]);

        foreach (var column in (string[])["addresses", "names"])
        {
            Assert.InRange(table.Recall(ReportTable.AllText, column), 0.98, 1);
            Assert.InRange(table.Precision(ReportTable.AllText, column), 0.99, 1);
        }
    }

    [Fact]
    public void What_the_cases_say_is_found_and_nothing_else_that_is_ours()
    {
        var cases = ReportCases.Names().Select(n => (Name: n, Known: Known(n))).Where(c => c.Known.Addresses.Count + c.Known.Names.Count > 0);

        Measure([.. cases.Select(c => (c.Name, c.Known, ReportCases.Bytes(c.Name)))]);
    }

    private ReportTable Measure(IReadOnlyList<(string Name, KnownReport Known, byte[] Bytes)> reports)
    {
        var table = new ReportTable([.. reports.Select(r => r.Known)]);
        foreach (var (name, known, bytes) in reports)
            table.Add(name, known, ReportFile.Read(Path.GetFileName(name), bytes, ReportLimits.Default));

        output.WriteLine(table.ToString());
        foreach (var remark in table.Remarks)
            output.WriteLine(remark);
        var below =
            from bar in Bars
            where table.Has(bar.Key)
            from column in ReportTable.Columns
            where table.Recall(bar.Key, column) < bar.Value.Recall || table.Precision(bar.Key, column) < bar.Value.Precision
            select $"{bar.Key} {column}: recall {table.Recall(bar.Key, column):P1}, precision {table.Precision(bar.Key, column):P1}";
        Assert.Equal([], below);
        return table;
    }

    private static KnownReport Known(SampleRow row) => new(
        row.Format,
        row.Addresses.Select(Address.Parse).ToHashSet(),
        row.Named.Select(n => (UrlHost.Of(n) ?? n).ToLowerInvariant()).Where(n => n.Contains('.', StringComparison.Ordinal)).ToHashSet(),
        // Of long tables the index lists the first times only.
        row.Format == "csv" && row.Times.Length < row.Events ? new HashSet<Instant>() : row.Times.Select(TimeOf).OfType<Instant>().ToHashSet(),
        row.IsCut,
        FitsOf(row.Type));

    private static Func<Observation, bool>? FitsOf(string type)
    {
        if (type == "-")
            return null;
        return Words.FirstOrDefault(w => type.StartsWith(w.Key, StringComparison.Ordinal)).Value is { } prefixes
            ? o => o.ReportedType == type || prefixes.Any($"{o.Category}/{o.Type}".StartsWith)
            : o => o.ReportedType == type;
    }

    // Some say "(no zone)", which is read as UTC.
    private static Instant? TimeOf(string text) =>
        text.Length >= 19 && LocalDateTimePattern.GeneralIso.Parse(text[..19].Replace(' ', 'T')) is { Success: true, Value: var local }
            ? local.InUtc().ToInstant()
            : null;

    // From the file beside it that says what is to be read out of it; see ReportCases.Show.
    private static KnownReport Known(string name)
    {
        HashSet<Address> addresses = [];
        HashSet<string> names = [];
        HashSet<Instant> times = [];
        var lines = ReportCases.Expected(name).Split('\n');
        var isMeant = false;
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["event", ..])
                isMeant = !words.Contains(nameof(ObservationRole.Victim)) && !words.Contains(nameof(ObservationRole.Other));
            if (!isMeant || !line.StartsWith("  ", StringComparison.Ordinal))
                continue;
            if (words is ["address" or "candidate", var address, ..])
                addresses.Add(Address.Parse(address));
            else if (words is ["url" or "domain" or "mailbox" or "also", ..])
                names.UnionWith(words.Skip(1).Select(NameOf).Where(n => n.Contains('.', StringComparison.Ordinal)));
            else if (words is ["time", var time, ..] && TimeOf(time) is { } utc)
                times.Add(utc);
        }

        return new KnownReport(lines[0].Split(' ', ',')[1], addresses, names, times, false, null);
    }

    private static string NameOf(string text) => (UrlHost.Of(text[(text.LastIndexOf('@') + 1)..]) ?? text).ToLowerInvariant();
}
