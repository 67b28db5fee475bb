using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Files;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;

namespace Mailreeve.Policy.Blocks;

/// <summary>Which mailboxes and services may be suspended by a block, and which one is meant. Pure.</summary>
public static class SuspensionRules
{
    private static readonly BlockVerdict NotTheirs = new BlockVerdict.Never("Your role does not place blocks.");

    /// <summary>Whether this person may block the mailbox that an address leads to.</summary>
    /// <param name="role">What the person is.</param>
    /// <param name="localPart">What stands before the last <c>@</c>.</param>
    /// <param name="domain">What stands behind it.</param>
    /// <param name="ours">The provider's own domains: their role addresses are never blocked, or nobody could complain or ask for help any more.</param>
    /// <param name="mailbox">The state of the mailbox that has the address; null when there is none.</param>
    public static BlockVerdict DecideMailbox(OperatorRole role, string localPart, string domain, OwnDomains ours, MailboxState? mailbox)
    {
        if (!OperatorRules.May(role, DeskAction.PlaceBlocks))
            return NotTheirs;
        if (ours.Contains(domain) && RoleAddresses.Of(localPart) is not null)
            return new BlockVerdict.Never($"{localPart}@{domain} is an address of our own, where everybody turns to. It is never blocked.");
        return mailbox switch
        {
            null => new BlockVerdict.Never($"{localPart}@{domain} is no mailbox of ours."),
            MailboxState.Ended => new BlockVerdict.Never($"The mailbox {localPart}@{domain} has ended."),
            _ => new BlockVerdict.Allowed(),
        };
    }

    /// <summary>Whether this person may block a service.</summary>
    public static BlockVerdict DecideService(OperatorRole role, Service service) =>
        !OperatorRules.May(role, DeskAction.PlaceBlocks) ? NotTheirs
        : service.State == ServiceState.Ended ? new BlockVerdict.Never($"The {ServiceWords.Of(service.Kind, service.Name)} has ended.")
        : new BlockVerdict.Allowed();

    /// <summary>The service that a person means.</summary>
    /// <param name="services">Those of the customer.</param>
    /// <param name="text">Its kind, when there is one of it; or its kind, a stroke, and its name.</param>
    /// <returns>The service, or what is wrong as a sentence.</returns>
    public static (Service? Service, string? Problem) Find(IEnumerable<Service> services, string text)
    {
        var stroke = text.IndexOf('/', StringComparison.Ordinal);
        var (kind, name) = stroke < 0 ? (text.Trim(), null) : (text[..stroke].Trim(), text[(stroke + 1)..].Trim());
        if (Words.Read<ServiceKind>(kind) is not { } wanted)
            return (null, $"'{kind}' is no kind of service. There are {string.Join(", ", Words.Of<ServiceKind>())}.");
        var open = services.Where(s => s.Kind == wanted && s.State != ServiceState.Ended).ToList();
        var meant = name is null ? open : [.. open.Where(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
        return (meant, open) switch
        {
            ([var one], _) => (one, null),
            (_, []) => (null, $"The customer has no service {kind}."),
            _ => (null, $"Which one is meant? The customer has {string.Join(", ", open.Select(s => ServiceWords.Typed(s.Kind, s.Name)))}."),
        };
    }

    /// <summary>What a case is about, where that is certain: a mailbox by its address, a service by its own name, or by what was assigned for it.</summary>
    /// <param name="resource">What the case is about.</param>
    /// <param name="mailbox">The mailbox of the customer, or of one below it, that has the address; null for none.</param>
    /// <param name="services">The services of the customer and of those below it.</param>
    /// <param name="assigned">The service to which the address or domain belongs by its assignment; null when that was not said.</param>
    /// <returns>Null when a person must say which.</returns>
    public static SuspensionTarget? TargetOf(Resource resource, SuspensionTarget.OfMailbox? mailbox, IReadOnlyList<Service> services, long? assigned)
    {
        if (resource.Kind == ResourceKind.Mailbox)
            return mailbox;
        var open = services.Where(s => s.State != ServiceState.Ended).ToList();
        var meant = open.Where(s => s.Id == assigned).ToList();
        if (meant.Count == 0)
            meant = [.. open.Where(s => s.Name.Equals(resource.Name, StringComparison.OrdinalIgnoreCase))];
        return meant is [var one] ? new SuspensionTarget.OfService(one) : null;
    }

    /// <summary>Who can suspend a service.</summary>
    /// <param name="kind">What kind it is.</param>
    /// <param name="hasLogin">Whether the access network knows it by a name.</param>
    /// <param name="isTold">Whether there is a system that runs such services and is told.</param>
    /// <param name="endsSessions">Whether there is an access server whose sessions can be ended.</param>
    public static SuspendedBy BackEndsOf(ServiceKind kind, bool hasLogin, bool isTold, bool endsSessions)
    {
        var by = SuspendedBy.Nobody;
        if (kind == ServiceKind.MailRelay)
            by |= SuspendedBy.Doors;
        if (kind is ServiceKind.NetAccess or ServiceKind.DialUp && hasLogin && endsSessions)
            by |= SuspendedBy.AccessServers;
        if (isTold)
            by |= SuspendedBy.Webhooks;
        return by;
    }
}

/// <summary>Who suspends a service when a block says so.</summary>
[Flags]
public enum SuspendedBy
{
    /// <summary>Nothing of ours runs it: a person does it by hand, and says so.</summary>
    Nobody = 0,

    /// <summary>Our own mail servers.</summary>
    Doors = 1,

    /// <summary>Access servers, which end its sessions.</summary>
    AccessServers = 2,

    /// <summary>Systems that are told.</summary>
    Webhooks = 4,
}
