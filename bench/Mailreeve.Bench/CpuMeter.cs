using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Mailreeve.Bench;

/// <summary>Processor time of the program, and of the PostgreSQL server that works for it.</summary>
/// <remarks>Processor time and not the clock's: the machine may have other things to do.</remarks>
internal sealed class CpuMeter
{
    private const double TicksPerSecond = 100;

    private readonly Process program;
    private readonly string? postmaster;
    private readonly long startedAt;
    private readonly TimeSpan programBefore;
    private readonly double databaseBefore;

    /// <summary>Begins to measure.</summary>
    /// <param name="program">The process to measure.</param>
    /// <param name="connection">Its database.</param>
    public CpuMeter(Process program, string connection)
    {
        this.program = program;
        postmaster = connection.StartsWith("sqlite:", StringComparison.Ordinal) ? null : PostmasterOf(connection);
        program.Refresh();
        (programBefore, databaseBefore, startedAt) = (program.TotalProcessorTime, DatabaseSeconds(), Stopwatch.GetTimestamp());
    }

    /// <summary>What was spent since.</summary>
    public Spent Read()
    {
        program.Refresh();
        return new Spent(
            (program.TotalProcessorTime - programBefore).TotalSeconds, DatabaseSeconds() - databaseBefore,
            Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
    }

    private static string PostmasterOf(string connection) =>
        File.ReadLines(Path.Combine(new NpgsqlConnectionStringBuilder(connection).Host!, "data", "postmaster.pid")).First();

    // The postmaster's processes; one that has ended counts in its parent's third and fourth figure (proc_pid_stat(5)).
    private double DatabaseSeconds()
    {
        if (postmaster is null)
            return 0;
        long ticks = 0;
        foreach (var folder in System.IO.Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (Path.GetFileName(folder) == postmaster)
                ticks += Ticks(fields, 11, 15);
            else if (fields[1] == postmaster)
                ticks += Ticks(fields, 11, 13);
        }

        return ticks / TicksPerSecond;
    }

    private static long Ticks(string[] fields, int from, int to) =>
        fields[from..to].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
}

/// <summary>Seconds spent.</summary>
/// <param name="Program">Processor time of the program.</param>
/// <param name="Database">Processor time of PostgreSQL; 0 for SQLite, which is part of the program.</param>
/// <param name="Wall">Time on the clock.</param>
internal sealed record Spent(double Program, double Database, double Wall);
