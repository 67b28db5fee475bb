using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Accounts.Tests;

/// <summary>A fresh SQLite database in a temporary folder, a clock that stands still, and hashing that is quick.</summary>
public sealed class AccountsFixture : IAsyncDisposable
{
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-accounts-");

    public AccountsFixture() => Database = Database.Open($"sqlite:{Path.Combine(folder.FullName, "test.db")}");

    public static Address Here { get; } = Address.Parse("192.0.2.7");

    public static Address Elsewhere { get; } = Address.Parse("198.51.100.7");

    public Database Database { get; }

    public FakeClock Clock { get; } = new(Instant.FromUtc(2026, 3, 1, 12, 0));

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<CustomerFact?> CustomerAsync(string number)
    {
        Assert.True(RegNumber.TryParse(number, out var parsed, out _));
        return await Database.ReadAsync(db => new CustomerStore(db).FindByRegNumberAsync(parsed, Stop), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
