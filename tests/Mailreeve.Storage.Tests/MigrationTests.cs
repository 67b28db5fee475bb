namespace Mailreeve.Storage.Tests;

public sealed class MigrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Processes_that_start_at_the_same_moment_migrate_once(Dialect dialect)
    {
        var connectionString = await TestDatabase.UnmigratedAsync(dialect);

        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Database.Open(connectionString), Stop)));

        foreach (var database in opened)
        {
            Assert.Equal(0, await database.ReadAsync(db => db.SingleAsync<long>("SELECT COUNT(*) FROM outbound", null, Stop), Stop));
            await database.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_database_that_is_opened_again_keeps_its_rows(Dialect dialect)
    {
        var connectionString = await TestDatabase.UnmigratedAsync(dialect);
        await using (var first = Database.Open(connectionString))
            await first.WriteAsync(db => db.RecordChangeAsync(ChangeKind.Policy, 7, Stop), Stop);

        await using var second = Database.Open(connectionString);

        Assert.Equal(7, await second.ReadAsync(db => db.SingleAsync<long>("SELECT key FROM change", null, Stop), Stop));
    }

    [Fact]
    public async Task Both_databases_have_the_same_tables_columns_keys_and_references()
    {
        await using var sqlite = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var postgreSql = await TestDatabase.OpenAsync(Dialect.PostgreSql);

        var left = await sqlite.Database.ReadAsync(SqliteSchemaAsync, Stop);
        var right = await postgreSql.Database.ReadAsync(PostgreSqlSchemaAsync, Stop);

        Assert.NotEmpty(left);
        Assert.Equal(left, right);
    }

    // One line for each column, key and reference: `report.raw bytea not null`, `unique charge (case_id, report_id)`.
    private static async Task<IReadOnlyList<string>> SqliteSchemaAsync(DbSession db)
    {
        var columns = await db.QueryAsync<string>("""
            SELECT m.name || '.' || c.name || ' '
                   || CASE c.type WHEN 'BLOB' THEN 'bytea' WHEN 'INTEGER' THEN 'bigint' ELSE lower(c.type) END
                   || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
            FROM   sqlite_master m, pragma_table_info(m.name) c
            WHERE  m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND lower(m.name) <> 'schemaversions'
            """, null, Stop);
        var primaryKeys = await db.QueryAsync<string>("""
            SELECT 'unique ' || name || ' (' || group_concat(column, ', ') || ')'
            FROM   (SELECT m.name, c.name AS column
                    FROM   sqlite_master m, pragma_table_info(m.name) c
                    WHERE  m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND lower(m.name) <> 'schemaversions' AND c.pk > 0
                    ORDER  BY m.name, c.pk)
            GROUP  BY name
            """, null, Stop);
        var indexes = await db.QueryAsync<string>("""
            SELECT CASE "unique" WHEN 1 THEN 'unique ' ELSE 'index ' END || name || ' (' || group_concat(column, ', ') || ')'
                   || CASE partial WHEN 1 THEN ' partial' ELSE '' END
            FROM   (SELECT m.name, i.name AS "index", i."unique", i.partial, c.name AS column
                    FROM   sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
                    WHERE  m.type = 'table' AND i.origin <> 'pk' AND lower(m.name) <> 'schemaversions'
                    ORDER  BY m.name, i.name, c.seqno)
            GROUP  BY name, "index"
            """, null, Stop);
        var references = await db.QueryAsync<string>("""
            SELECT m.name || '.' || f."from" || ' references ' || f."table" || ' (' || f."to" || ')'
            FROM   sqlite_master m, pragma_foreign_key_list(m.name) f
            WHERE  m.type = 'table'
            """, null, Stop);
        return [.. columns.Concat(primaryKeys).Concat(indexes).Concat(references).Order(StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<string>> PostgreSqlSchemaAsync(DbSession db)
    {
        var columns = await db.QueryAsync<string>("""
            SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
            FROM   information_schema.columns
            WHERE  table_schema = 'public' AND table_name <> 'schemaversions'
            """, null, Stop);
        var indexes = await db.QueryAsync<string>("""
            SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' END || t.relname || ' ('
                   || (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
                       FROM   unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                       JOIN   pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ')'
                   || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END
            FROM   pg_index i
            JOIN   pg_class t ON t.oid = i.indrelid
            JOIN   pg_namespace n ON n.oid = t.relnamespace
            WHERE  n.nspname = 'public' AND t.relname <> 'schemaversions'
            """, null, Stop);
        var references = await db.QueryAsync<string>("""
            SELECT t.relname || '.' || a.attname || ' references ' || r.relname || ' (' || b.attname || ')'
            FROM   pg_constraint c
            JOIN   pg_class t ON t.oid = c.conrelid
            JOIN   pg_class r ON r.oid = c.confrelid
            JOIN   pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
            JOIN   pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1]
            WHERE  c.contype = 'f'
            """, null, Stop);
        return [.. columns.Concat(indexes).Concat(references).Order(StringComparer.Ordinal)];
    }
}
