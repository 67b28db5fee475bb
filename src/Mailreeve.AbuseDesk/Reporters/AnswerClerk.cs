using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Rdap;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>
/// The worker of the hand-over table <c>answer</c>: what is owed to one mailbox goes out in one mail, and the next not before the time of
/// <see cref="AnswerRules.Between"/> has passed.
/// </summary>
public sealed class AnswerClerk(Database database, AnswerWriter writer, RegistryContacts registries, IClock clock) : IClerk
{
    private const long RecipientsAtOnce = 50;
    private const long AnswersInOneMail = 1000;
    private const int LookupsForOneMail = 5;

    /// <inheritdoc/>
    public string Name => "answers";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var due = await database.ReadAsync(db => new AnswerStore(db).OwedAsync(now, RecipientsAtOnce, stop), stop);
        await WorkItems.EachAsync(due, recipient => AnswerAsync(recipient, now, stop));
        return due.Count;
    }

    private async Task AnswerAsync(OwedRecipient to, Instant now, CancellationToken stop)
    {
        if (AnswerRules.NextAt(now, to.LastWrittenAt) is var next && next > now)
        {
            await database.WriteAsync(db => new AnswerStore(db).PutOffAsync(to.Recipient, next, stop), stop);
            return;
        }

        var owed = await database.ReadAsync(db => new AnswerStore(db).OwedToAsync(to.Recipient, AnswersInOneMail, stop), stop);
        if (owed.Count == 0)
            return;
        // Before the transaction: a registry may take its time.
        var contacts = new Dictionary<long, RdapNetwork>();
        foreach (var answer in owed.Where(o => o is { Kind: AnswerKind.NotOurs, Address: not null }).Take(LookupsForOneMail))
            if (await registries.FindAsync(answer.Address!.Value, stop) is { } network)
                contacts[answer.Id] = network;
        await database.WriteAsync(db => HandOverAsync(db, to.Recipient, owed, contacts, now, stop), stop);
    }

    private async Task HandOverAsync(
        DbSession db, string recipient, IReadOnlyList<OwedAnswer> owed, Dictionary<long, RdapNetwork> contacts, Instant now, CancellationToken stop)
    {
        var outbound = await db.NextIdsAsync("outbound", 1, stop);
        if (!await new AnswerStore(db).TryWrittenAsync([.. owed.Select(o => o.Id)], outbound, now, stop))
            throw new StaleRowException("Another has answered this reporter meanwhile.");
        await new OutboundStore(db).AddAsync([writer.Write(recipient, owed, contacts, outbound, now)], stop);
    }
}
