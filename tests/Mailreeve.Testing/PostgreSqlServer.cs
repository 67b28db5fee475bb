using System.Diagnostics;
using Mailreeve.Storage;
using Npgsql;

namespace Mailreeve.Testing;

/// <summary>A PostgreSQL cluster of this test process: Debian's programs, a temporary folder, a Unix socket, no network.</summary>
/// <remarks>
/// It runs under a shell that reads a pipe from this process. When the process ends, killed or not, the pipe closes, and the shell stops
/// the server and removes its files. As root the server runs as another user, because it refuses to run as root.
/// </remarks>
internal sealed class PostgreSqlServer
{
    private const string User = "mailreeve";
    private const string Template = "mailreeve_template";

    // $1: folder of the programs; $2: an empty folder. Commits are synced as in production; only the sizes are small.
    private const string Script = """
        umask 077
        "$1/initdb" -D "$2/data" -U mailreeve --auth=trust --encoding=UTF8 --locale=C --no-sync >"$2/log" 2>&1 || exit 1
        "$1/postgres" -D "$2/data" -k "$2" \
            -c listen_addresses= -c fsync=on -c synchronous_commit=on -c shared_buffers=32MB -c max_connections=100 \
            -c max_wal_senders=0 -c wal_level=minimal -c autovacuum=off -c dynamic_shared_memory_type=mmap -c lc_messages=C -c deadlock_timeout=100ms \
            >>"$2/log" 2>&1 </dev/null &
        server=$!
        read -r _
        kill -QUIT $server
        wait $server
        rm -rf "$2"/*
        """;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);
    private static readonly Lazy<Task<PostgreSqlServer>> OfThisProcess = new(StartAsync);

    private readonly string folder;
    private long databases;

    private PostgreSqlServer(string folder) => this.folder = folder;

    /// <summary>The server, started when it is first asked for. Skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgreSqlServer> GetAsync()
    {
        if (Programs() is null)
            throw Required.Missing("PostgreSQL", "postgresql");
        return await OfThisProcess.Value;
    }

    /// <summary>Makes an empty database, with Mailreeve's schema or without.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateAsync(bool migrated)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {(migrated ? Template : "template0")}");
        return ConnectionString(name);
    }

    /// <summary>Removes a database and whoever is connected to it.</summary>
    public Task DropAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    private static string? Programs() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
                .Select(version => Path.Combine(version, "bin"))
                .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")))
            : null;

    private static async Task<PostgreSqlServer> StartAsync()
    {
        var folder = RunFolder.NewFolderInMemory("postgresql");
        string[] asUser = [];
        if (Environment.IsPrivilegedProcess)
        {
            var user = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            using var owner = Process.Start("chown", [user, folder]);
            await owner.WaitForExitAsync();
            asUser = ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--inh-caps=-all"];
            if (user == "nobody")
                asUser[2] = "--regid=nogroup";
        }

        // A session of its own: a key that interrupts the tests must not reach the server before the shell has heard of their end.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["--wait", .. asUser, "sh", "-c", Script, "postgresql", Programs()!, folder])
            start.ArgumentList.Add(argument);
        var shell = Process.Start(start)!;
        RunFolder.BeforeRemove(() =>
        {
            shell.StandardInput.Close();
            shell.WaitForExit();
        });

        var server = new PostgreSqlServer(folder);
        await server.AnswersAsync(shell);
        await server.ExecuteAsync($"CREATE DATABASE {Template}");
        await Database.Open(server.ConnectionString(Template)).DisposeAsync();
        return server;
    }

    private async Task AnswersAsync(Process shell)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException e)
            {
                if (shell.HasExited || Stopwatch.GetElapsedTime(started) > StartDeadline)
                    throw new InvalidOperationException($"PostgreSQL did not start.\n{ReadLog()}", e);
                await Task.Delay(20);
            }
        }
    }

    private string ReadLog()
    {
        var log = Path.Combine(folder, "log");
        return File.Exists(log) ? File.ReadAllText(log) : "It wrote no log.";
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are made here.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    // Without a pool for the maintenance database, and with a small one for the others: they share 100 connections.
    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = folder,
        Username = User,
        Database = database,
        Pooling = database != "postgres",
        MaxPoolSize = 20,
        Timeout = 60,
    }.ConnectionString;
}
