using System.Collections.Immutable;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.ThirdParties;

/// <summary>Fetches the lists of others when they are due, never more than once an hour, and gives up what is not subscribed any more.</summary>
/// <param name="lists">The subscriptions.</param>
/// <param name="fetch">Fetches one.</param>
/// <param name="database">Has how they fare.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Where it tells what was not taken.</param>
public sealed class ThirdPartyClerk(IReadOnlyList<ThirdPartyList> lists, ThirdPartyFetch fetch, Database database, IClock clock, ILogger<ThirdPartyClerk> log) : IClerk
{
    private static readonly Duration TriedAgainAfter = Duration.FromHours(1);
    private static readonly Duration LookEvery = Duration.FromMinutes(1);

    private Instant nextLook;

    /// <inheritdoc/>
    public string Name => "third-parties";

    /// <summary>How the lists fared when they were last looked at here.</summary>
    public ImmutableArray<ThirdPartyRow> Seen { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (now < nextLook)
            return 0;
        // Also when this time fails: nobody is asked over and over.
        nextLook = now + LookEvery;
        var rows = (await database.ReadAsync(db => new ThirdPartyStore(db).AllAsync(stop), stop)).ToDictionary(r => r.Name);
        foreach (var gone in rows.Keys.Except(lists.Select(l => l.Name)).ToList())
        {
            await fetch.ForgetAsync(gone, stop);
            rows.Remove(gone);
        }

        foreach (var list in lists.Where(l => IsDue(l, rows.GetValueOrDefault(l.Name), now)))
        {
            var row = await fetch.RunAsync(list, rows.GetValueOrDefault(list.Name), acceptsShrunken: false, stop);
            if (row.Problem is { } problem)
                log.ListNotTaken(list.Name, problem, row.Entries);
            rows[list.Name] = row;
        }

        Seen = [.. rows.Values.OrderBy(r => r.Name, StringComparer.Ordinal)];
        return 0;
    }

    private static bool IsDue(ThirdPartyList list, ThirdPartyRow? row, Instant now) =>
        row is null || row.Source != list.ShownSource || now >= row.TriedAt + (row.Problem is null ? list.Every : Duration.Min(list.Every, TriedAgainAfter));
}
