using Mailreeve.Network;
using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Web.Desk;

/// <summary>What an operator has filled in to have something blocked, as it was written.</summary>
public sealed record BlockForm
{
    private const int TextLengthMax = 2000;

    /// <summary>An address, a prefix, a registration number, a name, or a mailbox.</summary>
    public required string Target { get; init; }

    /// <summary>With a registration number: one service of that customer; empty for all that they have.</summary>
    public required string Service { get; init; }

    /// <summary>What kind of traffic.</summary>
    public required string Scope { get; init; }

    /// <summary>The list of others that it is kept in; empty for none.</summary>
    public required string List { get; init; }

    /// <summary>The clause.</summary>
    public required string Clause { get; init; }

    /// <summary>Why, as the blocked party may read it.</summary>
    public required string Reason { get; init; }

    /// <summary>How long.</summary>
    public required string For { get; init; }

    /// <summary>The fields with their names, as a page hides them.</summary>
    public IEnumerable<(string Name, string Value)> Fields =>
        [("target", Target), ("service", Service), ("scope", Scope), ("list", List), ("clause", Clause), ("reason", Reason), ("for", For)];

    /// <summary>What was sent, with the usual where nothing was.</summary>
    /// <param name="field">A field by its name; null or empty when it was not sent.</param>
    public static BlockForm Of(Func<string, string?> field)
    {
        return new BlockForm
        {
            Target = Given("target", ""),
            Service = Given("service", ""),
            Scope = Given("scope", EnumText.Of(BlockScope.All)),
            List = Given("list", ""),
            Clause = Given("clause", "C4"),
            Reason = Given("reason", ""),
            For = Given("for", DurationText.Print(BlockDesk.ExpiryDefault)),
        };

        string Given(string name, string usual) =>
            field(name)?.Trim().ReplaceLineEndings("\n") is not { Length: > 0 } text ? usual : text.Length <= TextLengthMax ? text : text[..TextLengthMax];
    }

    /// <summary>Reads it.</summary>
    /// <param name="directory">Has the customers.</param>
    /// <param name="problems">Takes what is wrong, by field.</param>
    /// <returns>Null when something is wrong.</returns>
    internal BlockWish? Read(Directory directory, Dictionary<string, string> problems)
    {
        if (!EnumText.TryParse<BlockScope>(Scope, out var scope))
            problems["scope"] = "Choose what is stopped.";
        if (!DurationText.TryParse(For, out var time))
            problems["for"] = "Write it like \"48 h\" or \"7 d\".";
        if (List.Length > 0 && List != ThirdPartyList.Own)
            problems["list"] = "Choose where it is kept.";

        var clause = new ClauseId(Clause);
        BlockWish? wish = null;
        if (Prefix.TryParse(Target, out var prefix))
            wish = new BlockWish.Addresses(new BlockOrder(prefix, scope, clause, Reason, time, List.Length > 0 ? List : null));
        else if (RegNumber.TryParse(Target, out var number, out _))
            wish = directory.Customers.FirstOrDefault(c => c.RegNumber == number.ToString()) is not { } customer ? null
                : Service.Length > 0 ? new BlockWish.Suspension(customer, Service, clause, Reason, time)
                : new BlockWish.Customer(customer, new CustomerBlockOrder(customer.Id, scope, clause, Reason, time));
        else if (Target.Contains('@', StringComparison.Ordinal))
            wish = new BlockWish.Suspension(null, Target, clause, Reason, time);
        else if (BlockedName.TryRead(Target, out var name))
            wish = new BlockWish.Name(new NameBlockOrder(name, clause, Reason, time));
        if (wish is null)
            problems["target"] = "Write an address or a prefix (192.0.2.7, 2001:db8::/64), the registration number of a customer (104-2237-2), a name (shop.example), or a mailbox (info@shop.example).";
        else if (wish is not BlockWish.Addresses && List.Length > 0)
            problems["list"] = "Only addresses and prefixes of others are kept there.";
        if (Service.Length > 0 && wish is not BlockWish.Suspension { Whose: not null })
            problems["service"] = "Write the registration number of its customer above.";
        if (wish is BlockWish.Suspension && scope != BlockScope.All)
            problems["scope"] = "A mailbox or a service is suspended as a whole.";
        return problems.Count == 0 ? wish : null;
    }
}

/// <summary>What an operator wants blocked.</summary>
internal abstract record BlockWish
{
    private BlockWish()
    {
    }

    /// <summary>An address or a prefix.</summary>
    public sealed record Addresses(BlockOrder Order) : BlockWish;

    /// <summary>All that a customer has.</summary>
    public sealed record Customer(CustomerFact Whose, CustomerBlockOrder Order) : BlockWish;

    /// <summary>A name and everything below it.</summary>
    public sealed record Name(NameBlockOrder Order) : BlockWish;

    /// <summary>A mailbox, or a service of a customer.</summary>
    /// <param name="Whose">Whose service; null for a mailbox.</param>
    /// <param name="Text">The address of the mailbox, or the service as a person writes it.</param>
    /// <param name="Clause">The clause it rests on.</param>
    /// <param name="Reason">Why, as the customer may read it.</param>
    /// <param name="For">How long.</param>
    public sealed record Suspension(CustomerFact? Whose, string Text, ClauseId Clause, string Reason, Duration For) : BlockWish;

    /// <summary>What that is, as it stands above the plan.</summary>
    public string Words => this switch
    {
        Addresses a => BlockWords.Of(a.Order.Scope, [a.Order.Prefix]),
        Customer c => $"{(c.Order.Scope == BlockScope.Port25 ? "port 25 (mail between servers)" : "all traffic")} to and from all that {c.Whose.Name} ({c.Whose.RegNumber}) has, as that changes",
        Name n => $"{n.Order.Name} and everything below it, at the resolvers that have the zone of blocked names",
        Suspension { Whose: { } whose } s => $"service {s.Text} of {whose.Name} ({whose.RegNumber})",
        Suspension s => $"mailbox {s.Text}",
        _ => "",
    };
}
