using System.CommandLine;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve report read|reparse</c></summary>
internal static class ReportCommands
{
    public static Command Make() => new Command("report", "Abuse reports.") { ReportReadCommand.Make(), ReportReparseCommand.Make() };
}
