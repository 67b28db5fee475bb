using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Desk;

/// <summary>Lifts blocks, whether a case placed them or a person did.</summary>
public sealed class BlockLifting(Database database, CaseDesk desk, IClock clock)
{
    /// <summary>What must be typed to lift every block, so that nobody does it by mistake.</summary>
    public const string WordsForAll = "lift everything";

    private const long Batch = 1000;

    /// <summary>Whether that was typed; case and blanks around it do not matter.</summary>
    public static bool AreWordsForAll(string? typed) => WordsForAll.Equals(typed?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Lifts one.</summary>
    /// <param name="id">Which.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="reason">Why; the customer reads it.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<DeskResult> LiftAsync(BlockId id, Actor by, string reason, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return new DeskResult.Refused("Say why it is lifted. The customer reads it.");
        var block = await database.ReadAsync(db => new BlockStore(db).FindAsync(id, stop), stop);
        // The clerk that follows what the customer has would place it again at once.
        if (block?.CustomerBlockId is { } whole)
            return await LiftWholeAsync(whole, by, reason, stop);
        if (block?.CaseId is { } caseId)
            return await desk.LiftAsync(caseId, id, by, reason, stop);
        if (block is null && await database.ReadAsync(db => new ServiceBlockStore(db).FindAsync(id, stop), stop) is { } suspension)
            return await LiftAsync(suspension, by, reason, stop);
        return block is not null
            && await database.WriteAsync(db => new BlockStore(db).LiftAsync(id, by, reason.Trim(), clock.GetCurrentInstant(), stop), stop)
            ? new DeskResult.Done()
            : new DeskResult.Refused("That block is not in force.");
    }

    /// <summary>Lifts every block of a mailbox, those of cases too.</summary>
    /// <param name="address">An address of it.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="reason">Why; the customer reads it.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<DeskResult> LiftMailboxAsync(string address, Actor by, string reason, CancellationToken stop)
    {
        var blocks = await database.ReadAsync(
            async db => await new MailboxStore(db).FindByAddressAsync(address.Trim(), stop) is { } mailbox
                ? await new ServiceBlockStore(db).InForceOfAsync(mailbox.Id, stop)
                : [], stop);
        if (blocks.Count == 0)
            return new DeskResult.Refused($"{address.Trim()} is not blocked.");
        foreach (var block in blocks)
        {
            if (await LiftAsync(block.Id, by, reason, stop) is DeskResult.Refused refused)
                return refused;
        }

        return new DeskResult.Done();
    }

    /// <summary>Lifts the block of a name.</summary>
    public async Task<DeskResult> LiftNameAsync(string name, Actor by, string reason, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return new DeskResult.Refused("Say why it is lifted.");
        return await database.WriteAsync(db => new NameBlockStore(db).LiftAsync(name, by, reason.Trim(), clock.GetCurrentInstant(), stop), stop)
            ? new DeskResult.Done()
            : new DeskResult.Refused($"{name} is not blocked.");
    }

    /// <summary>Lifts a block of all that a customer has, with everything that is blocked because of it.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="reason">Why; the customer reads it.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<DeskResult> LiftWholeAsync(long id, Actor by, string reason, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return new DeskResult.Refused("Say why it is lifted. The customer reads it.");
        return await database.WriteAsync(db => new CustomerBlockStore(db).LiftAsync(id, by, reason.Trim(), clock.GetCurrentInstant(), stop), stop)
            ? new DeskResult.Done()
            : new DeskResult.Refused("That block is not in force.");
    }

    /// <summary>Lifts every block that is in force, those of names, mailboxes and services too.</summary>
    /// <returns>How many, and the first reason why one was not; null when all were.</returns>
    public async Task<(long Lifted, string? Problem)> LiftAllAsync(Actor by, string reason, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
            return (0, "Say why they are lifted. Customers read it.");
        long lifted = await database.WriteAsync(db => new NameBlockStore(db).LiftAllAsync(by, reason.Trim(), clock.GetCurrentInstant(), stop), stop);
        string? problem = null;
        foreach (var whole in await database.ReadAsync(db => new CustomerBlockStore(db).InForceAsync(stop), stop))
        {
            if (await LiftWholeAsync(whole.Id, by, reason, stop) is DeskResult.Refused refused)
                problem ??= refused.Why;
            else
                lifted++;
        }

        foreach (var suspension in await database.ReadAsync(db => new ServiceBlockStore(db).InForceAsync(stop), stop))
        {
            if (await LiftAsync(suspension, by, reason, stop) is DeskResult.Refused refused)
                problem ??= refused.Why;
            else
                lifted++;
        }

        // One that cannot be lifted comes again, so a round that lifts none is the last.
        for (var before = -1L; before < lifted;)
        {
            before = lifted;
            var some = await database.ReadAsync(db => new BlockStore(db).ListInForceAsync(Batch, stop), stop);
            // Lists of others are long: what belongs to no case, and to no block of all that a customer has, goes in one commit.
            var alone = some.Where(IsAlone).Select(b => b.Id).ToList();
            lifted += await database.WriteAsync(db => new BlockStore(db).LiftAsync(alone, by, reason.Trim(), clock.GetCurrentInstant(), stop), stop);
            foreach (var block in some.Where(b => !IsAlone(b)))
            {
                if (await LiftAsync(block.Id, by, reason, stop) is DeskResult.Refused refused)
                    problem ??= refused.Why;
                else
                    lifted++;
            }
        }

        return (lifted, problem);

        static bool IsAlone(BlockRow block) => block.CaseId is null && block.CustomerBlockId is null;
    }

    private async Task<DeskResult> LiftAsync(ServiceBlockRow block, Actor by, string reason, CancellationToken stop)
    {
        if (block.CaseId is { } caseId)
            return await desk.LiftAsync(caseId, block.Id, by, reason, stop);
        return await database.WriteAsync(db => new ServiceBlockStore(db).LiftAsync(block.Id, by, reason.Trim(), clock.GetCurrentInstant(), stop), stop)
            ? new DeskResult.Done()
            : new DeskResult.Refused("That block is not in force.");
    }
}
