using System.Reflection;

namespace Mailreeve.Protocols.Reports;

/// <summary>Facts about formats that are data: tab-separated files under Data, part of the program.</summary>
internal static class DataTable
{
    /// <summary>The rows of a file, without blank lines and comments.</summary>
    /// <exception cref="FileNotFoundException">There is no such file: a bug.</exception>
    public static IEnumerable<string[]> Rows(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Mailreeve.Protocols.Reports.Data.{file}")
            ?? throw new FileNotFoundException("Not among the resources of the program.", file);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line.Split('\t');
    }
}
