using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Accounts.Import;

/// <summary>Compares an accounts file with what is stored. Pure.</summary>
/// <remarks>
/// Of a customer that the file names, the file is the whole truth: what it leaves out has ended. Customers that it does not name
/// stay as they are, so that a file with one customer does not close all others; a customer is closed by its <c>state</c>.
/// </remarks>
internal sealed class ImportPlanner
{
    private readonly string fileName;
    private readonly StoredAccounts stored;
    private readonly Instant now;
    private readonly List<PolicyProblem> problems;
    private readonly List<(CustomerEntry Entry, CustomerPlan Plan)> plans = [];
    private readonly Dictionary<string, CustomerFact> byNumber;
    private readonly ILookup<string, CustomerFact> byName;
    private readonly Dictionary<CustomerId, string> numberOf;

    // All assignments as they will be; those of the file have ids below zero, which lead to their place.
    private readonly List<Assignment> result = [];
    private readonly List<AssignmentEntry> places = [];

    private ImportPlanner(string fileName, AccountsReading file, StoredAccounts stored, Instant now)
    {
        this.fileName = fileName;
        this.stored = stored;
        this.now = now;
        problems = [.. file.Problems];
        byNumber = stored.Customers.ToDictionary(c => c.RegNumber);
        byName = stored.Customers.ToLookup(c => c.Name);
        numberOf = stored.Customers.ToDictionary(c => c.Id, c => c.RegNumber);
    }

    /// <summary>The plan.</summary>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="file">What the file says.</param>
    /// <param name="stored">What is stored.</param>
    /// <param name="ours">What is the provider's own.</param>
    /// <param name="now">When it is done.</param>
    public static ImportPlan Plan(
        string fileName, AccountsReading file, StoredAccounts stored, ProviderResources ours, Instant now)
    {
        var planner = new ImportPlanner(fileName, file, stored, now);
        planner.FindCustomers(file.Customers);
        planner.CheckRings();
        planner.CheckSourceClasses(ours.SourceClasses);
        planner.ComparePossessions();
        planner.CheckLogins();
        planner.CheckAssignments(ours.Networks);
        planner.CompareMail(ours.Domains);
        return new ImportPlan
        {
            Problems = [.. planner.problems.Distinct().OrderBy(p => p.Line).ThenBy(p => p.Column).ThenBy(p => p.Key, StringComparer.Ordinal)],
            Customers = [.. planner.plans.Select(p => p.Plan).Where(p => p.Changes.Count > 0)],
        };
    }

    // Which customer is meant, before upstreams: a file may name a customer before its upstream.
    private void FindCustomers(IReadOnlyList<CustomerEntry> entries)
    {
        var known = new List<(CustomerEntry Entry, CustomerFact? Stored, CustomerId Id)>();
        var entryOf = new Dictionary<CustomerId, CustomerEntry>();
        foreach (var entry in entries)
        {
            var customer = Find(entry);
            var id = customer?.Id ?? new CustomerId(-1 - known.Count);
            if (entryOf.TryAdd(id, entry))
                known.Add((entry, customer, id));
            else
                Problem(entry.At, entry.Key, $"This is {customer!.RegNumber}, as is the customer in line {entryOf[id].At.Line}.", "Keep one of the two.");
        }

        var idOf = stored.Customers.ToDictionary(c => c.RegNumber, c => c.Id);
        foreach (var (entry, _, id) in known.Where(k => k.Entry.RegNumber is not null))
        {
            idOf[entry.RegNumber!.Value.ToString()] = id;
            numberOf[id] = entry.RegNumber!.Value.ToString();
        }

        foreach (var (entry, customer, id) in known)
            plans.Add((entry, PlanFor(entry, customer, id, idOf)));
    }

    private CustomerFact? Find(CustomerEntry entry)
    {
        if (entry.RegNumber is { } number)
            return byNumber.GetValueOrDefault(number.ToString());

        var named = byName[entry.Name].ToList();
        if (named.Count < 2)
            return named.FirstOrDefault();
        Problem(
            entry.At, $"{entry.Key}.name", $"There are {named.Count} customers of the name '{entry.Name}'.",
            $"Give the reg-number; it is one of {string.Join(", ", named.Select(c => c.RegNumber))}.");
        return null;
    }

    private CustomerPlan PlanFor(CustomerEntry entry, CustomerFact? customer, CustomerId id, Dictionary<string, CustomerId> idOf)
    {
        CustomerId? upstream = null;
        if (entry.Upstream is { } number)
        {
            if (idOf.TryGetValue(number.ToString(), out var found))
                upstream = found;
            else
                Problem(entry.UpstreamAt, $"{entry.Key}.upstream", $"There is no customer {number}.", "Add it to this file, or correct the number.");
        }

        var fact = new CustomerFact
        {
            Id = id,
            RegNumber = customer?.RegNumber ?? entry.RegNumber?.ToString() ?? "",
            Name = entry.Name,
            Upstream = upstream,
            State = entry.State ?? customer?.State ?? CustomerState.Active,
            TimeZone = entry.TimeZone,
            SourceClass = entry.SourceClass,
        };
        var plan = new CustomerPlan { Customer = fact, Stored = customer };
        if (customer is null)
            plan.Changes.Add(new ImportChange('+', $"customer, {FieldsOf(fact)}"));
        else if (fact != customer)
            plan.Changes.AddRange(FieldChanges(customer, fact));
        return plan;
    }

    private void CheckRings()
    {
        var entryOf = plans.ToDictionary(p => p.Plan.Customer.Id, p => p.Entry);
        foreach (var ring in DownstreamTree.Of(AllCustomers()).Rings())
        {
            // What is stored has no ring, so that one of its customers at least is in the file.
            var entry = ring.Select(c => entryOf.GetValueOrDefault(c)).OfType<CustomerEntry>().OrderBy(e => e.At.Line).FirstOrDefault();
            // A customer that names its own number was told so when the file was read.
            if (entry is null || (ring.Count == 1 && entry.RegNumber is not null))
                continue;
            var names = string.Join(", ", ring.Select(NameOf));
            Problem(entry.UpstreamAt, $"{entry.Key}.upstream", $"These are each other's upstream: {names}.", "Remove one of the upstreams.");
        }
    }

    private void CheckSourceClasses(IReadOnlyList<string> classes)
    {
        foreach (var (entry, _) in plans)
        {
            if (entry.SourceClass is { } written && !classes.Contains(written))
            {
                Problem(
                    entry.SourceClassAt, $"{entry.Key}.source-class", $"No mail is sent from addresses of a class '{written}'.",
                    classes.Count == 0 ? "Add [[outbound.source]] to the configuration, or leave the key out." : $"The configuration has {string.Join(", ", classes)}.");
            }
        }
    }

    // A login leads to one customer. Within the file that is known already.
    private void CheckLogins()
    {
        var put = plans.SelectMany(p => p.Plan.PutServices).Select(s => (s.Customer, s.Name)).ToHashSet();
        var others = stored.Services
            .Where(s => s.Login is not null && s.State != ServiceState.Ended && !put.Contains((s.Customer, s.Name)))
            .ToDictionary(s => s.Login!, StringComparer.Ordinal);
        foreach (var (entry, plan) in plans)
        {
            foreach (var service in plan.PutServices.Where(s => s.Login is not null && s.State != ServiceState.Ended && others.ContainsKey(s.Login)))
            {
                var other = others[service.Login!];
                // Both of one customer are in the file, and were reported when it was read.
                if (other.Customer == service.Customer)
                    continue;
                Problem(
                    entry.At, $"{entry.Key}.services", $"'{service.Login}' is already the login of {numberOf[other.Customer]}'s service {other.Name}.",
                    "A login names one customer: end that service first, or correct the login.");
            }
        }
    }

    private void ComparePossessions()
    {
        var contacts = stored.Contacts.ToLookup(c => c.Customer);
        var services = stored.Services.ToLookup(s => s.Customer);
        var assignments = stored.Assignments.ToLookup(a => a.Customer);
        foreach (var (entry, plan) in plans)
        {
            var id = plan.Customer.Id;
            ContactComparison.Compare(plan, entry.Contacts, [.. contacts[id].OrderBy(c => c.Position).ThenBy(c => c.Id)]);
            ServiceComparison.Compare(plan, entry.Services, [.. services[id]]);
            var comparison = new AssignmentComparison(plan, [.. services[id]], [.. assignments[id]], now);
            comparison.Compare(entry.Assignments);
            foreach (var (where, assignment) in comparison.Result)
            {
                result.Add(where is null ? assignment : assignment with { Id = -1 - places.Count });
                if (where is not null)
                    places.Add(where);
                if (where is not null && assignment.ValidTo <= assignment.ValidFrom)
                    Problem(where.At, $"{where.Key}.to", "It ends before it begins.", "Write a later time, or leave the key out.");
            }
        }
    }

    private void CompareMail(IReadOnlyList<string> domains)
    {
        var comparison = new MailboxComparison(stored.Mail, domains, Problem);
        foreach (var (entry, plan) in plans)
            comparison.Compare(plan, entry);
    }

    private void CheckAssignments(IReadOnlyList<Prefix> networks)
    {
        var inFile = plans.Select(p => p.Plan.Customer.Id).ToHashSet();
        var all = result.Concat(stored.Assignments.Where(a => !inFile.Contains(a.Customer))).ToList();
        foreach (var conflict in AssignmentRules.Conflicts(all, DownstreamTree.Of(AllCustomers()), networks, now))
        {
            switch (conflict)
            {
                case AssignmentConflict.SameForBoth(var first, var second):
                    Conflict(second, first, "is also", "End one of the two, or make one customer the other's upstream.");
                    break;
                case AssignmentConflict.Inside(var outer, var inner):
                    Conflict(inner, outer, "lies in", "End one of the two, or make the outer customer the inner one's upstream.");
                    break;
                case AssignmentConflict.Twice(var first, var second):
                    Conflict(second, first, "overlaps in time with", "Make one of the two.");
                    break;
                case AssignmentConflict.NotOurs(var assignment) when EntryOf(assignment) is { } entry:
                    Problem(
                        entry.At, entry.Key, $"{ResourceOf(assignment)} is not in the provider's networks.",
                        $"These are {string.Join(", ", networks)}.");
                    break;
                default:
                    break;
            }
        }
    }

    // What is stored already on both sides is no mistake of this file.
    private void Conflict(Assignment one, Assignment other, string relation, string remedy)
    {
        if (EntryOf(one) is { } entry)
            Problem(entry.At, entry.Key, $"{SideOf(one)} {relation} {SideOf(other)}.", remedy);
        else if (EntryOf(other) is { } otherEntry)
            Problem(otherEntry.At, otherEntry.Key, $"{SideOf(one)} {relation} {SideOf(other)}.", remedy);
    }

    private string SideOf(Assignment assignment)
    {
        var where = EntryOf(assignment) is { } entry ? $"line {entry.At.Line}" : "stored";
        var time = assignment.ValidTo is { } to ? $"{assignment.ValidFrom} to {to}" : $"from {assignment.ValidFrom}";
        return $"{ResourceOf(assignment)} of {NameOf(assignment.Customer)} ({where}, {time})";
    }

    private AssignmentEntry? EntryOf(Assignment assignment) => assignment.Id < 0 ? places[(int)(-1 - assignment.Id)] : null;

    private IEnumerable<CustomerFact> AllCustomers()
    {
        var inFile = plans.Select(p => p.Plan.Customer.Id).ToHashSet();
        return plans.Select(p => p.Plan.Customer).Concat(stored.Customers.Where(c => !inFile.Contains(c.Id)));
    }

    private string NameOf(CustomerId id) =>
        plans.Find(p => p.Plan.Customer.Id == id).Plan?.Title
        ?? (stored.Customers.FirstOrDefault(c => c.Id == id) is { } customer ? $"{customer.RegNumber} {customer.Name}" : $"{id}");

    private void Problem(Place at, string key, string message, string remedy) =>
        problems.Add(new PolicyProblem(fileName, at.Line, at.Column, key, message, remedy));

    private static string ResourceOf(Assignment assignment) => assignment.Domain ?? $"{assignment.Prefix}";

    private string FieldsOf(CustomerFact fact) =>
        fact.Upstream is { } up ? $"{fact.TimeZone}, downstream of {NumberOf(up)}" : fact.TimeZone;

    private IEnumerable<ImportChange> FieldChanges(CustomerFact old, CustomerFact fact)
    {
        if (old.Name != fact.Name)
            yield return new ImportChange('~', $"name: {old.Name} -> {fact.Name}");
        if (old.TimeZone != fact.TimeZone)
            yield return new ImportChange('~', $"time-zone: {old.TimeZone} -> {fact.TimeZone}");
        if (old.State != fact.State)
            yield return new ImportChange('~', $"state: {old.State} -> {fact.State}");
        if (old.Upstream != fact.Upstream)
            yield return new ImportChange('~', $"upstream: {NumberOf(old.Upstream)} -> {NumberOf(fact.Upstream)}");
        if (old.SourceClass != fact.SourceClass)
            yield return new ImportChange('~', $"source-class: {old.SourceClass ?? "none"} -> {fact.SourceClass ?? "none"}");
    }

    private string NumberOf(CustomerId? id) =>
        id is { } known ? numberOf.GetValueOrDefault(known, $"{id}") : "none";
}
