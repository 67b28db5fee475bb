using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Dhcp;
using Mailreeve.Storage;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network.Who;

/// <summary>What kind of file is read.</summary>
public enum SessionFile
{
    /// <summary><c>dhcpd.leases</c> of ISC's DHCP server.</summary>
    Isc,

    /// <summary>Lease file of Kea, for IPv4 or IPv6.</summary>
    Kea,

    /// <summary>A translator's log of port blocks, see <see cref="PortBlockLog"/>.</summary>
    Nat,
}

/// <summary><c>sessions import FILE</c>: takes a lease file or a log of port blocks. What is in the database already stays as it is.</summary>
/// <param name="database">Where to.</param>
/// <param name="directory">Whose login is whose.</param>
/// <param name="provider">Whose networks these are.</param>
/// <param name="clock">The time.</param>
public sealed class SessionImport(Database database, Directory directory, Provider provider, IClock clock)
{
    private const int LinesAtOnce = 1_000;
    private const int SkippedShown = 10;

    private readonly List<int> skipped = [];
    private int skippedMore;

    /// <summary>Reads the file, however large, a thousand entries to a transaction.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What kind it is.</param>
    /// <param name="server">The name that its server has here.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops after the thousand that is under way; what was read stays, and reading the file again does no harm.</param>
    /// <returns>0; 1 when lines could not be used, or the file not be read.</returns>
    public async Task<int> RunAsync(string path, SessionFile kind, string server, TextWriter output, CancellationToken stop)
    {
        var (entries, rows) = (0, 0);
        try
        {
            var lines = File.ReadLines(path);
            if (kind == SessionFile.Nat)
            {
                foreach (var some in PortBlockLog.Read(lines, Skip).Chunk(LinesAtOnce))
                {
                    entries += some.Length;
                    rows += await WriteAsync(db => PortBlockLog.NewsOfAsync(db, some, server, directory, provider, stop), stop);
                }
            }
            else
            {
                var leases = kind == SessionFile.Isc ? IscLeases.Read(lines, Skip) : KeaLeases.Read(lines, Skip);
                foreach (var some in leases.Select(l => LeaseImport.NewsOf(l, server, directory)).Chunk(LinesAtOnce))
                {
                    entries += some.Length;
                    rows += await WriteAsync(_ => Task.FromResult<IReadOnlyList<SessionNews>>(some), stop);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"{path}: {e.Message}");
            return 1;
        }

        await output.WriteLineAsync($"{entries} entries read, {rows} rows made or changed.");
        foreach (var line in skipped)
            await output.WriteLineAsync($"{path}({line}): This is no entry that can be used.");
        if (skippedMore > 0)
            await output.WriteLineAsync($"… and {skippedMore} more.");
        return skipped.Count == 0 ? 0 : 1;
    }

    private Task<int> WriteAsync(Func<DbSession, Task<IReadOnlyList<SessionNews>>> news, CancellationToken stop) =>
        database.WriteAsync(async db => await SessionIntake.TakeAsync(db, await news(db), clock.GetCurrentInstant(), stop), stop);

    private void Skip(int line)
    {
        if (skipped.Count < SkippedShown)
            skipped.Add(line);
        else
            skippedMore++;
    }
}
