using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine.Output;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Mailreeve.Storage.Migrations;

/// <summary>The schema's history: numbered scripts, the same numbers in both folders, applied at start, forward only.</summary>
/// <remarks>Two processes may start at the same moment; the second waits until the first is through, and finds nothing left to do.</remarks>
internal static class Migrations
{
    // Any number will do as long as nothing else in the database takes it: "mailreev" in ASCII.
    private const long PostgreSqlLock = 0x6D61_696C_7265_6576;

    public static void ApplySqlite(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        // One transaction around them all, begun behind DbUp's back: it is the lock, too.
        Execute(connection, "BEGIN IMMEDIATE");
        Apply(DeployChanges.To.SqliteDatabase(new SharedConnection(connection)).WithoutTransaction(), "Sqlite");
        Execute(connection, "COMMIT");
    }

    public static void ApplyPostgreSql(string connectionString)
    {
        // Without a pool, which would hold on to a connection that nobody needs any more.
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString;
        using var connection = new NpgsqlConnection(unpooled);
        connection.Open();
        // Held by the session, so it is free again when the connection closes, however that comes about.
        Execute(connection, $"SELECT pg_advisory_lock({PostgreSqlLock})");
        Apply(DeployChanges.To.PostgresqlDatabase(unpooled).WithTransactionPerScript(), "PostgreSql");
    }

    private static void Apply(UpgradeEngineBuilder builder, string folder)
    {
        var result = builder
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.Contains($".{folder}.", StringComparison.Ordinal))
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    private static void Execute(System.Data.Common.DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
