using System.Collections.Frozen;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage.Live;

/// <summary>Who the customers are and what is theirs, held in memory. A snapshot.</summary>
public sealed class Directory
{
    /// <summary>No customers.</summary>
    public static readonly Directory Empty = new([], []);

    // Longer than any chain that is meant; one that was made into a ring ends here.
    private const int ChainLengthMax = 64;

    private readonly FrozenDictionary<CustomerId, CustomerFact> customers;
    private readonly AddressMap<Assignment> byPrefix;
    private readonly FrozenDictionary<string, Assignment[]> byDomain;
    private readonly ILookup<CustomerId, Assignment> byCustomer;
    private readonly ILookup<CustomerId, CustomerId> downstreams;

    /// <summary>The directory of these customers and assignments.</summary>
    public Directory(IReadOnlyList<CustomerFact> customers, IReadOnlyList<Assignment> assignments)
    {
        this.customers = customers.ToFrozenDictionary(c => c.Id);
        // What a customer has passed on as a whole is its downstream's first: of equal prefixes the deeper one is found first.
        assignments = [.. assignments.OrderByDescending(a => ChainOf(a.Customer).Count)];
        byPrefix = AddressMap<Assignment>.From(assignments.Where(a => a.Prefix is not null).Select(a => (a.Prefix!.Value, a)));
        byDomain = assignments.Where(a => a.Domain is not null)
            .GroupBy(a => a.Domain!, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);
        byCustomer = assignments.ToLookup(a => a.Customer);
        downstreams = customers.Where(c => c.Upstream is not null).ToLookup(c => c.Upstream!.Value, c => c.Id);
    }

    /// <summary>All customers.</summary>
    public IEnumerable<CustomerFact> Customers => customers.Values;

    /// <summary>The active services by which customers' own servers may hand in mail, by customer; a block of one is another matter.</summary>
    public ILookup<CustomerId, long> MailRelays { get; init; } = Array.Empty<Service>().ToLookup(s => s.Customer, s => s.Id);

    /// <summary>The customers whose mail servers may be tested: those with an active service of that kind (C7).</summary>
    public FrozenSet<CustomerId> MailServers { get; init; } = [];

    /// <summary>The services that the access network knows by a name, under that name; none of them has ended.</summary>
    public FrozenDictionary<string, Service> Logins { get; init; } = FrozenDictionary<string, Service>.Empty;

    /// <summary>The customer, or null.</summary>
    public CustomerFact? Find(CustomerId id) => customers.GetValueOrDefault(id);

    /// <summary>Every assignment that ever covered the address, most specific first.</summary>
    public IEnumerable<Assignment> Covering(Address address) => byPrefix.Covering(address);

    /// <summary>Whose the address is at this moment, the most specific assignment; null when it is nobody's.</summary>
    public CustomerId? HolderOf(Address address, Instant now) =>
        byPrefix.TryFind(address, now, static (assignment, now) => assignment.HeldAt(now), out var found) ? found.Customer : null;

    /// <summary>
    /// The state of the first, from the customer up to the provider's direct customer, that is not active: what is taken from one is taken
    /// from those below (C2). Active when all of them are.
    /// </summary>
    public CustomerState StateOf(CustomerId customer)
    {
        var next = Find(customer);
        for (var depth = 0; next is not null && depth < ChainLengthMax; depth++)
        {
            if (next.State != CustomerState.Active)
                return next.State;
            next = next.Upstream is { } up ? Find(up) : null;
        }

        return CustomerState.Active;
    }

    /// <summary>The class that chooses the address from which the customer's mail is sent: its own, or that of the next one up that has one; null for none.</summary>
    public string? SourceClassOf(CustomerId customer)
    {
        var next = Find(customer);
        for (var depth = 0; next is not null && depth < ChainLengthMax; depth++)
        {
            if (next.SourceClass is not null)
                return next.SourceClass;
            next = next.Upstream is { } up ? Find(up) : null;
        }

        return null;
    }

    /// <summary>Every assignment that has an address in the prefix.</summary>
    public IEnumerable<Assignment> Overlapping(Prefix prefix) => byPrefix.Overlapping(prefix);

    /// <summary>Whose addresses of the prefix are at this moment, each once. Of a wider prefix those are among them who have passed theirs on.</summary>
    public IReadOnlyList<CustomerId> HoldersIn(Prefix prefix, Instant now) => prefix.IsSingle
        ? HolderOf(prefix.First, now) is { } holder ? [holder] : []
        : [.. Overlapping(prefix).Where(a => a.HeldAt(now)).Select(a => a.Customer).Distinct()];

    /// <summary>Every assignment that ever was of the domain or of one above it, most specific first.</summary>
    public IEnumerable<Assignment> Owning(string domain)
    {
        for (var name = domain.TrimEnd('.'); name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            foreach (var assignment in byDomain.GetValueOrDefault(name, []))
                yield return assignment;
        }
    }

    /// <summary>A host that led to this address, with whose its name and its address are at this moment.</summary>
    public KnownSite SiteAt(string host, Address address, Instant now) =>
        new(host, Owning(host).Where(a => a.HeldAt(now)).Select(a => (CustomerId?)a.Customer).FirstOrDefault(), HolderOf(address, now));

    /// <summary>What was ever assigned to this customer itself.</summary>
    public IEnumerable<Assignment> AssignmentsOf(CustomerId customer) => byCustomer[customer];

    /// <summary>The customer, its upstream, that one's upstream, … up to the provider's direct customer, which is last (C2).</summary>
    public IReadOnlyList<CustomerFact> ChainOf(CustomerId customer)
    {
        var chain = new List<CustomerFact>();
        for (var next = Find(customer); next is not null && !chain.Contains(next); next = next.Upstream is { } up ? Find(up) : null)
            chain.Add(next);
        return chain;
    }

    /// <summary>The ids of <see cref="ChainOf"/>; the customer alone when it is not known.</summary>
    public IReadOnlyList<CustomerId> ChainIdsOf(CustomerId customer) => ChainOf(customer) is { Count: > 0 } chain ? [.. chain.Select(c => c.Id)] : [customer];

    /// <summary>Who answers for what a customer does: the provider's own customer above it (C2), and the customer itself when that is another.</summary>
    public (CustomerId Customer, CustomerId? Downstream) AnswerableFor(CustomerId customer)
    {
        var direct = ChainIdsOf(customer)[^1];
        return (direct, direct == customer ? null : customer);
    }

    /// <summary>Whose an address is or ever was, most specific first.</summary>
    public IReadOnlyList<Candidate> CandidatesOf(Address address) => [.. Covering(address).Select(CandidateOf)];

    /// <summary>Whose a domain, or one above it, is or ever was, most specific first.</summary>
    public IReadOnlyList<Candidate> CandidatesOf(string domain) => [.. Owning(domain).Select(CandidateOf)];

    /// <summary>What the customer and those below it have at this moment. What others have inside of it is not theirs.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="besides">What they have otherwise than by assignment.</param>
    /// <param name="now">The moment.</param>
    public IReadOnlyList<Prefix> ReachOf(CustomerId customer, IEnumerable<Prefix> besides, Instant now)
    {
        var tree = TreeOf(customer).ToHashSet();
        var own = tree.SelectMany(AssignmentsOf).Where(a => a.HeldAt(now)).Select(a => a.Prefix).OfType<Prefix>().Concat(besides).Distinct().ToList();
        var others = own.Where(p => !p.IsSingle).SelectMany(Overlapping)
            .Where(a => a.HeldAt(now) && !tree.Contains(a.Customer)).Select(a => a.Prefix).OfType<Prefix>().Distinct().ToList();
        return CustomerReach.Of(own, others);
    }

    private Candidate CandidateOf(Assignment assignment) => new(assignment, ChainIdsOf(assignment.Customer));

    /// <summary>The customer and everyone below it.</summary>
    public IReadOnlyList<CustomerId> TreeOf(CustomerId customer)
    {
        var tree = new List<CustomerId> { customer };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(downstreams[tree[i]].Where(d => !tree.Contains(d)));
        return tree;
    }
}
