using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Postmaster;

/// <summary>What people do about postmaster@ of customers' domains: operators have it checked, postmasters say that they read their mail.</summary>
/// <param name="database">The database.</param>
/// <param name="provider">Has the address of our pages.</param>
/// <param name="key">The secret that makes codes.</param>
/// <param name="clock">The time.</param>
public sealed class PostmasterDesk(Database database, Provider provider, byte[] key, IClock clock)
{
    private const int CodeBytes = 15;

    /// <summary>Has a domain checked now.</summary>
    /// <returns><see langword="false"/> when it is none that is checked.</returns>
    public Task<bool> CheckAsync(string domain, CancellationToken stop) =>
        database.WriteAsync(db => new PostmasterStore(db).CheckNowAsync(domain.TrimEnd('.').ToLowerInvariant(), clock.GetCurrentInstant(), stop), stop);

    /// <summary>The postmaster has acted: somebody reads the mail. Whoever merely fetches a link has not.</summary>
    /// <returns>The domain; null when nobody has this code.</returns>
    public Task<PostmasterRow?> AnswerAsync(string code, CancellationToken stop) => database.WriteAsync<PostmasterRow?>(async db =>
    {
        var store = new PostmasterStore(db);
        var now = clock.GetCurrentInstant();
        if (await store.FindByCodeAsync(HashOf(code), stop) is not { } row)
            return null;
        if (row.State == PostmasterState.Read)
            return row;
        var read = row.At(PostmasterRules.AfterAnswer(now)) with { AnsweredAt = now, Detail = "A person has answered." };
        await store.RecordAsync(row, read, stop);
        return read;
    }, stop);

    /// <summary>The code of a domain of this customer for the time it is asked for the <paramref name="cycle"/>th time. Whoever has the domain next has others.</summary>
    internal string CodeOf(CustomerId customer, string domain, long cycle) => Base32.Encode(HMACSHA256.HashData(
        key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"postmaster {customer.Value} {cycle} {domain}"))).AsSpan(0, CodeBytes));

    /// <summary>What is kept of a code.</summary>
    internal static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code.ToLowerInvariant()));

    /// <summary>Where the code is used.</summary>
    // Behind the "#", which browsers keep to themselves: it is in no log, neither ours nor that of a proxy.
    internal string LinkOf(string code) => $"{provider.BaseUrl}/postmaster#{code}";
}
