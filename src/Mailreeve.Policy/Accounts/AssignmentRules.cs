using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Accounts;

/// <summary>Which assignments may stand beside each other, so that each complaint finds exactly one customer who answers for it (C2).</summary>
public static class AssignmentRules
{
    /// <summary>Everything that is wrong.</summary>
    /// <param name="assignments">All there are, of all customers; also those that have ended.</param>
    /// <param name="tree">Who is whose customer.</param>
    /// <param name="networks">The provider's own networks; empty when they are not known, then nothing is said about them.</param>
    /// <param name="now">What ended before may lie in a network that the provider has given back.</param>
    /// <returns>Each pair once, in the order of addresses, then of domains.</returns>
    public static IReadOnlyList<AssignmentConflict> Conflicts(
        IReadOnlyList<Assignment> assignments, DownstreamTree tree, IReadOnlyList<Prefix> networks, Instant now)
    {
        var conflicts = new List<AssignmentConflict>();
        foreach (var (outer, inner) in NestedPrefixes(assignments).Concat(NestedDomains(assignments)))
        {
            if (Judge(outer, inner, tree) is { } conflict)
                conflicts.Add(conflict);
        }

        if (networks.Count > 0)
        {
            conflicts.AddRange(assignments
                .Where(a => a.Prefix is { } p && (a.ValidTo is null || a.ValidTo > now) && !networks.Any(n => n.Contains(p)))
                .Select(a => new AssignmentConflict.NotOurs(a)));
        }

        return conflicts;
    }

    private static AssignmentConflict? Judge(Assignment outer, Assignment inner, DownstreamTree tree)
    {
        if (!OverlapInTime(outer, inner))
            return null;

        var same = outer.Prefix == inner.Prefix && outer.Domain == inner.Domain;
        if (outer.Customer == inner.Customer)
            return same ? new AssignmentConflict.Twice(outer, inner) : null;
        // A customer may pass on what it has, whole or in part; nobody holds a part of what is passed on to someone below them.
        var passedOn = tree.IsDownstreamOf(inner.Customer, outer.Customer)
            || (same && tree.IsDownstreamOf(outer.Customer, inner.Customer));
        if (passedOn)
            return null;
        return same ? new AssignmentConflict.SameForBoth(outer, inner) : new AssignmentConflict.Inside(outer, inner);
    }

    private static bool OverlapInTime(Assignment a, Assignment b) =>
        (b.ValidTo is null || a.ValidFrom < b.ValidTo) && (a.ValidTo is null || b.ValidFrom < a.ValidTo);

    // CIDR prefixes nest or are apart. In order of address, with the larger one first, those around a prefix are on a stack.
    private static IEnumerable<(Assignment Outer, Assignment Inner)> NestedPrefixes(IReadOnlyList<Assignment> assignments)
    {
        var around = new Stack<Assignment>();
        foreach (var inner in assignments.Where(a => a.Prefix is not null)
                     .OrderBy(a => a.Prefix!.Value.First).ThenBy(a => a.Prefix!.Value.Length).ThenBy(a => a.Id))
        {
            while (around.Count > 0 && !around.Peek().Prefix!.Value.Contains(inner.Prefix!.Value))
                around.Pop();
            foreach (var outer in around)
                yield return (outer, inner);
            around.Push(inner);
        }
    }

    private static IEnumerable<(Assignment Outer, Assignment Inner)> NestedDomains(IReadOnlyList<Assignment> assignments)
    {
        var byDomain = assignments.Where(a => a.Domain is not null).ToLookup(a => a.Domain!, StringComparer.OrdinalIgnoreCase);
        foreach (var inner in assignments.Where(a => a.Domain is not null).OrderBy(a => a.Domain, StringComparer.Ordinal).ThenBy(a => a.Id))
        {
            foreach (var twin in byDomain[inner.Domain!].Where(t => t.Id < inner.Id))
                yield return (twin, inner);
            for (var dot = inner.Domain!.IndexOf('.'); dot >= 0; dot = inner.Domain.IndexOf('.', dot + 1))
            {
                foreach (var outer in byDomain[inner.Domain[(dot + 1)..]])
                    yield return (outer, inner);
            }
        }
    }
}

/// <summary>Why an assignment cannot stand.</summary>
public abstract record AssignmentConflict
{
    private AssignmentConflict()
    {
    }

    /// <summary>Two customers, neither of them the other's customer, have the same at the same time.</summary>
    public sealed record SameForBoth(Assignment First, Assignment Second) : AssignmentConflict;

    /// <summary>One customer has a part of what another one has, without being its customer.</summary>
    public sealed record Inside(Assignment Outer, Assignment Inner) : AssignmentConflict;

    /// <summary>The same customer has the same twice at the same time.</summary>
    public sealed record Twice(Assignment First, Assignment Second) : AssignmentConflict;

    /// <summary>It is not in the provider's networks.</summary>
    public sealed record NotOurs(Assignment Assignment) : AssignmentConflict;
}
