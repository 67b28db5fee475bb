using Mailreeve.Policy.Cases;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>What the customer is shown of the check that found postmaster@ of their domain unread: what was tried, and what their server said.</summary>
internal static class PostmasterEvidence
{
    /// <summary>The text; empty when no check has found it.</summary>
    public static async Task<string> OfCaseAsync(DbSession db, AbuseCase of, CancellationToken stop)
    {
        // The case's own: the domain has been checked again since, or is somebody else's.
        var found = (await new CaseStore(db).EventsAsync(of.Id, stop)).Select(e => e.Happened).OfType<CaseEvent.PostmasterUnread>().LastOrDefault();
        if (found is null)
            return "";
        var text = found.IsRefused
            ? $"This is a check of our own. Mail for postmaster@{of.Resource} is not taken.\n\n{found.Facts}"
            : $"This is a check of our own. Mail for postmaster@{of.Resource} is taken. We wrote to it, and no person has answered.\n\n{found.Facts}";
        return found.Transcript.Length == 0 ? text : $"{text}\n\nWhat was said (\">\" is ours):\n{found.Transcript}";
    }
}
