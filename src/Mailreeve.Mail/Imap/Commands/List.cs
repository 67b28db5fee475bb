using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>LIST: which folders there are (RFC 3501 §6.3.8, RFC 5258), with their figures perhaps (RFC 5819).</summary>
/// <remarks>Children, subscription and special use are told whether or not they were asked for: it costs nothing, and saves who did not ask a question.</remarks>
internal static class List
{
    // Clients send one or two; each is compared with each folder.
    private const int PatternsMax = 32;

    private static readonly ImapReply Done = ImapReply.Ok("That is all");
    private static readonly ImapReply TooManyPatterns = ImapReply.No("Too many patterns", ResponseCode.Limit);

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.List command)
    {
        if (!command.Extended && command.Patterns is [""])
        {
            session.Writer.ListDelimiter();
            return Done;
        }

        if (command.Patterns.Count > PatternsMax)
            return TooManyPatterns;
        if (command.Return.HasFlag(ListReturn.Status))
            await Status.EnableAsync(session, command.StatusItems);
        var patterns = command.Patterns.Select(p => new FolderPattern(command.Reference, p)).ToArray();
        var view = await session.ViewAsync();
        var parents = ParentsOf(view.Folders.Values);
        var parentsOfSubscribed = ParentsOf(view.Folders.Values.Where(f => f.Subscribed));
        foreach (var folder in InOrder(view))
        {
            if (!Array.Exists(patterns, p => p.Matches(folder.Name)))
                continue;
            var isParentOfSubscribed = command.Selection.HasFlag(ListSelection.RecursiveMatch) && parentsOfSubscribed.Contains(folder.Name);
            if (!IsSelected(folder, command.Selection) && !isParentOfSubscribed)
                continue;
            session.Writer.List(folder.Name, AttributesOf(folder, parents), folder.Use, isParentOfSubscribed);
            if (command.Return.HasFlag(ListReturn.Status))
                Status.Write(session, folder, command.StatusItems);
            await session.FlushIfMuchAsync();
        }

        return Done;
    }

    /// <summary>The folders as people expect them: INBOX, then the others by name.</summary>
    public static IEnumerable<FolderView> InOrder(MailboxView view) => view.Folders.Values
        .OrderBy(f => f.Name != FolderNames.Inbox).ThenBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>The names above some folders.</summary>
    public static HashSet<string> ParentsOf(IEnumerable<FolderView> folders) => [.. folders.SelectMany(f => FolderNames.Above(f.Name))];

    private static bool IsSelected(FolderView folder, ListSelection selection) =>
        (!selection.HasFlag(ListSelection.Subscribed) || folder.Subscribed)
        && (!selection.HasFlag(ListSelection.SpecialUse) || folder.Use != SpecialUse.None);

    private static ListAttributes AttributesOf(FolderView folder, HashSet<string> parents) =>
        (parents.Contains(folder.Name) ? ListAttributes.HasChildren : ListAttributes.HasNoChildren)
        | (folder.Subscribed ? ListAttributes.Subscribed : ListAttributes.None);
}
