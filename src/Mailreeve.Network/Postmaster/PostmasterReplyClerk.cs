using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Postmaster;

/// <summary>The worker of the hand-over table <c>postmaster_reply</c>: a person's answer shows that the mail is read; a program's is noted, and shows nothing.</summary>
/// <param name="database">The database.</param>
/// <param name="clock">The time.</param>
public sealed class PostmasterReplyClerk(Database database, IClock clock) : IClerk
{
    private const long Batch = 50;

    private static readonly Duration KeptFor = Duration.FromDays(30);

    /// <inheritdoc/>
    public string Name => "postmaster-replies";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var waiting = await database.ReadAsync(db => new PostmasterReplyStore(db).WaitingAsync(Batch, stop), stop);
        foreach (var reply in waiting)
            await database.WriteAsync(db => TakeAsync(db, reply, stop), stop);
        if (waiting.Count > 0)
            await database.WriteAsync(db => new PostmasterReplyStore(db).ForgetAsync(clock.GetCurrentInstant() - KeptFor, stop), stop);
        return waiting.Count;
    }

    private async Task TakeAsync(DbSession db, PostmasterReplyRow reply, CancellationToken stop)
    {
        var store = new PostmasterStore(db);
        if (!await new PostmasterReplyStore(db).ConcludeAsync(reply.Id, stop)
            || await store.FindByCodeAsync(reply.CodeHash, stop) is not { State: not PostmasterState.Read } row)
            return;
        var after = reply.Mark is { } mark
            ? row with { Detail = $"A program has answered ({PostmasterWords.Of(mark)}); that shows no person." }
            : PostmasterDesk.Answered(row, "A person has answered by mail.", clock.GetCurrentInstant());
        await store.RecordAsync(row, after, stop);
    }
}
