using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Cases;

/// <summary>
/// What checks of postmaster@ mean for cases (C7): a domain that refuses mail, or where nobody answers, opens a case, or is added to it; one that
/// is read, or is not checked any more, ends it.
/// </summary>
public sealed class PostmasterCaseClerk(Database database, CaseBooks books, LiveViews views, IClock clock) : IClerk
{
    /// <summary>XARF v4 type of such cases.</summary>
    public const string CaseType = "vulnerability/misconfiguration";

    private const long Batch = 50;

    // What servers say is theirs to choose; a case keeps so much of it.
    private const int TranscriptLengthMax = 4_000;

    /// <inheritdoc/>
    public string Name => "postmaster-cases";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        // What refuses still is brought up again after as long a time as a closed case stays known: not each day, and not never.
        var again = clock.GetCurrentInstant() - books.Policy.Terms.ReopenWithin.Value;
        var untold = await database.ReadAsync(db => new PostmasterStore(db).UntoldAsync(again, Batch, stop), stop);
        await WorkItems.EachAsync(untold, row => database.WriteAsync(db => TellAsync(db, row, stop), stop));
        return untold.Count;
    }

    private async Task TellAsync(DbSession db, PostmasterRow row, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        if (!await new PostmasterStore(db).ToldAsync(row, now, stop))
            return;

        var (customer, downstream) = views.Directory.AnswerableFor(row.CustomerId);
        var cases = await new CaseStore(db).OpenAboutAsync(CaseKind.Postmaster, row.Domain, stop);
        var own = cases.FirstOrDefault(c => c.Customer == customer && c.Downstream == downstream);
        // Whoever has had the domain before does not answer for it any more.
        var settled = SettledBy(row);
        var left = row.State == PostmasterState.Gone ? settled! : new CaseEvent.PostmasterSettled(IsRead: false, "Somebody else has the domain.");
        foreach (var other in cases.Where(c => c != own))
            await SettleAsync(db, other, left, now, stop);

        if (own is not null && settled is not null)
            await SettleAsync(db, own, settled, now, stop);
        // Told for the second time: an open case knows it.
        if (FoundIn(row) is not { } found || (own is not null && row.CaseToldAt is not null))
            return;
        var opening = new CaseEvent.Opened(customer, downstream, CaseKind.Postmaster, new Resource(ResourceKind.Domain, row.Domain), CaseType);
        var clause = books.Policy.LadderOf(CaseKind.Postmaster).Clause;
        var book = books.Open(db, now);
        var id = await book.TakeOrOpenAsync(own, opening, clause, stop);
        book.Record(id, found, Actor.Policy, clause);
        await book.DecideAsync(id, new CaseFacts(), stop);
        await book.SaveAsync(stop);
    }

    // Each in a book of its own, so that what ends is ended before another begins: there is one open case about a thing.
    private async Task SettleAsync(DbSession db, AbuseCase open, CaseEvent.PostmasterSettled settled, Instant now, CancellationToken stop)
    {
        var book = books.Open(db, now);
        book.Take(open);
        await book.SettleAsync(open.Id, settled, settled.Facts, stop);
        await book.SaveAsync(stop);
    }

    private static CaseEvent.PostmasterUnread? FoundIn(PostmasterRow row) => row.State is PostmasterState.Refuses or PostmasterState.Overdue
        ? new CaseEvent.PostmasterUnread(
            row.State == PostmasterState.Refuses, row.Detail,
            row.Transcript.Length <= TranscriptLengthMax ? row.Transcript : row.Transcript[..TranscriptLengthMax])
        : null;

    private static CaseEvent.PostmasterSettled? SettledBy(PostmasterRow row) => row.State switch
    {
        PostmasterState.Read => new CaseEvent.PostmasterSettled(IsRead: true, row.Detail),
        PostmasterState.NoMail => new CaseEvent.PostmasterSettled(IsRead: false, row.Detail),
        PostmasterState.Gone => new CaseEvent.PostmasterSettled(IsRead: false, "The contract for a mail server, or the domain, has ended."),
        _ => null,
    };
}
