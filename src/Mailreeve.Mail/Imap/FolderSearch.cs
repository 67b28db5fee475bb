using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap;

/// <summary>A message that was found.</summary>
/// <param name="Index">Where it stands in what the client was told.</param>
/// <param name="Message">The message as it is now.</param>
internal readonly record struct Found(int Index, StoredMessage Message)
{
    /// <summary>Its sequence number, or its UID.</summary>
    public uint Number(bool byUid) => byUid ? Message.Uid : (uint)Index + 1;
}

/// <summary>Searches the selected folder (RFC 3501 §6.4.4).</summary>
internal static class FolderSearch
{
    // So much is searched in some ten milliseconds; then others on the same thread get their turn.
    private const long OctetsPerTurn = 4 << 20;

    /// <summary>The messages that are found, by sequence number. Only those that the client knows of, and that are still there.</summary>
    /// <param name="session">Whose folder.</param>
    /// <param name="folder">The folder as it is now.</param>
    /// <param name="key">What is searched for.</param>
    public static async ValueTask<List<Found>> RunAsync(ImapSession session, FolderView folder, SearchKey key)
    {
        var selected = session.Selected!;
        var (listed, costly) = SearchPlan.Split(key, selected, session.Parts.Clock.GetCurrentInstant());
        using var subject = new SearchSubject(selected, session.Parts.Segments);
        var found = AmongListed(selected, folder, listed, subject);
        if (costly.Cost == SearchCost.Listed || found.Count == 0)
            return found;

        await SummaryLoad.LoadAsync(session, folder, found[0].Message.Uid, found[^1].Message.Uid);
        return await AmongAsync(found, costly, subject, session);
    }

    /// <summary>The messages that are found, each with its summary; one that cannot be read is not among them.</summary>
    public static async ValueTask<List<Found>> RunWithSummariesAsync(ImapSession session, FolderView folder, SearchKey key)
    {
        var found = await RunAsync(session, folder, key);
        if (found.Count == 0)
            return found;
        await SummaryLoad.LoadAsync(session, folder, found[0].Message.Uid, found[^1].Message.Uid);
        found.RemoveAll(f => f.Message.Body.Summary is null);
        return found;
    }

    private static List<Found> AmongListed(SelectedFolder selected, FolderView folder, SearchPlan plan, SearchSubject subject)
    {
        var found = new List<Found>();
        var newest = new Newest(selected.Told, folder.Messages);
        for (var index = 0; index < selected.Told.Count; index++)
        {
            if (newest.Find(index) is not { } message)
                continue;
            subject.LookAt(index, message);
            if (plan.IsMet(subject))
                found.Add(new(index, message));
        }

        return found;
    }

    // In the order in which they lie on disk, which is mostly that of their UIDs.
    private static async ValueTask<List<Found>> AmongAsync(List<Found> candidates, SearchPlan plan, SearchSubject subject, ImapSession session)
    {
        candidates.Sort(static (a, b) => (a.Message.Body.Place.Segment, a.Message.Body.Place.Offset).CompareTo((b.Message.Body.Place.Segment, b.Message.Body.Place.Offset)));
        var found = new List<Found>();
        var turn = OctetsPerTurn;
        foreach (var candidate in candidates)
        {
            if (IsMet(candidate, plan, subject, session))
                found.Add(candidate);
            if (subject.OctetsRead < turn)
                continue;
            turn = subject.OctetsRead + OctetsPerTurn;
            await Task.Yield();
        }

        found.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return found;
    }

    // A message that cannot be read is not found; that is no reason to find none of the others.
    private static bool IsMet(Found candidate, SearchPlan plan, SearchSubject subject, ImapSession session)
    {
        try
        {
            subject.LookAt(candidate.Index, candidate.Message);
            return candidate.Message.Body.Summary is not null && plan.IsMet(subject);
        }
        catch (IOException e)
        {
            session.Log.ImapMessageUnreadable(e, session.Id, $"{candidate.Message.Body.Place}");
            return false;
        }
    }
}
