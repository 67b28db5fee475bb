using Mailreeve.Storage;
using Mailreeve.Storage.Live;

namespace Mailreeve.Mail.Tests;

/// <summary>A SQLite database of its own, with its live views.</summary>
internal sealed class TempDatabase : IAsyncDisposable
{
    private readonly string folder;

    private TempDatabase(string folder, Database db, LiveViews views)
    {
        this.folder = folder;
        Db = db;
        Views = views;
    }

    public Database Db { get; }

    public LiveViews Views { get; }

    public static async Task<TempDatabase> OpenAsync()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-mail-").FullName;
        var db = Database.Open($"sqlite:{Path.Combine(folder, "test.db")}");
        return new TempDatabase(folder, db, await LiveViews.LoadAsync(db, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        Views.Dispose();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
