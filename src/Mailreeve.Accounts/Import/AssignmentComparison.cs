using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using NodaTime;

namespace Mailreeve.Accounts.Import;

/// <summary>Assignments of a file against those that are stored, for one customer.</summary>
internal sealed class AssignmentComparison(
    CustomerPlan plan, IReadOnlyList<Service> services, IReadOnlyList<Assignment> stored, Instant now)
{
    private readonly List<(AssignmentEntry? Entry, Assignment Assignment)> result = [];

    /// <summary>What the customer will have had, with the place in the file for what the file names.</summary>
    public IReadOnlyList<(AssignmentEntry? Entry, Assignment Assignment)> Result => result;

    public void Compare(IReadOnlyList<AssignmentEntry> entries)
    {
        var left = stored.ToList();
        var pairs = entries.ToDictionary(e => e, _ => (Assignment?)null);
        // The very same first; then the one that runs, when the file does not say since when; then a beginning that was corrected.
        Pair(entries, pairs, left, (e, s) => e.From == s.ValidFrom);
        Pair(entries, pairs, left, (e, s) => e.From is null && (s.ValidTo is null || s.ValidTo > now));
        Pair(entries, pairs, left, (e, s) => e.From is { } from && (s.ValidTo is null || from < s.ValidTo) && (e.To is null || s.ValidFrom < e.To));

        foreach (var entry in entries)
            Take(entry, pairs[entry]);
        foreach (var gone in left)
            End(gone);
    }

    private static void Pair(
        IReadOnlyList<AssignmentEntry> entries, Dictionary<AssignmentEntry, Assignment?> pairs, List<Assignment> left,
        Func<AssignmentEntry, Assignment, bool> match)
    {
        foreach (var entry in entries.Where(e => pairs[e] is null))
        {
            if (left.Find(s => s.Prefix == entry.Prefix && s.Domain == entry.Domain && match(entry, s)) is not { } found)
                continue;
            pairs[entry] = found;
            left.Remove(found);
        }
    }

    private void Take(AssignmentEntry entry, Assignment? old)
    {
        var assignment = new Assignment
        {
            Id = 0,
            Customer = plan.Customer.Id,
            Prefix = entry.Prefix,
            Domain = entry.Domain,
            ValidFrom = entry.From ?? old?.ValidFrom ?? now,
            ValidTo = entry.To,
        };
        result.Add((entry, assignment));
        var service = old?.Service is { } id ? services.First(s => s.Id == id).Name : null;
        if (old is null)
        {
            plan.Assign.Add((assignment, entry.Service));
            plan.Changes.Add(new ImportChange('+', Text(assignment, entry.Service)));
        }
        else if (old.ValidFrom != assignment.ValidFrom || old.ValidTo != assignment.ValidTo || service != entry.Service)
        {
            plan.Supersede.Add(old);
            plan.Assign.Add((assignment, entry.Service));
            plan.Changes.Add(new ImportChange('~', $"{Text(old, service)} -> {Text(assignment, entry.Service)}"));
        }
    }

    private void End(Assignment gone)
    {
        // What is over stays: reports about that time are still to come.
        if (gone.ValidTo <= now)
        {
            result.Add((null, gone));
            return;
        }

        var service = gone.Service is { } id ? services.First(s => s.Id == id).Name : null;
        plan.Supersede.Add(gone);
        if (gone.ValidFrom >= now)
        {
            plan.Changes.Add(new ImportChange('-', $"{Text(gone, service)}, cancelled before it began"));
            return;
        }

        var ended = gone with { ValidTo = now };
        result.Add((null, ended));
        plan.Assign.Add((ended, service));
        plan.Changes.Add(new ImportChange('-', $"{Text(gone, service)}, ends now"));
    }

    private static string Text(Assignment assignment, string? service)
    {
        var to = assignment.ValidTo is { } end ? $" to {end}" : "";
        var name = service is null ? "" : $" for {service}";
        return $"assignment {assignment.Domain ?? $"{assignment.Prefix}"} from {assignment.ValidFrom}{to}{name}";
    }
}
