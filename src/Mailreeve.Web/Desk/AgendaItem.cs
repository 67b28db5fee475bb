using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>One thing on the desk that waits for a person.</summary>
public abstract record AgendaItem
{
    private AgendaItem()
    {
    }

    /// <summary>Since when it waits.</summary>
    public required Instant Since { get; init; }

    /// <summary>The case; null for what belongs to none yet.</summary>
    public CaseSummary? Case { get; init; }

    /// <summary>An answer to judge.</summary>
    public sealed record Answer(ResponseRow Response) : AgendaItem;

    /// <summary>A question to decide.</summary>
    public sealed record Question(DecisionRow Decision) : AgendaItem;

    /// <summary>A charge to confirm or void.</summary>
    public sealed record ProposedCharge(ChargeRow Charge) : AgendaItem;

    /// <summary>A report to read.</summary>
    public sealed record UnreadReport(ReportRow Report) : AgendaItem;

    /// <summary>Held mail to look through.</summary>
    public sealed record HeldMail(HoldRow Hold) : AgendaItem;

    /// <summary>A block to agree to, or not.</summary>
    public sealed record WantedBlock(BlockProposalRow Proposal) : AgendaItem;

    /// <summary>A service to suspend by hand, or to bring back.</summary>
    public sealed record ByHand(HandWork Work) : AgendaItem;

    /// <summary>Cases to look at that nobody vouches for.</summary>
    public sealed record Doubtful(long Count) : AgendaItem;

    /// <summary>Why it stands where it stands, in a few words.</summary>
    public string Why => this switch
    {
        Answer when Case?.IsBlocked == true => "The customer has answered and is blocked until you decide",
        Answer => "The customer has answered; no clock runs until you decide",
        Question q when IsUnreached(q) => "The customer could not be reached; no clock runs",
        Question => "The policy does not take this step by itself",
        HeldMail => "Mail of a customer waits until you decide, and what comes after it is put off when there is too much",
        WantedBlock => "It takes two people: one operator wants it, and nothing is blocked until another agrees",
        ByHand { Work.State: EnforcementState.Pending } => "It is blocked, and nothing of ours runs it: until a person has suspended it, it goes on",
        ByHand => "The block is over, and a person had suspended it: until a person brings it back, the customer is without it",
        Doubtful => "Nobody vouches for these complaints; the customers have not heard of them",
        UnreadReport => "The program could not deal with it alone",
        _ => "A charge is owed only when a person confirms it",
    };

    /// <summary>The agenda in the order to work it off: who is cut off, who is unheard, who waits; money last. Within each the oldest first.</summary>
    public static IReadOnlyList<AgendaItem> InOrder(Agenda agenda)
    {
        IEnumerable<AgendaItem> items =
        [
            .. agenda.Responses.Select(r => new Answer(r) { Since = r.At, Case = agenda.Cases.GetValueOrDefault(r.CaseId) }),
            .. agenda.Decisions.Select(d => new Question(d) { Since = d.AskedAt, Case = agenda.Cases.GetValueOrDefault(d.CaseId) }),
            .. agenda.Holds.Select(h => new HeldMail(h) { Since = h.PlacedAt }),
            .. agenda.Proposals.Select(p => new WantedBlock(p) { Since = p.ProposedAt }),
            .. agenda.ByHand.Select(w => new ByHand(w) { Since = w.Since }),
            .. agenda.Reports.Select(r => new UnreadReport(r) { Since = r.ReceivedAt }),
            .. agenda.Doubtful is { Count: > 0, Since: { } since } doubtful ? [new Doubtful(doubtful.Count) { Since = since }] : Array.Empty<AgendaItem>(),
            .. agenda.Charges.Select(c => new ProposedCharge(c) { Since = c.ProposedAt, Case = agenda.Cases.GetValueOrDefault(c.CaseId) }),
        ];
        return [.. items.OrderBy(i => i.Rank).ThenBy(i => i.Since)];
    }

    private int Rank => this switch
    {
        Answer when Case?.IsBlocked == true => 0,
        Question q when IsUnreached(q) => 1,
        HeldMail => 2,
        WantedBlock => 3,
        ByHand => 4,
        Answer => 5,
        Question => 6,
        UnreadReport => 7,
        Doubtful => 8,
        _ => 9,
    };

    private static bool IsUnreached(Question question) => question.Decision.Step.StartsWith("undeliverable#", StringComparison.Ordinal);
}
