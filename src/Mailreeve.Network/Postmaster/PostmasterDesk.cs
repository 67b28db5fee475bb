using Mailreeve.Policy;
using Mailreeve.Policy.Postmaster;
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
    /// <summary>Whether domains are checked here at all.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Has a domain checked now.</summary>
    /// <returns><see langword="false"/> when it is none that is checked.</returns>
    public Task<bool> CheckAsync(string domain, CancellationToken stop) =>
        database.WriteAsync(db => new PostmasterStore(db).CheckNowAsync(domain.TrimEnd('.').ToLowerInvariant(), clock.GetCurrentInstant(), stop), stop);

    /// <summary>Has a domain checked again for its customer, who may ask for that once an hour.</summary>
    /// <returns>Why it is not; <see langword="null"/> when it is.</returns>
    public async Task<string?> CheckAgainAsync(string domain, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        return await database.WriteAsync(db => new PostmasterStore(db).CheckAgainAsync(domain, now - PostmasterRules.CustomerEvery, now, stop), stop)
            ? null
            : "It was checked less than an hour ago, or is about to be. Please try again later.";
    }

    /// <summary>The postmaster has acted: somebody reads the mail. Whoever merely fetches a link has not.</summary>
    /// <returns>The domain; null when nobody has this code.</returns>
    public Task<PostmasterRow?> AnswerAsync(string code, CancellationToken stop) => database.WriteAsync<PostmasterRow?>(async db =>
    {
        var store = new PostmasterStore(db);
        var now = clock.GetCurrentInstant();
        if (await store.FindByCodeAsync(PostmasterCode.HashOf(code), stop) is not { } row)
            return null;
        if (row.State == PostmasterState.Read)
            return row;
        var read = Answered(row, "A person has pressed the button.", now);
        await store.RecordAsync(row, read, stop);
        return read;
    }, stop);

    /// <summary>A domain whose postmaster has acted.</summary>
    internal static PostmasterRow Answered(PostmasterRow row, string detail, Instant now) =>
        row.At(PostmasterRules.AfterAnswer(now)) with { AnsweredAt = now, Detail = detail };

    /// <summary>The code of a domain of this customer for the time it is asked for the <paramref name="cycle"/>th time.</summary>
    internal string CodeOf(CustomerId customer, string domain, long cycle) => PostmasterCode.Of(customer, domain, cycle, key);

    /// <summary>Where the code is used.</summary>
    // Behind the "#", which browsers keep to themselves: it is in no log, neither ours nor that of a proxy.
    internal string LinkOf(string code) => $"{provider.BaseUrl}/postmaster#{code}";
}
