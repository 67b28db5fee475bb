using Mailreeve.Storage;

namespace Mailreeve.Testing;

/// <summary>A database of one test: empty, with the schema of today, gone when the test ends.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string FileName = "mailreeve.db";

    private static readonly Lazy<Task<string>> SqliteTemplate = new(MakeSqliteTemplateAsync);

    private readonly PostgreSqlServer? server;
    private readonly List<Database> others = [];

    private TestDatabase(Dialect dialect, string connectionString, PostgreSqlServer? server)
    {
        this.server = server;
        Dialect = dialect;
        ConnectionString = connectionString;
        Database = Database.Open(connectionString);
    }

    /// <summary>Which database this is.</summary>
    public Dialect Dialect { get; }

    /// <summary>What <see cref="Storage.Database.Open"/> takes; another process can use it while the test runs.</summary>
    public string ConnectionString { get; }

    /// <summary>The database, open.</summary>
    public Database Database { get; }

    /// <summary>Makes one. Skips the test where PostgreSQL is asked for and not installed.</summary>
    public static async Task<TestDatabase> OpenAsync(Dialect dialect)
    {
        var (connectionString, server) = await CreateAsync(dialect, migrated: true);
        return new TestDatabase(dialect, connectionString, server);
    }

    /// <summary>Makes one of SQLite's in a folder of its own, which must not be there yet.</summary>
    public static TestDatabase OpenIn(string folder) =>
        new(Dialect.Sqlite, "sqlite:" + Path.Combine(Directory.CreateDirectory(folder).FullName, FileName), server: null);

    /// <summary>A connection string of a database without a schema, which lasts until the test process ends.</summary>
    public static async Task<string> UnmigratedAsync(Dialect dialect) => (await CreateAsync(dialect, migrated: false)).ConnectionString;

    /// <summary>Opens the same database once more, as another process would. It is closed with this one.</summary>
    public Database OpenAnother()
    {
        var another = Database.Open(ConnectionString);
        others.Add(another);
        return another;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var other in others)
            await other.DisposeAsync();
        await Database.DisposeAsync();
        if (server is not null)
            await server.DropAsync(ConnectionString);
        else
            Directory.Delete(Path.GetDirectoryName(ConnectionString["sqlite:".Length..])!, recursive: true);
    }

    private static async Task<(string ConnectionString, PostgreSqlServer? Server)> CreateAsync(Dialect dialect, bool migrated)
    {
        if (dialect == Dialect.Sqlite)
        {
            var file = Path.Combine(RunFolder.NewFolder("sqlite"), FileName);
            if (migrated)
                File.Copy(await SqliteTemplate.Value, file);
            return ("sqlite:" + file, null);
        }

        var server = await PostgreSqlServer.GetAsync();
        return (await server.CreateAsync(migrated), server);
    }

    // The schema is made once for each process; a copy of it is there at once.
    private static async Task<string> MakeSqliteTemplateAsync()
    {
        var file = Path.Combine(RunFolder.NewFolder("sqlite-template"), FileName);
        await Database.Open("sqlite:" + file).DisposeAsync();
        return file;
    }
}

/// <summary>Both databases, as data of a theory: <c>[Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]</c>.</summary>
public static class TestDatabases
{
    /// <summary>SQLite and PostgreSQL.</summary>
    public static readonly TheoryData<Dialect> All = [Dialect.Sqlite, Dialect.PostgreSql];
}
