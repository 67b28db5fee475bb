using System.Data.Common;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Mailreeve.Storage;

/// <summary>Which database this is, for the few statements that must be written twice.</summary>
public enum Dialect
{
    /// <summary>SQLite.</summary>
    Sqlite,

    /// <summary>PostgreSQL.</summary>
    PostgreSql,
}

/// <summary>One unit of work on a connection. Stores are made over it; it lives as long as the delegate it was given to.</summary>
public sealed class DbSession
{
    /// <summary>Values in one list of <see cref="IsAnyOf"/> at most: SQLite takes 32,766 parameters in a statement.</summary>
    public const int ListMax = 10_000;

    // Each command of a batch and its parameters are objects until all are sent.
    private const int BatchRowsMax = 5_000;

    private readonly DbConnection connection;
    private readonly DbTransaction? transaction;

    internal DbSession(DbConnection connection, DbTransaction? transaction, Dialect dialect)
    {
        this.connection = connection;
        this.transaction = transaction;
        Dialect = dialect;
    }

    /// <summary>Which database this is.</summary>
    public Dialect Dialect { get; }

    /// <summary>Whether a change for the live views was recorded.</summary>
    internal bool HasChanges { get; private set; }

    /// <summary>The condition that a column is one of a list: <c>id IN (…)</c>, which the two databases write differently.</summary>
    /// <param name="column">The column.</param>
    /// <param name="parameter">The parameter's name; its value is an array.</param>
    public string IsAnyOf(string column, string parameter) =>
        // Dapper takes a list apart for SQLite, and hands it to PostgreSQL as an array, which IN does not take.
        Dialect == Dialect.PostgreSql ? $"{column} = ANY (@{parameter})" : $"{column} IN @{parameter}";

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken stop) =>
        (await connection.QueryAsync<T>(Command(sql, parameters, stop))).AsList();

    /// <summary>The row, or null when there is none.</summary>
    /// <exception cref="InvalidOperationException">More than one.</exception>
    public Task<T?> SingleOrDefaultAsync<T>(string sql, object? parameters, CancellationToken stop) =>
        connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters, stop));

    /// <summary>The row.</summary>
    /// <exception cref="InvalidOperationException">None, or more than one.</exception>
    public Task<T> SingleAsync<T>(string sql, object? parameters, CancellationToken stop) =>
        connection.QuerySingleAsync<T>(Command(sql, parameters, stop));

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows affected.</returns>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken stop) =>
        connection.ExecuteAsync(Command(sql, parameters, stop));

    /// <summary>Inserts many rows in one round trip.</summary>
    /// <param name="insert">The statement up to <c>VALUES</c>: <c>INSERT INTO event (id, report_id)</c>.</param>
    /// <param name="rows">The rows; nothing happens when there are none.</param>
    /// <param name="values">The values of one row, in the order of the columns.</param>
    /// <param name="stop">Stops the wait.</param>
    public Task InsertManyAsync<T>(string insert, IReadOnlyList<T> rows, Func<T, object?[]> values, CancellationToken stop) =>
        InsertManyAsync(insert, rows, values, "", stop);

    /// <summary>Inserts many rows in one round trip, and says what happens to those that are there already.</summary>
    /// <param name="insert">The statement up to <c>VALUES</c>.</param>
    /// <param name="rows">The rows; nothing happens when there are none.</param>
    /// <param name="values">The values of one row, in the order of the columns.</param>
    /// <param name="onConflict">The end of the statement: <c>ON CONFLICT (case_id, report_id) DO NOTHING</c>.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns>Rows inserted or changed.</returns>
    public Task<int> InsertManyAsync<T>(
        string insert, IReadOnlyList<T> rows, Func<T, object?[]> values, string onConflict, CancellationToken stop)
    {
        if (rows.Count == 0)
            return Task.FromResult(0);
        var columns = insert.AsSpan(insert.IndexOf('(', StringComparison.Ordinal)).Count(',') + 1;
        var placeholders = string.Join(", ", Enumerable.Range(1, columns).Select(n => $"${n}"));
        return ExecuteManyAsync($"{insert} VALUES ({placeholders}) {onConflict}", rows, values, stop);
    }

    /// <summary>Runs one statement for many rows, in one round trip.</summary>
    /// <param name="sql">The statement, with its parameters as <c>$1</c>, <c>$2</c> …</param>
    /// <param name="rows">The rows; nothing happens when there are none.</param>
    /// <param name="values">The parameters for one row, in order.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <returns>Rows affected.</returns>
    /// <remarks>
    /// One short text that is prepared once. A statement with the values of all rows costs either database more than it saves: SQLite
    /// looks up each parameter's name among all others, PostgreSQL plans a new text whenever the number of rows is another.
    /// </remarks>
    public Task<int> ExecuteManyAsync<T>(string sql, IReadOnlyList<T> rows, Func<T, object?[]> values, CancellationToken stop)
    {
        if (rows.Count == 0)
            return Task.FromResult(0);
        return connection is NpgsqlConnection postgreSql
            ? ExecuteBatchAsync(postgreSql, sql, rows, values, stop)
            : Task.FromResult(ExecuteEach(sql, rows, values));
    }

    private static async Task<int> ExecuteBatchAsync<T>(
        NpgsqlConnection connection, string sql, IReadOnlyList<T> rows, Func<T, object?[]> values, CancellationToken stop)
    {
        var affected = 0;
        foreach (var some in rows.Chunk(BatchRowsMax))
        {
            await using var batch = connection.CreateBatch();
            foreach (var row in some)
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var value in values(row))
                    command.Parameters.Add(new NpgsqlParameter { Value = DbValues.ToDb(value) });
                batch.BatchCommands.Add(command);
            }

            affected += await batch.ExecuteNonQueryAsync(stop);
        }

        return affected;
    }

    private int ExecuteEach<T>(string sql, IReadOnlyList<T> rows, Func<T, object?[]> values)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The text is made of constants and of parameter names.
        command.CommandText = sql;
#pragma warning restore CA2100
        var affected = 0;
        foreach (var row in rows)
        {
            var parameters = values(row);
            for (var i = 0; i < parameters.Length; i++)
            {
                if (command.Parameters.Count == i)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${i + 1}");
                    command.Parameters.Add(parameter);
                }

                command.Parameters[i].Value = DbValues.ToDb(parameters[i]);
            }

            affected += command.ExecuteNonQuery();
        }

        return affected;
    }

    /// <summary>Reserves consecutive ids; they are given back when the transaction is.</summary>
    /// <param name="table">The table they are for.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="stop">Stops the wait for another transaction.</param>
    /// <returns>The first one.</returns>
    public async Task<long> NextIdsAsync(string table, long count, CancellationToken stop)
    {
        var next = await SingleAsync<long>("""
            INSERT INTO id_block (name, next)
            VALUES (@table, 1 + @count)
            ON CONFLICT (name) DO UPDATE SET next = id_block.next + @count
            RETURNING next
            """, new { table, count }, stop);
        return next - count;
    }

    /// <summary>Tells every node that a fact its live views hold has changed. The order of changes is the order of commits.</summary>
    public Task RecordChangeAsync(ChangeKind kind, long key, CancellationToken stop) => RecordChangesAsync(kind, [key], stop);

    /// <summary>Tells every node that several facts of a kind have changed.</summary>
    public async Task RecordChangesAsync(ChangeKind kind, IReadOnlyList<long> keys, CancellationToken stop)
    {
        if (keys.Count == 0)
            return;
        // The row of id_block stays locked until the commit, so that no node can see number 8 before number 7.
        var seq = await NextIdsAsync("change", keys.Count, stop);
        await InsertManyAsync("INSERT INTO change (seq, kind, key)", keys, key => [seq++, kind, key], stop);
        HasChanges = true;
    }

    private CommandDefinition Command(string sql, object? parameters, CancellationToken stop) =>
        new(sql, parameters is null ? null : new DbParameters(parameters), transaction, cancellationToken: stop);
}

/// <summary>What the live views follow.</summary>
public enum ChangeKind
{
    /// <summary>Customers, contacts, assignments, domains.</summary>
    Directory,

    /// <summary>Blocks; the key is the block's id.</summary>
    Block,

    /// <summary>The policy in force.</summary>
    Policy,

    /// <summary>Mailboxes and their addresses; the key is the mailbox's id.</summary>
    Mailbox,

    /// <summary>Mail domains; the key says nothing.</summary>
    MailDomain,

    /// <summary>What outgoing mail is signed with; the key says nothing.</summary>
    SigningKey,

    /// <summary>Holds on what customers send; the key is the hold's id.</summary>
    Hold,

    /// <summary>Blocks of names; the key is the block's id.</summary>
    NameBlock,

    /// <summary>Blocks of mailboxes and services; the key is the block's id.</summary>
    ServiceBlock,
}
