using System.Text;
using Mailreeve.Protocols.Reports;
using NodaTime.Text;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>The reports under tests/cases/reports, each with an <c>.expected</c> file that says what is to be read out of it.</summary>
internal static class ReportCases
{
    public static string Folder { get; } = FindFolder();

    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".eml", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static string Expected(string name) => File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(name, ".expected")));

    public static ReportReading Read(string name, ReadOnlyMemory<byte> bytes) =>
        name.EndsWith(".json", StringComparison.Ordinal)
            ? ReportReader.ReadJson(bytes, ReportLimits.Default)
            : ReportReader.Read(bytes, ReportLimits.Default);

    /// <summary>A reading as lines of text, the form of the expected files.</summary>
    public static string Show(ReportReading reading)
    {
        var text = new StringBuilder();
        text.Append("format ").Append(reading.Format.Name()).Append(reading.IsAutomatic ? ", automatic" : "").Append('\n');
        Line("person", reading.NeedsPerson?.Reason.ToString());
        Line("reporter", Show(reading.Reporter));
        Line("sender", Show(reading.Sender));
        Line("id", reading.ReportId);
        foreach (var o in reading.Observations)
        {
            Line("event", $"{o.Category}/{o.Type} ({o.ReportedType}) {o.Role} ×{o.Count}");
            Line("  address", o.Address is null ? null : $"{o.Address}{(o.Port is null ? "" : $" port {o.Port}")}");
            Line("  block", o.Block?.ToString());
            Line("  url", o.Url);
            Line("  domain", o.Domain);
            Line("  mailbox", o.Mailbox);
            Line("  also", o.AlsoNamed.Count == 0 ? null : string.Join(' ', o.AlsoNamed));
            Line("  time", $"{Show(o.Time)}");
            foreach (var hop in o.Candidates)
                Line("  candidate", $"{hop.Address} by {hop.By} at {Show(hop.Time)}");
        }

        if (reading.Original is { } original)
            Line("original", $"{original.MessageId} | {Show(original.Date)} | {original.Subject} | {original.From}"
                + $" | {original.Hops.Count} hops{(original.HeadersOnly ? ", header only" : "")}");
        foreach (var recipient in reading.OriginalRecipients)
            Line("recipient", recipient);
        foreach (var problem in reading.Problems)
            Line("problem", problem);
        return text.ToString();

        void Line(string name, string? value)
        {
            if (value is not null)
                text.Append(name).Append(' ').Append(value).Append('\n');
        }
    }

    private static string? Show(ReportParty? party) =>
        party is null ? null : $"{party.Mailbox} | {party.Organisation} | {party.Domain}";

    private static string Show(ReportedTime time) =>
        time.Utc is { } utc ? $"{InstantPattern.ExtendedIso.Format(utc)} {time.Confidence}" : time.Confidence.ToString();

    private static string FindFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Mailreeve.slnx")))
                return Path.Combine(at.FullName, "tests", "cases", "reports");
        throw new DirectoryNotFoundException("The tests run outside the repository.");
    }
}
