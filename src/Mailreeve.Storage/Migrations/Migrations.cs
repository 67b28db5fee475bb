using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine.Output;

namespace Mailreeve.Storage.Migrations;

/// <summary>The schema's history: numbered scripts, the same numbers in both folders, applied at start, forward only.</summary>
internal static class Migrations
{
    public static void ApplySqlite(string connectionString) =>
        Apply(DeployChanges.To.SqliteDatabase(connectionString), "Sqlite");

    public static void ApplyPostgreSql(string connectionString) =>
        Apply(DeployChanges.To.PostgresqlDatabase(connectionString), "PostgreSql");

    private static void Apply(UpgradeEngineBuilder builder, string folder)
    {
        var result = builder
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.Contains($".{folder}.", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }
}
