using System.Globalization;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>A folder of real reports and its index of what each says: <c>shared/samples</c> beside the repository, or where MAILREEVE_SAMPLES says.</summary>
internal static class SampleIndex
{
    /// <summary>Why a test without the folder is skipped.</summary>
    public const string Missing = "No sample folder: neither MAILREEVE_SAMPLES nor ../shared/samples beside the repository.";

    /// <summary>The folder, or null.</summary>
    public static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("MAILREEVE_SAMPLES") is { Length: > 0 } stated)
            return Directory.Exists(stated) ? stated : null;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "..", "shared", "samples");
            if (File.Exists(Path.Combine(at.FullName, "Mailreeve.slnx")))
                return Directory.Exists(candidate) ? candidate : null;
        }

        return null;
    }

    /// <summary>The lines of the index whose file is there.</summary>
    public static IEnumerable<SampleRow> Rows(string folder) =>
        File.ReadLines(Path.Combine(folder, "INDEX.tsv")).Skip(1).Select(line => new SampleRow(line.Split('\t')))
            .Where(r => File.Exists(Path.Combine(folder, r.Path)));
}

/// <summary>One line of the index.</summary>
internal sealed class SampleRow(string[] cells)
{
    public string Path => cells[0];

    public string Format => cells[1];

    public int Events => int.Parse(cells[5], CultureInfo.InvariantCulture);

    public string[] Addresses => List(6, ';');

    /// <summary>URLs and domains.</summary>
    public string[] Named => [.. List(7, ' ').Select(n => n.StartsWith("domain:", StringComparison.Ordinal) ? n[7..] : n)];

    public string[] Times => List(8, ';');

    public string Type => cells[9];

    public bool IsInvalid => Type.StartsWith("INVALID", StringComparison.Ordinal);

    /// <summary>The index gives only the first of many.</summary>
    public bool IsCut => cells.Any(c => c.Contains(" more", StringComparison.Ordinal));

    // "+4 more" and notes in brackets are no entries.
    private string[] List(int cell, char separator) =>
        cells[cell] is "-" or "" ? [] : [.. cells[cell].Split(separator).Where(e => e.Length > 0 && !e.StartsWith('+'))];
}
