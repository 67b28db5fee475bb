using Mailreeve.Storage.Live;

namespace Mailreeve.Storage;

/// <summary>The database: reads on pooled connections, writes that have been made durable when they return.</summary>
/// <remarks>
/// One suite of tests runs on both. SQLite commits what waits together, in one transaction (<see cref="SqliteDatabase"/>);
/// PostgreSQL gets a transaction each and groups the commits itself (<see cref="PostgreSqlDatabase"/>).
/// </remarks>
public abstract class Database : IAsyncDisposable
{
    static Database() => DbValues.Register();

    private protected Database()
    {
    }

    /// <summary>Told after each commit that recorded a change (see <see cref="DbSession.RecordChangeAsync"/>), before the write returns.</summary>
    public LiveViews? Views { get; set; }

    /// <summary>Opens the database and brings its schema up to date.</summary>
    /// <param name="connection">
    /// <c>sqlite:PATH</c> for a file that is made when it is missing, or an Npgsql connection string (<c>Host=…;Database=…</c>).
    /// </param>
    /// <exception cref="InvalidOperationException">A migration failed; the message names it.</exception>
    public static Database Open(string connection) =>
        connection.StartsWith("sqlite:", StringComparison.Ordinal)
            ? SqliteDatabase.OpenFile(connection["sqlite:".Length..])
            : PostgreSqlDatabase.Connect(connection);

    /// <summary>The machines, by name or address, that <see cref="Open"/> would connect to; none for a file or a socket of this machine.</summary>
    public static IReadOnlyList<string> HostsOf(string connection)
    {
        if (connection.StartsWith("sqlite:", StringComparison.Ordinal))
            return [];
        try
        {
            return [.. (new Npgsql.NpgsqlConnectionStringBuilder(connection).Host ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(h => !h.StartsWith('/') && !h.StartsWith('@'))];
        }
        catch (ArgumentException)
        {
            // Whoever opens it is told what is wrong with it.
            return [];
        }
    }

    /// <summary>Reads; sees what was committed before.</summary>
    public abstract Task<T> ReadAsync<T>(Func<DbSession, Task<T>> read, CancellationToken stop);

    /// <summary>Writes in one transaction; when the task completes, the result is on disk.</summary>
    /// <param name="write">
    /// Works on the session only: it holds up every other writer and may be run again after a conflict.
    /// </param>
    /// <param name="stop">Checked before the work starts; a write that has begun is carried through.</param>
    public async Task<T> WriteAsync<T>(Func<DbSession, Task<T>> write, CancellationToken stop)
    {
        var (result, changed) = await CommitAsync(write, stop);
        // The write is done and stays done: to stop here would tell the caller that it is not.
        if (changed && Views is { } views)
            await views.CatchUpAsync(CancellationToken.None);
        return result;
    }

    /// <summary>Writes in one transaction; when the task completes, the result is on disk.</summary>
    public Task WriteAsync(Func<DbSession, Task> write, CancellationToken stop) =>
        WriteAsync(async db =>
        {
            await write(db);
            return true;
        }, stop);

    /// <summary>Asks the database for an answer.</summary>
    public Task PingAsync(CancellationToken stop) => ReadAsync(db => db.SingleAsync<long>("SELECT 1", null, stop), stop);

    /// <summary>Closes connections; writes that wait are carried out first.</summary>
    public abstract ValueTask DisposeAsync();

    private protected abstract Task<(T Result, bool Changed)> CommitAsync<T>(Func<DbSession, Task<T>> write, CancellationToken stop);
}
