using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.AbuseDesk.Explain;

/// <summary>Tells an operator why a case is what it is: what happened, by whom, under which clause, and what that rests on.</summary>
/// <remarks>Reporters are named by number only: what is printed may be copied into a letter to the customer.</remarks>
public static class CaseExplanation
{
    private static readonly InstantPattern Utc = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    /// <summary>The explanation, line by line.</summary>
    /// <param name="database">Where the case is.</param>
    /// <param name="policy">The policy in force, for the titles of clauses.</param>
    /// <param name="id">The case.</param>
    /// <param name="stop">Stops the reading.</param>
    /// <returns>Lines without line ends, safe for a terminal; empty when there is no such case.</returns>
    public static async Task<IReadOnlyList<string>> LinesAsync(Database database, AbusePolicy policy, CaseId id, CancellationToken stop)
    {
        if (await database.ReadAsync(db => ReadAsync(db, id, stop), stop) is not { } grounds)
            return [];

        var lines = new List<string>(Heading(policy, grounds));
        var open = new AbuseCase { Id = id };
        var several = grounds.File.Events.Select(e => e.PolicyRevision).Distinct().Count() > 1;
        foreach (var row in grounds.File.Events)
        {
            var happened = row.Happened;
            var (said, because) = EventWords.Of(happened, row, open, grounds);
            var revision = several ? $" (revision {row.PolicyRevision})" : "";
            lines.Add("");
            lines.Add($"{row.Seq}. {At(row.At)}, {row.Actor}{ClauseOf(policy, row.Clause)}{revision}");
            lines.Add($"   {said}");
            lines.AddRange(because.Select(b => $"   - {b}"));
            open = open.Apply(happened, row.At);
        }

        return [.. lines.Select(OnOneLine)];
    }

    /// <summary>A moment as it stands in the explanation.</summary>
    internal static string At(Instant at) => Utc.Format(at);

    private static async Task<CaseGrounds?> ReadAsync(DbSession db, CaseId id, CancellationToken stop)
    {
        if (await new DeskStore(db).FileAsync(id, stop) is not { } file)
            return null;
        // The pages show the first observations only; an explanation leaves none out.
        file = file with { Observations = await new EventStore(db).OfCaseAsync(id, long.MaxValue, stop) };
        var customers = new CustomerStore(db);
        var contacts = await customers.ContactsAsync([.. file.Notices.Select(n => n.ContactId).OfType<long>().Distinct()], stop);
        var assignments = await customers.AssignmentsAsync([.. file.Observations.Select(o => o.AssignmentId).OfType<long>().Distinct()], stop);
        var sessions = await new SessionStore(db).FindAsync([.. file.Observations.Select(o => o.SessionId).OfType<long>().Distinct()], stop);
        return new CaseGrounds
        {
            File = file,
            Campaigns = await CampaignWords.OfCaseAsync(db, file, stop),
            Customer = await customers.FindAsync(file.Case.Customer, stop),
            Downstream = file.Case.Downstream is { } downstream ? await customers.FindAsync(downstream, stop) : null,
            Contacts = contacts.ToDictionary(c => c.Id),
            Assignments = assignments.ToDictionary(a => a.Id),
            Sessions = sessions.ToDictionary(s => s.Id),
        };
    }

    private static IEnumerable<string> Heading(AbusePolicy policy, CaseGrounds grounds)
    {
        var open = grounds.File.Case;
        yield return $"Case {open.Id}: {EnumText.Of(open.Kind)} ({open.Type}), {EnumText.Of(open.Resource.Kind)} {open.Resource}";
        yield return $"Customer: {CaseGrounds.NameOf(grounds.Customer, open.Customer)}";
        if (open.Downstream is { } downstream)
            yield return $"Whose customer has it: {CaseGrounds.NameOf(grounds.Downstream, downstream)}";
        yield return $"State: {StateOf(open)}";
        yield return string.Create(
            CultureInfo.InvariantCulture, $"Complaints: {open.Complaints} from {open.Reporters} reporter(s); answers of the customer: {open.Answers}{(open.Unvouched > 0 ? $"; {open.Unvouched} that nobody vouches for" : "")}");
        foreach (var line in grounds.Campaigns)
            yield return line;
        var used = string.Join(", ", grounds.File.Events.Select(e => e.PolicyRevision).Distinct());
        yield return used == policy.Revision
            ? $"Policy: revision {used}"
            : $"Policy: revision {used}; in force now is {policy.Revision}, and the titles of clauses are from that one";
    }

    private static string StateOf(AbuseCase open) => open.Phase switch
    {
        CasePhase.Notifying when open.IsDoubtful => "open; a person must look first, so the customer was not told, and no clock runs",
        CasePhase.Notifying when open.UndeliverableStep is not null => "open; no contact could be reached, so no clock runs",
        CasePhase.Notifying => "open; the notice was not accepted yet, so no clock runs",
        CasePhase.AwaitingAnswer when open.OverdueHandledRound >= open.Round => $"open; the time to answer ended at {At(open.Due!.Value)}",
        CasePhase.AwaitingAnswer => $"open; the customer has until {At(open.Due!.Value)}",
        CasePhase.InReview => "open; an answer waits for an operator, and no clock runs",
        CasePhase.Resolving => "open; the answer was accepted",
        _ => $"closed, {EnumText.Of(open.Disposition!.Value)}",
    };

    private static string ClauseOf(AbusePolicy policy, ClauseId? id) => id switch
    {
        null => "",
        { } clause when policy.Clauses.FirstOrDefault(c => c.Id == clause) is { } known => $", {clause} {known.Title}",
        { } clause => $", {clause}",
    };

    // Much of it was written by strangers: no line end and no control sequence of theirs reaches the terminal.
    private static string OnOneLine(string line) =>
        line.Any(IsControl) ? string.Concat(line.Select(c => IsControl(c) ? ' ' : c)) : line;

    private static bool IsControl(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

/// <summary>What the explanation of a case is made from.</summary>
internal sealed record CaseGrounds
{
    public required CaseFile File { get; init; }

    /// <summary>What is to be said about its mailings.</summary>
    public required IReadOnlyList<string> Campaigns { get; init; }

    public required CustomerFact? Customer { get; init; }

    public required CustomerFact? Downstream { get; init; }

    /// <summary>Contacts that notices went to.</summary>
    public required IReadOnlyDictionary<long, Contact> Contacts { get; init; }

    /// <summary>Assignments by which observations were attributed.</summary>
    public required IReadOnlyDictionary<long, Assignment> Assignments { get; init; }

    /// <summary>Sessions by which observations were attributed.</summary>
    public required IReadOnlyDictionary<long, AddressSession> Sessions { get; init; }

    /// <summary>A customer as an operator knows it.</summary>
    public static string NameOf(CustomerFact? customer, CustomerId id) =>
        customer is null ? $"customer #{id}" : $"{customer.RegNumber} {customer.Name}";

    /// <summary>The customer, if it is one of the case.</summary>
    public string NameOf(CustomerId id) => NameOf(id == Customer?.Id ? Customer : id == Downstream?.Id ? Downstream : null, id);
}
