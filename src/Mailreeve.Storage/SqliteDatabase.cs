using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Mailreeve.Storage;

/// <summary>SQLite: write-ahead log, one writer, <c>synchronous=FULL</c>.</summary>
/// <remarks>
/// All writes pass through one thread, which puts whatever waits into one transaction, each in its own savepoint, and pays for
/// one sync (group commit). A write that fails is rolled back to its savepoint; the others don't notice.
/// </remarks>
public sealed class SqliteDatabase : Database
{
    private const int WritesPerCommit = 256;

    private readonly string connectionString;
    private readonly SqliteConnection writer;
    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Thread thread;

    private SqliteDatabase(string connectionString)
    {
        this.connectionString = connectionString;
        writer = new SqliteConnection(connectionString);
        writer.Open();
        Execute("PRAGMA synchronous = FULL");
        // 64 MiB for the pages that every batch touches, and 32 MiB of log before it is copied back, which costs two more syncs.
        Execute("PRAGMA cache_size = -65536");
        Execute("PRAGMA wal_autocheckpoint = 8000");
        thread = new Thread(CommitLoop) { IsBackground = true, Name = "SQLite writer" };
        thread.Start();
    }

    /// <summary>Opens a file, makes it when it is missing, and migrates it.</summary>
    public static SqliteDatabase OpenFile(string path)
    {
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            DefaultTimeout = 30,
        }.ToString();
        using (var connection = new SqliteConnection(connectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }

        Migrations.Migrations.ApplySqlite(connectionString);
        return new SqliteDatabase(connectionString);
    }

    /// <summary>Copies the database as it is at one moment into a file, while others go on writing; a file that is there is replaced.</summary>
    /// <param name="path">The file. It is complete when the call returns, and appears only then.</param>
    public void CopyTo(string path)
    {
        var beginning = $"{path}.new";
        File.Delete(beginning);
        using (var connection = new SqliteConnection(connectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", beginning);
            command.ExecuteNonQuery();
        }

        File.Move(beginning, path, overwrite: true);
    }

    /// <inheritdoc/>
    public override async Task<T> ReadAsync<T>(Func<DbSession, Task<T>> read, CancellationToken stop)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(stop);
        // One transaction, so that all statements of a page see the same moment.
        await using var transaction = connection.BeginTransaction(deferred: true);
        return await read(new DbSession(connection, transaction, Dialect.Sqlite));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (queue.Writer.TryComplete())
        {
            thread.Join();
            writer.Dispose();
            SqliteConnection.ClearPool(writer);
        }

        return ValueTask.CompletedTask;
    }

    private protected override async Task<(T Result, bool Changed)> CommitAsync<T>(Func<DbSession, Task<T>> write, CancellationToken stop)
    {
        var work = new Work<T>(write);
        await queue.Writer.WriteAsync(work, stop);
        return await work.Done;
    }

    private void CommitLoop()
    {
        var batch = new List<Work>(WritesPerCommit);
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < WritesPerCommit && queue.Reader.TryRead(out var work))
                batch.Add(work);
            Commit(batch);
        }
    }

    private void Commit(List<Work> batch)
    {
        try
        {
            using var transaction = writer.BeginTransaction(deferred: false);
            foreach (var work in batch)
            {
                transaction.Save("work");
                if (!work.TryRun(new DbSession(writer, transaction, Dialect.Sqlite)))
                    transaction.Rollback("work");
                transaction.Release("work");
            }

            transaction.Commit();
        }
        catch (Exception disk)
        {
            // The commit itself failed: nothing of the batch is on disk, and everyone must know.
            foreach (var work in batch)
                work.Fail(disk);
            return;
        }

        foreach (var work in batch)
            work.Complete();
    }

    private void Execute(string sql)
    {
        using var command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private abstract class Work
    {
        /// <summary>Runs in the open transaction; false when it failed and must be rolled back.</summary>
        public abstract bool TryRun(DbSession db);

        public abstract void Complete();

        public abstract void Fail(Exception why);
    }

    private sealed class Work<T>(Func<DbSession, Task<T>> write) : Work
    {
        private readonly TaskCompletionSource<(T, bool)> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private (T, bool) result;
        private Exception? failure;

        public Task<(T Result, bool Changed)> Done => done.Task;

        public override bool TryRun(DbSession db)
        {
            try
            {
                result = (write(db).GetAwaiter().GetResult(), db.HasChanges);
                return true;
            }
            catch (Exception e)
            {
                failure = e;
                return false;
            }
        }

        public override void Complete()
        {
            if (failure is null)
                done.SetResult(result);
            else
                done.SetException(failure);
        }

        public override void Fail(Exception why) => done.TrySetException(failure ?? why);
    }
}
