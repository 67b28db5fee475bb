using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Blocks of mailboxes and of services that a person places, without a case (C6).</summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the mailboxes.</param>
/// <param name="policy">The policy in force.</param>
/// <param name="provider">Its role addresses are never blocked.</param>
/// <param name="backEnds">Who suspends services.</param>
/// <param name="clock">The time.</param>
public sealed class SuspensionDesk(Database database, LiveViews views, AbusePolicy policy, Provider provider, SuspensionBackEnds backEnds, IClock clock)
{
    private readonly OwnDomains own = new(provider.Domains);

    /// <summary>The mailbox that an address leads to, or what is wrong as a sentence.</summary>
    public (SuspensionTarget? Target, string? Problem) FindMailbox(string address, OperatorRole role)
    {
        if (Mailbox.ParseOrNull(address.Trim()) is not { } parsed)
            return (null, $"'{address.Trim()}' is no mail address.");
        var entry = views.Mailboxes.Find($"{parsed.LocalPart}@{parsed.Domain}");
        return SuspensionRules.DecideMailbox(role, parsed.LocalPart, parsed.Domain, own, entry?.State) is BlockVerdict.Never never
            ? (null, never.Why)
            : (new SuspensionTarget.OfMailbox(entry!.Id, entry.CustomerId, entry.Address), null);
    }

    /// <summary>The service of a customer that a person means, or what is wrong as a sentence.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="text">As <see cref="SuspensionRules.Find"/> reads it.</param>
    /// <param name="role">What the person is.</param>
    /// <param name="stop">Stops the look.</param>
    public async Task<(SuspensionTarget? Target, string? Problem)> FindServiceAsync(CustomerId customer, string text, OperatorRole role, CancellationToken stop)
    {
        var (service, problem) = SuspensionRules.Find(await database.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(customer, stop), stop), text);
        if (service is null)
            return (null, problem);
        return SuspensionRules.DecideService(role, service) is BlockVerdict.Never never
            ? (null, never.Why)
            : (new SuspensionTarget.OfService(service), null);
    }

    /// <summary>What stands in the way of a block, as a sentence; null when nothing does.</summary>
    public async Task<string?> ProblemOfAsync(SuspensionOrder order, OperatorRole role, CancellationToken stop) =>
        await database.ReadAsync(db => ProblemOfAsync(db, order, role, stop), stop);

    /// <summary>What the block does, and who suspends what it is about.</summary>
    public string EffectOf(SuspensionTarget target) => target switch
    {
        SuspensionTarget.OfMailbox => "Mail to it and from it is refused at once. Its owner still signs in, and reads what is there.",
        SuspensionTarget.OfService { Service: var service } => backEnds.Of(service.Kind, service.Login) switch
        {
            SuspendedBy.Nobody => "Nothing of ours runs it: it stays pending until a person has suspended it by hand and says so on the desk.",
            var by => $"It is suspended by {string.Join(" and ", NamesOf(by))}.",
        },
        _ => throw new System.Diagnostics.UnreachableException($"No effect of {target.GetType().Name}."),
    };

    /// <summary>Blocks a mailbox or a service.</summary>
    /// <returns>What became of it; it never waits for a second person.</returns>
    public async Task<BlockOutcome> PlaceAsync(SuspensionOrder order, OperatorRole role, Actor by, CancellationToken stop) =>
        await database.WriteAsync<BlockOutcome>(async db =>
        {
            if (await ProblemOfAsync(db, order, role, stop) is { } problem)
                return new BlockOutcome.Refused(problem);
            var now = clock.GetCurrentInstant();
            var block = new NewServiceBlock
            {
                Id = new BlockId(await db.NextIdsAsync("block", 1, stop)),
                Target = order.Target,
                Clause = order.Clause,
                PolicyRevision = policy.Revision,
                Reason = order.Reason.Trim(),
                PlacedBy = by,
                StartsAt = now,
                ExpiresAt = now + order.For,
            };
            await new ServiceBlockStore(db).PlaceAsync([block], stop);
            return new BlockOutcome.Placed(block.Id.Value);
        }, stop);

    // Who sends a form twice wants one block. A case's is another matter: it has its own end.
    private async Task<string?> ProblemOfAsync(DbSession db, SuspensionOrder order, OperatorRole role, CancellationToken stop)
    {
        if (!OperatorRules.May(role, DeskAction.PlaceBlocks))
            return "Your role does not place blocks.";
        if (BlockDesk.ProblemOf(policy, order.Clause, order.Reason, order.For) is { } problem)
            return problem;
        var standing = await new ServiceBlockStore(db).InForceOfAsync([order.Target.Customer], long.MaxValue, stop);
        return standing.FirstOrDefault(b => b.CaseId is null && b.IsOf(order.Target)) is { } same
            ? $"The {order.Target} is blocked already: it is block {same.Id.Value}."
            : null;
    }

    private static IEnumerable<string> NamesOf(SuspendedBy by)
    {
        if (by.HasFlag(SuspendedBy.Doors))
            yield return "our mail servers";
        if (by.HasFlag(SuspendedBy.AccessServers))
            yield return "the access servers, which end its sessions";
        if (by.HasFlag(SuspendedBy.Webhooks))
            yield return "the systems that run it, which are told";
    }
}

/// <summary>A mailbox or a service that a person wants suspended.</summary>
/// <param name="Target">What.</param>
/// <param name="Clause">The clause it rests on.</param>
/// <param name="Reason">Why, as the customer may read it.</param>
/// <param name="For">How long.</param>
public sealed record SuspensionOrder(SuspensionTarget Target, ClauseId Clause, string Reason, Duration For);
