using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>
/// Finds the destinations that have something due, and wakes their owners. It looks at what has been due longest; when there is more than
/// it can look at, also at all destinations in turn, so that one with a hundred thousand messages keeps no other waiting.
/// </summary>
/// <param name="parts">What sending is made of.</param>
/// <param name="wake">Wakes the owner of a destination; usually a <see cref="IDestinationGrain"/>.</param>
public sealed class DispatchClerk(OutboundParts parts, Func<string, Task> wake) : IClerk
{
    private const int RowsPerLook = 1000;
    private const int PlacesPerLook = 1000;

    private static readonly Duration AbandonedInterval = Duration.FromMinutes(1);

    private Instant nextAbandoned = Instant.MinValue;
    private string after = "";
    private bool recovered;

    /// <inheritdoc/>
    public string Name => "outbound";

    /// <summary>What was in flight when the program ended is in doubt, or is tried again later. The first <see cref="WorkAsync"/> does it, if nobody has before.</summary>
    /// <returns>How many messages of ours are in doubt.</returns>
    public async Task<int> RecoverAsync(CancellationToken stop)
    {
        var now = parts.Clock.GetCurrentInstant();
        var doubtful = await parts.Database.WriteAsync(async session =>
        {
            var store = new QueueStore(session);
            // With PostgreSQL another node may be sending them: those come back when their lease is over.
            if (session.Dialect == Dialect.Sqlite)
                await store.ResumeInterruptedAsync(now + parts.Options.Retry.First, stop);
            return await store.DoubtInterruptedAsync(now, stop);
        }, stop);
        recovered = true;
        if (doubtful > 0)
            parts.Log.OutboundInDoubt(doubtful);
        return doubtful;
    }

    /// <summary>Wakes who has something to do.</summary>
    /// <returns>0: whatever is left is found at the next look.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        if (!recovered)
            await RecoverAsync(stop);
        var now = parts.Clock.GetCurrentInstant();
        await ResumeAbandonedAsync(now, stop);
        if (parts.Active >= parts.Options.DestinationsMax)
            return 0;

        var (due, more) = await parts.Database.ReadAsync(session => new QueueStore(session).DueLongestAsync(now, RowsPerLook, stop), stop);
        await WakeAsync(due);
        if (more)
        {
            var (named, next) = await parts.Database.ReadAsync(session => new QueueStore(session).DueByNameAsync(after, now, PlacesPerLook, stop), stop);
            after = next;
            await WakeAsync(named);
        }

        return 0;
    }

    private async Task WakeAsync(IReadOnlyList<string> places)
    {
        // One owner for all that goes to the smarthost.
        var owners = parts.Options.Smarthost is null ? places : places.Select(OwnerOf).Distinct(StringComparer.Ordinal);
        foreach (var owner in owners)
            await wake(owner);
    }

    private string OwnerOf(string place) => parts.Local?.Takes(place) == true ? place : Destination.Smarthost;

    private async Task ResumeAbandonedAsync(Instant now, CancellationToken stop)
    {
        if (now < nextAbandoned)
            return;
        nextAbandoned = now + AbandonedInterval;
        var abandoned = await parts.Database.WriteAsync(
            session => session.Dialect == Dialect.Sqlite ? Task.FromResult(0) : new QueueStore(session).ResumeAbandonedAsync(now, stop), stop);
        if (abandoned > 0)
            parts.Log.OutboundAbandoned(abandoned);
    }
}
