using Npgsql;

namespace Mailreeve.Storage;

/// <summary>PostgreSQL: a transaction for each write, retried when the server says that it lost against another.</summary>
public sealed class PostgreSqlDatabase : Database
{
    private const int AttemptsMax = 8;

    private readonly NpgsqlDataSource source;

    private PostgreSqlDatabase(NpgsqlDataSource source) => this.source = source;

    /// <summary>Connects and migrates.</summary>
    public static PostgreSqlDatabase Connect(string connectionString)
    {
        Migrations.Migrations.ApplyPostgreSql(connectionString);
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.MaxAutoPrepare = 200;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 3;
        return new PostgreSqlDatabase(builder.Build());
    }

    /// <summary>Calls back whenever another node has committed a change; returns when <paramref name="stop"/> is set or the connection is lost.</summary>
    public async Task ListenAsync(Func<Task> changed, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "LISTEN mailreeve_change";
            await command.ExecuteNonQueryAsync(stop);
        }

        while (!stop.IsCancellationRequested)
        {
            await connection.WaitAsync(stop);
            await changed();
        }
    }

    /// <inheritdoc/>
    public override async Task<T> ReadAsync<T>(Func<DbSession, Task<T>> read, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        return await read(new DbSession(connection, null, Dialect.PostgreSql));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private protected override async Task<(T Result, bool Changed)> CommitAsync<T>(Func<DbSession, Task<T>> write, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryCommitAsync(write, stop);
            }
            catch (Exception e) when (LostAgainstAnother(e) && attempt < AttemptsMax)
            {
                // The transaction is undone, so the work runs again on fresh rows, after a pause by chance, so that those who met do not
                // meet again.
                await Task.Delay(Random.Shared.Next(10 << attempt), stop);
            }
        }
    }

    // Serialization failure, deadlock, a row that another node changed, or a case that another node opened a moment earlier.
    private static bool LostAgainstAnother(Exception e) =>
        e is StaleRowException or PostgresException { IsTransient: true } or PostgresException { ConstraintName: "abuse_case_open" };

    private async Task<(T, bool)> TryCommitAsync<T>(Func<DbSession, Task<T>> write, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var db = new DbSession(connection, transaction, Dialect.PostgreSql);
        var result = await write(db);
        // From here on it is carried through, as on SQLite: a caller who is told that it was stopped would take it for not done.
        if (db.HasChanges)
            await db.ExecuteAsync("NOTIFY mailreeve_change", null, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return (result, db.HasChanges);
    }
}
