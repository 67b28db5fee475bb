using System.Globalization;

namespace Mailreeve.Policy.Attribution;

/// <summary>
/// Finds who had an address at a time (C2). Pure. What says it, in this order: a translator's ports, then a session of that very address,
/// then an assignment. What the network did comes before what the books say; where they contradict each other, nobody is named.
/// </summary>
public static class WhoRules
{
    /// <summary>The answer.</summary>
    public static WhoAnswer Decide(WhoFacts facts)
    {
        if (facts is { Nat: NatMapping.Mapped mapped, Inside: { } inside })
            return Behind(facts, mapped, Decide(inside));

        var sessions = facts.Sessions.Where(s => s.Session.MayHaveHeldWithin(facts.Window.Start, facts.Window.End)).ToList();
        var isShared = facts.Nat is not null || sessions.Exists(s => s.Session.IsShared);
        if (isShared && facts.Port is null)
            return WithoutPort(facts, sessions);
        if (facts.Port is { } port)
            sessions.RemoveAll(s => !s.Session.HasPort(port));

        if (sessions.Exists(s => s.Chain.Count > 0))
            return BySessions(facts, sessions);
        var answer = ByAssignments(facts);
        if (sessions.Count > 0)
        {
            return answer with
            {
                Grounds = [.. sessions.Select(s => new WhoGround.BySession(s.Session)), .. answer.Grounds],
                Why = $"{WhoWords.Of(sessions[0].Session)}, which is no customer's. {answer.Why}",
            };
        }

        return facts.Nat switch
        {
            NatMapping.OnDemand when answer.Chain.Count == 0 => answer with { Why = $"{facts.Address} gives out port {facts.Port} on demand, and no log says to whom." },
            NatMapping.Nobody when answer.Chain.Count == 0 => answer with { Why = $"{facts.Address} gives port {facts.Port} to nobody." },
            _ => answer,
        };
    }

    /// <summary>The word of a verdict as commands print it: certain, bounded, ambiguous, or none.</summary>
    public static string Word(AttributionVerdict verdict) => verdict switch
    {
        AttributionVerdict.Certain => "certain",
        AttributionVerdict.Bounded => "bounded",
        AttributionVerdict.Ambiguous => "ambiguous",
        _ => "none",
    };

    private static WhoAnswer Behind(WhoFacts facts, NatMapping.Mapped mapped, WhoAnswer inside) => inside with
    {
        Grounds = [new WhoGround.ByMapping(facts.Address, mapped), .. inside.Grounds],
        Why = string.Create(CultureInfo.InvariantCulture, $"Ports {mapped.FirstPort}–{mapped.LastPort} of {facts.Address} are {mapped.Inside}'s. {inside.Why}"),
    };

    private static WhoAnswer WithoutPort(WhoFacts facts, List<SessionCandidate> sessions)
    {
        var customers = sessions.Where(s => s.Chain.Count > 0).Select(s => s.Chain[0]).Distinct().ToList();
        // The list of a translator that computes its ports is not complete: those that were logged are only some of them.
        return new WhoAnswer(
            new AttributionVerdict.Ambiguous(facts.Nat is null ? customers : []), [], [],
            $"Several customers share {facts.Address}: which of them it was, only the source port can tell, and there is none.");
    }

    private static WhoAnswer BySessions(WhoFacts facts, List<SessionCandidate> sessions)
    {
        List<WhoGround> grounds = [.. sessions.Select(s => new WhoGround.BySession(s.Session))];
        var words = string.Join("; ", sessions.Take(3).Select(s => WhoWords.Of(s.Session)));
        var customers = sessions.Where(s => s.Chain.Count > 0).Select(s => s.Chain[0]).Distinct().ToList();
        var book = facts.Assignments.FirstOrDefault(a => a.Assignment.HeldWithin(facts.Window.Start, facts.Window.End));
        // An address of its own that the books give to somebody else. A pool around it says nothing about who is in it.
        if (book is not null && sessions.Exists(s => book.Assignment.Prefix?.Length >= s.Session.Prefix.Length && Contradicts(book, s)))
        {
            return new WhoAnswer(
                new AttributionVerdict.Ambiguous([.. customers.Append(book.Assignment.Customer).Distinct()]), [],
                [.. grounds, new WhoGround.ByAssignment(book.Assignment)],
                $"{words}; but assignment {book.Assignment.Id} gives {book.Assignment.Prefix} to customer {book.Assignment.Customer}.");
        }

        // One that is nobody's may have been anybody.
        var common = sessions.TrueForAll(s => s.Chain.Count > 0)
            ? sessions[0].Chain.FirstOrDefault(customer => sessions.TrueForAll(s => s.Chain.Contains(customer)))
            : default;
        if (common == default)
            return new WhoAnswer(new AttributionVerdict.Ambiguous(customers), [], grounds, $"Within the time in question: {words}.");

        var theirs = sessions.Where(s => s.Chain[0] == common).Select(s => s.Session).ToList();
        var holder = theirs.Count == 0 ? new Holder(common) : new Holder(common, Session: theirs[0].Id);
        var chain = sessions.First(s => s.Chain.Contains(common)).Chain.SkipWhile(c => c != common).ToList();
        var isCertain = customers.Count == 1 && theirs.Exists(s => s.HeldAt(facts.Window.Start)) && theirs.Exists(s => s.HeldAt(facts.Window.End));
        return new WhoAnswer(
            isCertain ? new AttributionVerdict.Certain(holder) : new AttributionVerdict.Bounded(holder), chain, grounds, $"{words}.");
    }

    private static bool Contradicts(Candidate book, SessionCandidate session) =>
        session.Chain.Count > 0 && !session.Chain.Contains(book.Assignment.Customer) && !book.Chain.Contains(session.Chain[0]);

    private static WhoAnswer ByAssignments(WhoFacts facts)
    {
        var verdict = AttributionRules.DecideAssignment(facts.Assignments, facts.Window, facts.IsOurs);
        var held = facts.Assignments.Where(a => a.Assignment.HeldWithin(facts.Window.Start, facts.Window.End)).ToList();
        var holder = verdict switch
        {
            AttributionVerdict.Certain v => v.Holder,
            AttributionVerdict.Bounded v => v.Holder,
            _ => null,
        };
        var chain = holder is null ? [] : held.First(a => a.Chain.Contains(holder.Customer)).Chain.SkipWhile(c => c != holder.Customer).ToList();
        var port = facts.Port is { } p ? string.Create(CultureInfo.InvariantCulture, $", port {p}") : "";
        var why = verdict switch
        {
            AttributionVerdict.Ambiguous { Customers.Count: var count } => $"{facts.Address} was of {count} customers within the time in question.",
            AttributionVerdict.Unassigned => $"{facts.Address} is ours, but was assigned to no customer at that time.",
            _ => $"Address {facts.Address}{port}",
        };
        return new WhoAnswer(verdict, chain, [.. held.Select(a => new WhoGround.ByAssignment(a.Assignment))], why);
    }
}
