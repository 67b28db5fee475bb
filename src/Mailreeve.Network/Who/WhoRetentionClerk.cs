using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Who;

/// <summary>
/// Forgets sessions, leases and port blocks that ended long ago, with what was ordered because of them; and who asked long ago. Each batch is
/// a transaction of its own, so others write in between, and whatever stops it loses nothing: the rest is there the next time. By a clock that
/// is suddenly far ahead nothing is forgotten.
/// </summary>
/// <param name="database">Where.</param>
/// <param name="kept">How long each is kept.</param>
/// <param name="watch">Says whether the clock is believed.</param>
/// <param name="clock">The time.</param>
public sealed class WhoRetentionClerk(Database database, WhoRetention kept, ClockWatch watch, IClock clock) : IClerk
{
    /// <summary>Rows of each kind that are deleted in one transaction.</summary>
    public const long Batch = 500;

    /// <inheritdoc/>
    public string Name => "who-retention";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (!await watch.TrustsAsync(now, stop))
            return 0;
        var (sessions, questions) = await database.ReadAsync(
            async db => (
                await new SessionStore(db).AnyEndedBeforeAsync(now - kept.Sessions, stop), await new WhoQuestionStore(db).AnyBeforeAsync(now - kept.Questions, stop)),
            stop);
        if (!sessions && !questions)
            return 0;
        return await database.WriteAsync(
            async db => await new SessionStore(db).ForgetAsync(now - kept.Sessions, Batch, stop)
                + await new WhoQuestionStore(db).ForgetAsync(now - kept.Questions, Batch, stop),
            stop);
    }
}
