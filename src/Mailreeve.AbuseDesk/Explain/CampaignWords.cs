using System.Globalization;
using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Explain;

/// <summary>What operators are told about the mailings of a case: how often each was complained about, and signs of listwashing.</summary>
public static class CampaignWords
{
    /// <summary>Sentences for operators; empty when there is nothing to say. They name no reporter and no recipient.</summary>
    /// <param name="db">The database.</param>
    /// <param name="file">The case.</param>
    /// <param name="stop">Stops the reading.</param>
    public static async Task<IReadOnlyList<string>> OfCaseAsync(DbSession db, CaseFile file, CancellationToken stop)
    {
        var store = new CampaignStore(db);
        var words = new List<string>();
        foreach (var tally in await store.OfCaseAsync(file.Case.Id, stop))
        {
            words.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Mailing {tally.CampaignId}: {tally.Complaints} complaint(s) from {tally.Reporters} reporter(s) in {tally.Cases} case(s)"));
        }

        words.AddRange(file.Events.Select(e => e.Happened).OfType<CaseEvent.ListwashingSeen>().Select(e => $"Listwashing? {e.Facts}"));
        if (await ByLogAsync(store, file, stop) is { } facts)
            words.Add($"Listwashing? {facts}");
        return words;
    }

    private static async Task<string?> ByLogAsync(CampaignStore store, CaseFile file, CancellationToken stop)
    {
        if (file.Case.AnsweredAt is not { } answered)
            return null;
        var complainers = file.Observations
            .Where(o => o.Complainer is not null && o.SubmissionId is not null && o.SeenFrom < answered)
            .Select(o => Convert.ToHexString(o.Complainer!))
            .ToHashSet();
        if (complainers.Count == 0)
            return null;
        var again = new List<SentAgain>();
        foreach (var sent in await store.SentAgainAsync(file.Case.Id, answered, stop))
        {
            var recipients = await store.RecipientsOfAsync(sent.Id, stop);
            // Rows of mail that has gone out are cleared away after some time; half a list is none.
            long? left = recipients.Count < sent.Recipients ? null : recipients.Count(complainers.Contains);
            again.Add(new SentAgain(sent.At, sent.Recipients, left));
        }

        return ListwashRules.ByLog(answered, complainers.Count, again);
    }
}
