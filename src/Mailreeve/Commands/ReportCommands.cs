using System.CommandLine;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve report read</c></summary>
internal static class ReportCommands
{
    public static Command Make()
    {
        var files = new Argument<FileInfo[]>("file") { Description = "Reports: mail as received, or XARF as JSON.", Arity = ArgumentArity.OneOrMore };
        var read = new Command("read", "Prints what is understood of report files. Nothing is stored.") { files };
        read.SetAction(parsed =>
        {
            foreach (var file in parsed.GetValue(files)!)
            {
                try
                {
                    Print(file, File.ReadAllBytes(file.FullName));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Console.Error.WriteLine($"{file}: {e.Message}");
                    return Setup.CannotBegin;
                }
            }

            return 0;
        });
        return new Command("report", "Abuse reports.") { read };
    }

    private static void Print(FileInfo file, byte[] bytes)
    {
        var isJson = bytes.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];
        var reading = isJson ? ReportReader.ReadJson(bytes, ReportLimits.Default) : ReportReader.Read(bytes, ReportLimits.Default);
        Console.WriteLine($"{file}: {reading.Format.Name()}{(reading.NeedsPerson is { } why ? $", needs a person: {why.Detail}" : "")}");
        foreach (var o in reading.Observations)
        {
            var resource = o.Address?.ToString() ?? o.Url ?? o.Domain ?? o.Mailbox ?? "(nothing named)";
            Console.WriteLine($"  {o.Category}/{o.Type}  {resource}  {o.Time.Utc?.ToString() ?? "no time"} ({o.Time.Confidence.ToString().ToLowerInvariant()})");
        }

        foreach (var problem in reading.Problems)
            Console.WriteLine($"  ! {problem}");
    }
}
