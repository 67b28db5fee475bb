using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>What a report is known to say.</summary>
/// <param name="Format">The row of the table it counts in.</param>
/// <param name="Addresses">Addresses that are accused.</param>
/// <param name="Names">Hosts of URLs, domains and mailboxes' domains that are accused.</param>
/// <param name="Times">Times of what happened; empty when it says none.</param>
/// <param name="IsCut">Only the first of many are listed, so that nothing can be called wrong.</param>
/// <param name="FitsType">Whether an observation is of a kind that the report alleges; null when that is not known.</param>
internal sealed record KnownReport(
    string Format, IReadOnlySet<Address> Addresses, IReadOnlySet<string> Names, IReadOnlySet<Instant> Times, bool IsCut, Func<Observation, bool>? FitsType);

/// <summary>
/// Precision and recall by format. Of a reading counts only what is ours, as in the field: the expected resources, and a thousand decoys
/// that are ours as well but not meant.
/// </summary>
internal sealed class ReportTable(IReadOnlyList<KnownReport> known)
{
    /// <summary>The row in which everything counts that no machine format is.</summary>
    public const string AllText = "all text";

    private const int Decoys = 1_000;

    private static readonly HashSet<string> MachineFormats =
    [
        "arf", "x-arf-0.1", "x-arf-0.2", "xarf-v1", "xarf-v2", "xarf-v3", "xarf-v3.0.0", "xarf-v4", "jmrp", "csv", "json", "iodef", "safe-browsing", "acns-xml",
        "text-table", "dmarc-aggregate", "tls-report", "rfc822",
    ];

    private readonly SortedDictionary<string, Tally[]> tallies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> files = new(StringComparer.Ordinal);
    private readonly Random random = new(20_020_601);

    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["addresses", "names", "times", "types"];

    /// <summary>Each miss and each wrong one, for whoever mends it.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Counts one reading.</summary>
    /// <param name="name">For the remarks.</param>
    /// <param name="report">What is known.</param>
    /// <param name="reading">What was read.</param>
    public void Add(string name, KnownReport report, ReportReading reading)
    {
        var isFreeText = !MachineFormats.Contains(report.Format);
        foreach (var row in RowsOf(report.Format))
            files[row] = files.GetValueOrDefault(row) + 1;
        var own = new OwnResources(
            report.Addresses.Concat(DecoyAddresses(report)).Select(Prefix.Single), report.Names.Concat(DecoyNames(report)), []);
        var events = ReportedEvent.Of(reading, own);
        // A victim is not accused, whoever it is. "Other" is what free text leaves open, and what a machine format has no better word for.
        var accused = events.Where(e => e.Role is not ObservationRole.Victim && (e.Role is not ObservationRole.Other || !isFreeText)).ToList();

        // Whether a hand-over from an address of ours was the source only our own log can say; that it is looked at is right.
        var handOvers = reading.Observations.SelectMany(o => o.Candidates).Select(h => h.Address).Where(a => !report.Addresses.Contains(a)).ToHashSet();
        Count(name, report, 0, report.Addresses, accused.Select(e => e.Address).OfType<Address>().Where(a => own.Owns(a) && !handOvers.Contains(a)));
        Count(name, report, 1, report.Names, accused.SelectMany(NamesOf).Where(own.OwnsHost).Concat(accused.Select(MailDomainOf).OfType<string>().Where(report.Names.Contains)));
        if (report.Times.Count > 0)
            Count(name, report, 2, report.Times, accused.Select(e => e.Time.Utc).OfType<Instant>().Select(Seconds));
        if (report.FitsType is { } fits)
            Count(name, report, 3, new HashSet<bool> { true }, reading.Observations.Where(o => !isFreeText || o.Role is ObservationRole.Source or ObservationRole.Site).Select(fits).DefaultIfEmpty(false).Distinct());
    }

    /// <summary>Recall of a column, 0–1; 1 when nothing was expected.</summary>
    public double Recall(string format, string column) => Of(format, column).Recall;

    /// <summary>Precision of a column, 0–1; 1 when nothing was found.</summary>
    public double Precision(string format, string column) => Of(format, column).Precision;

    /// <summary>Whether any report of that format was counted.</summary>
    public bool Has(string format) => files.ContainsKey(format);

    /// <summary>The table as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"format",-22}{"files",6}  {"column",-10}{"expected",9}{"found",7}{"missed",8}{"wrong",7}{"recall",9}{"precision",11}\n");
        foreach (var (format, columns) in tallies)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] is { } t && t.Expected + t.Wrong > 0)
                    text.Append(CultureInfo.InvariantCulture, $"{format,-22}{files[format],6}  {Columns[i],-10}{t.Expected,9}{t.Found,7}{t.Expected - t.Found,8}{t.Wrong,7}{t.Recall,9:P1}{t.Precision,11:P1}\n");
            }
        }

        return text.ToString();
    }

    private static string[] RowsOf(string format) => MachineFormats.Contains(format) ? [format] : [format, AllText];

    private static IEnumerable<string> NamesOf(ReportedEvent one) =>
        new[] { UrlHost.Of(one.Url)?.ToLowerInvariant(), one.Domain?.ToLowerInvariant() }.OfType<string>();

    // What is known of a report names no senders, so that the domain of one is never wrong.
    private static string? MailDomainOf(ReportedEvent one) => one.Mailbox is { } m ? m[(m.LastIndexOf('@') + 1)..].ToLowerInvariant() : null;

    private static Instant Seconds(Instant time) => Instant.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private Tally Of(string format, string column) => tallies[format][Columns.ToList().IndexOf(column)];

    private void Count<T>(string name, KnownReport report, int column, IReadOnlySet<T> expected, IEnumerable<T> found)
    {
        var have = found.ToHashSet();
        var missed = expected.Except(have).ToList();
        var wrong = report.IsCut ? [] : have.Except(expected).ToList();
        foreach (var format in RowsOf(report.Format))
        {
            if (!tallies.TryGetValue(format, out var row))
                tallies[format] = row = [new Tally(), new Tally(), new Tally(), new Tally()];
            row[column].Expected += expected.Count;
            row[column].Found += expected.Count - missed.Count;
            row[column].Wrong += wrong.Count;
        }

        if (missed.Count + wrong.Count > 0)
            Remarks.Add($"{name}: {Columns[column]}{Some(" missed", missed)}{Some(" wrong", wrong)}");
    }

    private static string Some<T>(string word, List<T> list) => list.Count == 0 ? "" : $"{word} {string.Join(' ', list.Take(5))}{(list.Count > 5 ? " …" : "")}";

    // A quarter is what other reports accuse, the rest neighbours and networks anywhere.
    private List<Address> DecoyAddresses(KnownReport report)
    {
        var decoys = known.SelectMany(k => k.Addresses).Distinct().OrderBy(_ => random.Next()).Take(Decoys / 4).ToList();
        var neighbours = report.Addresses.Count == 0 ? known.SelectMany(k => k.Addresses).ToList() : report.Addresses.ToList();
        while (decoys.Count < Decoys * 3 / 4)
        {
            var near = neighbours[random.Next(neighbours.Count)].Bits;
            var size = decoys.Count % 2 == 0 ? 16 : 32;
            decoys.Add(new Address((near >> size << size) | (uint)random.NextInt64(1L << size)));
        }

        return [.. decoys.Where(d => !report.Addresses.Contains(d))];
    }

    // Look-alikes of those that are meant, and customers anywhere. Not what other reports accuse: anonymised, many have the same names.
    private IEnumerable<string> DecoyNames(KnownReport report)
    {
        var decoys = new List<string>();
        foreach (var name in report.Names)
        {
            var dot = name.LastIndexOf('.');
            decoys.AddRange([$"{name}.example", $"{name[..dot]}-login{name[dot..]}", $"{name[..dot]}{name[dot - 1]}{name[dot..]}", $"{name[1..]}", $"{name}x"]);
        }

        for (var i = decoys.Count; i < Decoys / 4; i++)
            decoys.Add($"customer{random.Next(100_000)}.example");
        // What lies above or below an expected name is meant as well.
        return decoys.Where(d => d.Contains('.', StringComparison.Ordinal) && !d.StartsWith('.')
            && !report.Names.Any(n => n == d || n.EndsWith("." + d, StringComparison.Ordinal) || d.EndsWith("." + n, StringComparison.Ordinal)));
    }

    private sealed class Tally
    {
        public int Expected { get; set; }

        public int Found { get; set; }

        public int Wrong { get; set; }

        public double Recall => Expected == 0 ? 1 : (double)Found / Expected;

        public double Precision => Found + Wrong == 0 ? 1 : (double)Found / (Found + Wrong);
    }
}
