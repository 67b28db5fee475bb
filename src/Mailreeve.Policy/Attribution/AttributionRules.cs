using System.Globalization;
using Mailreeve.Policy.Cases;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>
/// Finds whose a reported resource was at the time of the event (C2). Pure. What is asked, in this order: our own records of the very
/// message; a signature of ours on it; who had the address then; who has the name, if more than the name speaks for it; where the
/// advertised host led.
/// </summary>
public static class AttributionRules
{
    /// <summary>How long after the event an answer of the DNS still says where a host led then. Names move in days, seldom in hours.</summary>
    public static readonly Duration HostStaysFor = Duration.FromHours(48);

    /// <summary>The verdict.</summary>
    public static Attributed Decide(AttributionFacts facts)
    {
        var doubts = new List<string>();
        if (ByLog(facts.Message?.Logged, doubts) is { } logged)
            return logged;
        if (BySignature(facts.Message?.Signed, facts.Window, doubts) is { } signed)
            return signed;

        Attributed? best = null;
        foreach (var resource in facts.Resources)
        {
            var found = ByResource(resource, facts.Window);
            if (found.Holder is not null)
                return With(found, doubts);
            // The first that is ours says what is wrong with the report.
            if (best is null or { Verdict: AttributionVerdict.NotOurs })
                best = found;
        }

        var sender = BySender(facts.Message?.Sender, facts.Window);
        if (sender?.Holder is not null)
            return With(sender, doubts);
        if (best is { Verdict: not AttributionVerdict.NotOurs })
            return With(best, doubts);
        // Our own id on somebody else's mail: a person should see it.
        if (facts.Message?.Logged is { } claimed)
            return With(new Attributed(new AttributionVerdict.Ambiguous([claimed.Customer]), AttributionBasis.None, claimed.Resource, ""), doubts);
        return With(sender ?? best ?? new Attributed(new AttributionVerdict.NotOurs(), AttributionBasis.None, null, "It names nothing that could be ours."), doubts);
    }

    /// <summary>When something happened, given how well the report says so.</summary>
    /// <param name="occurredAt">The reported time; null when there is none that can be used.</param>
    /// <param name="doubt">How far off it may be, either way.</param>
    /// <param name="receivedAt">When the report arrived: nothing happened after that.</param>
    public static Interval WindowOf(Instant? occurredAt, Duration doubt, Instant receivedAt)
    {
        // A report without a usable time, or with one from the future, speaks of the days before it arrived.
        if (occurredAt is not { } at || at - doubt > receivedAt)
            return new Interval(receivedAt - Duration.FromDays(7), receivedAt);
        return new Interval(at - doubt, Instant.Max(at - doubt, Instant.Min(at + doubt, receivedAt)));
    }

    /// <summary>Whose something was, by its assignments alone.</summary>
    /// <param name="candidates">Every assignment that ever covered it, most specific first.</param>
    /// <param name="window">When it was.</param>
    /// <param name="isOurs">Whether it lies in our networks or domains.</param>
    public static AttributionVerdict DecideAssignment(IReadOnlyList<Candidate> candidates, Interval window, bool isOurs)
    {
        var held = candidates.Where(c => c.Assignment.HeldWithin(window.Start, window.End)).ToList();
        if (held.Count == 0)
            return isOurs ? new AttributionVerdict.Unassigned() : new AttributionVerdict.NotOurs();

        var first = held[0];
        if (first.Assignment.HeldAt(window.Start) && first.Assignment.HeldAt(window.End))
        {
            // An address that several share at once: which of them it was, only a port can tell.
            var sharing = held.Where(c => SameExtent(c, first) && !first.Chain.Contains(c.Assignment.Customer) && !c.Chain.Contains(first.Assignment.Customer)).ToList();
            return sharing.Count == 0
                ? new AttributionVerdict.Certain(HolderBy(first.Assignment))
                : new AttributionVerdict.Ambiguous([first.Assignment.Customer, .. sharing.Select(c => c.Assignment.Customer).Distinct()]);
        }

        // Within the window it changed hands, or began or ended. Whoever is in all chains answers for it in any case.
        var common = first.Chain.FirstOrDefault(customer => held.TrueForAll(c => c.Chain.Contains(customer)));
        if (common == default)
            return new AttributionVerdict.Ambiguous([.. held.Select(c => c.Assignment.Customer).Distinct()]);
        var theirs = held.Find(c => c.Assignment.Customer == common);
        return new AttributionVerdict.Bounded(theirs is null ? new Holder(common) : HolderBy(theirs.Assignment));
    }

    private static Holder HolderBy(Accounts.Assignment assignment) => new(assignment.Customer, assignment.Id == 0 ? null : assignment.Id);

    private static bool SameExtent(Candidate a, Candidate b) =>
        a.Assignment.Prefix == b.Assignment.Prefix && string.Equals(a.Assignment.Domain, b.Assignment.Domain, StringComparison.OrdinalIgnoreCase);

    private static Attributed? ByLog(LoggedMessage? logged, List<string> doubts)
    {
        if (logged is null)
            return null;
        var holder = new Holder(logged.Customer, Submission: logged.Submission);
        var what = logged.Basis == AttributionBasis.Traced ? "our trace in the message" : "our id in the message";
        var message = string.Create(CultureInfo.InvariantCulture, $"message {logged.Submission} of the submission log");
        switch (logged.Match)
        {
            case LogMatch.Proven or LogMatch.Altered:
                var text = logged.Match == LogMatch.Proven ? "with the text that was handed in" : "with its text cut or changed on the way";
                return Named(new AttributionVerdict.Certain(holder), $"By {what} it is {message}, {text}.");
            case LogMatch.Fits:
                return Named(new AttributionVerdict.Bounded(holder), $"By {what} it is {message}; sender and time agree, and the text is not shown.");
            default:
                doubts.Add($"It bears the id of {message}, but is not what was handed in: it was altered, or put together.");
                return null;
        }

        Attributed Named(AttributionVerdict verdict, string why) =>
            new(verdict, logged.Basis, logged.Resource, why) { Match = logged.Match, SentAt = logged.At };
    }

    private static Attributed? BySignature(SignedMessage? signed, Interval window, List<string> doubts)
    {
        if (signed is null)
            return null;
        var at = signed.SignedAt is { } t ? new Interval(t, t) : window;
        var verdict = DecideAssignment(signed.Candidates, at, isOurs: true);
        var key = $"Signature of {signed.Resource} with our key {signed.Selector}{(signed.IsRetired ? ", retired since," : "")} verifies: sender and text are as they were signed.";
        if (verdict is AttributionVerdict.Certain or AttributionVerdict.Bounded)
            return new Attributed(verdict, AttributionBasis.Dkim, signed.Resource, key);
        // The provider's own name: it went out here, and the sender must be found another way.
        doubts.Add($"{key} That names no customer.");
        return null;
    }

    private static Attributed ByResource(ResourceFacts facts, Interval window)
    {
        if (facts.IsOurServer)
        {
            return new Attributed(
                new AttributionVerdict.Ambiguous([]), AttributionBasis.None, facts.Resource,
                $"{facts.Resource} is our own mail server: who handed the mail in, only the log, a trace or a signature can tell.");
        }

        if (facts.Who is { } who)
            return ByAddress(facts.Resource, WhoRules.Decide(who));
        // Who has all that was given out of a block answers for it; which of several is meant, it does not say.
        var parts = facts.Parts.Where(p => p.Assignment.HeldWithin(window.Start, window.End)).ToList();
        var theirs = parts.Where(p => parts.TrueForAll(other => other.Chain.Contains(p.Assignment.Customer))).ToList();
        if (parts.Count > 0 && theirs.Count == 0)
        {
            var customers = parts.Select(p => p.Assignment.Customer).Distinct().ToList();
            return new Attributed(
                new AttributionVerdict.Ambiguous(customers), AttributionBasis.None, facts.Resource, $"The reported block holds addresses of {customers.Count} customers.");
        }

        var verdict = DecideAssignment(theirs.Count > 0 ? theirs : facts.Candidates, window, facts.IsOurs);
        if (verdict is AttributionVerdict.NotOurs && facts.Host is { } host)
            return ByHost(facts, host, window);
        var isNamed = verdict is AttributionVerdict.Certain or AttributionVerdict.Bounded;
        var basis = !isNamed ? AttributionBasis.None : facts.Resource.Kind == ResourceKind.Address ? AttributionBasis.Address : AttributionBasis.Url;
        return verdict switch
        {
            AttributionVerdict.Ambiguous { Customers.Count: var count } =>
                new Attributed(verdict, basis, facts.Resource, $"{facts.Resource} was of {count} customers within the time in question."),
            AttributionVerdict.Unassigned =>
                new Attributed(verdict, basis, facts.Resource, $"{facts.Resource} is ours, but was assigned to no customer at that time."),
            _ => new Attributed(verdict, basis, facts.Resource, $"{facts.Resource.Kind} {facts.Resource}"),
        };
    }

    private static Attributed ByAddress(Resource address, WhoAnswer answer)
    {
        var isNamed = answer.Verdict is AttributionVerdict.Certain or AttributionVerdict.Bounded;
        return new Attributed(answer.Verdict, isNamed ? AttributionBasis.Address : AttributionBasis.None, address, answer.Why);
    }

    // Then and now, by what the DNS said: an answer on either side of the event, or one not long after it.
    private static Attributed ByHost(ResourceFacts facts, HostFacts host, Interval window)
    {
        var name = facts.Resource;
        if (host.AskedAt is not { } askedAt)
            return new Attributed(new AttributionVerdict.NotOurs(), AttributionBasis.None, name, $"{name} is not ours, and the DNS did not say where it leads.");

        var now = host.Answers.Where(a => a.LastAt >= askedAt).ToList();
        var then = host.Answers.Where(a => a.FirstAt <= window.End && window.Start <= a.LastAt).ToList();
        var isWitnessed = then.Count > 0 && then.TrueForAll(a => a.FirstAt <= window.Start && window.End <= a.LastAt);
        var movedThen = false;
        if (then.Count == 0)
        {
            var (before, after) = Around(host.Answers, window);
            movedThen = before.Count > 0 && after.Count > 0 && !before.Exists(b => after.Exists(a => a.Address == b.Address));
            then = before.Count == 0 || movedThen ? [.. before, .. after] : before;
        }

        var verdicts = then.ConvertAll(a => (Answer: a, Verdict: DecideAssignment(a.Candidates, window, a.IsOurs)));
        var ours = verdicts.Where(v => v.Verdict is not AttributionVerdict.NotOurs).ToList();
        if (ours.Count == 0 || (movedThen && ours.Count < verdicts.Count))
            return Unknown(name, now, window);
        var hasMoved = !now.Exists(n => ours.Exists(o => o.Answer.Address == n.Address));
        var led = $"{name} led to {string.Join(", ", then.Select(a => a.Address))}{(hasMoved ? "; it has moved since" : "")}.";
        var holders = ours.Select(o => HolderOf(o.Verdict)).Distinct().ToList();
        if (holders is not [{ } holder])
        {
            return ours is [{ Verdict: AttributionVerdict.Unassigned }]
                ? new Attributed(new AttributionVerdict.Unassigned(), AttributionBasis.None, name, $"{led} That is ours, but was assigned to no customer at that time.")
                : new Attributed(new AttributionVerdict.Ambiguous([.. holders.OfType<Holder>().Select(h => h.Customer).Distinct()]), AttributionBasis.None, name, $"{led} That names no one customer.");
        }

        // Some of its addresses elsewhere, or a guess from a later answer: bounded.
        var isCertain = isWitnessed && !hasMoved && ours.Count == verdicts.Count && ours.TrueForAll(o => o.Verdict is AttributionVerdict.Certain);
        var at = new Resource(ResourceKind.Address, ours[0].Answer.Address.ToString());
        return new Attributed(
            isCertain ? new AttributionVerdict.Certain(holder) : new AttributionVerdict.Bounded(holder), AttributionBasis.UrlAddress, at, led);
    }

    // The last answer before and the first one after, each only when it is not too far off.
    private static (List<HostAddress> Before, List<HostAddress> After) Around(IReadOnlyList<HostAddress> answers, Interval window)
    {
        var before = answers.Where(a => a.LastAt < window.Start && window.Start - a.LastAt <= HostStaysFor).ToList();
        var after = answers.Where(a => a.FirstAt > window.End && a.FirstAt - window.End <= HostStaysFor).ToList();
        return ([.. before.Where(a => a.LastAt == before.Max(b => b.LastAt))], [.. after.Where(a => a.FirstAt == after.Min(b => b.FirstAt))]);
    }

    // Elsewhere then, as far as we know; but what is here now is a site that somebody advertised.
    private static Attributed Unknown(Resource name, List<HostAddress> now, Interval window)
    {
        var here = now.Where(a => a.IsOurs).ToList();
        if (here.Count == 0)
            return new Attributed(new AttributionVerdict.NotOurs(), AttributionBasis.None, name, $"{name} leads to nothing of ours.");
        var customers = here.Select(a => HolderOf(DecideAssignment(a.Candidates, new Interval(a.LastAt, a.LastAt), isOurs: true))?.Customer).OfType<CustomerId>();
        return new Attributed(
            new AttributionVerdict.Ambiguous([.. customers.Distinct()]), AttributionBasis.None, name,
            $"{name} leads to {here[0].Address} now; where it led at {Text(window.Start)} is not known, or was elsewhere.");
    }

    private static Holder? HolderOf(AttributionVerdict verdict) => verdict switch
    {
        AttributionVerdict.Certain v => v.Holder,
        AttributionVerdict.Bounded v => v.Holder,
        _ => null,
    };

    // Never the name alone: whoever forges a sender writes one that exists.
    private static Attributed? BySender(SenderFacts? sender, Interval window)
    {
        if (sender is null)
            return null;
        var verdict = DecideAssignment(sender.Candidates, window, isOurs: false);
        if (HolderOf(verdict) is { } holder && sender.IsBorneOut)
        {
            return new Attributed(
                new AttributionVerdict.Bounded(holder), AttributionBasis.Name, sender.Resource,
                $"The sender is {sender.Resource}, and SPF or DKIM of that domain passed where the reporter received it.");
        }

        return new Attributed(
            new AttributionVerdict.ForgedSender(), AttributionBasis.None, sender.Resource,
            $"Only the sender's name is ours ({sender.Resource}): it came from elsewhere, and neither our log nor SPF nor DKIM bears it out. A forged sender.");
    }

    private static Attributed With(Attributed found, List<string> doubts) =>
        doubts.Count == 0 ? found : found with { Why = string.Join(' ', doubts.Append(found.Why)).TrimEnd() };

    private static string Text(Instant at) => NodaTime.Text.InstantPattern.General.Format(at);
}
