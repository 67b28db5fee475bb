namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>LIST in its old and its extended form, and LSUB.</summary>
internal static class ListCommands
{
    // list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP "RETURN" SP list-return-opts] (RFC 5258 §6)
    public static ImapCommand? List(ref ImapReader reader, string tag)
    {
        var extended = false;
        var selection = ListSelection.None;
        if (reader.SpaceThenList())
        {
            extended = true;
            if (!TryReadSelection(ref reader, out selection))
                return null;
        }

        if (!reader.Space() || !reader.Mailbox(out var reference) || !reader.Space())
            return null;
        extended |= reader.IsNext((byte)'(');
        if (!TryReadPatterns(ref reader, out var patterns))
            return null;

        var list = new ImapCommand.List(tag, reference, patterns, selection, ListReturn.None, StatusItems.None, extended);
        if (reader.TrySpaceAndWord("RETURN"u8) && !TryReadReturn(ref reader, ref list))
            return null;
        return reader.End() ? list : null;
    }

    // lsub = "LSUB" SP mailbox SP list-mailbox
    public static ImapCommand? Lsub(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Mailbox(out var reference) || !reader.Space() || !reader.ListMailbox(out var pattern))
            return null;
        return reader.End() ? new ImapCommand.Lsub(tag, reference, pattern) : null;
    }

    // list-select-opts = "(" [list-select-opt *(SP list-select-opt)] ")"
    private static bool TryReadSelection(ref ImapReader reader, out ListSelection selection)
    {
        selection = ListSelection.None;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        reader.Open();
        for (var items = 0; !reader.TryClose(); items++)
        {
            if (!reader.NextItem(items, reader.Limits.ListItemsMax))
                return false;
            var option = room[..reader.Word(room)] switch
            {
                "SUBSCRIBED" => ListSelection.Subscribed,
                "REMOTE" => ListSelection.Remote,
                "RECURSIVEMATCH" => ListSelection.RecursiveMatch,
                "SPECIAL-USE" => ListSelection.SpecialUse,
                _ => ListSelection.None,
            };
            if (option == ListSelection.None)
                return reader.Fail("Unknown selection option");
            selection |= option;
        }

        // It makes children matter to a selection that has to be there (RFC 5258 §3.1).
        return (selection & ~ListSelection.Remote) != ListSelection.RecursiveMatch || reader.Fail("RECURSIVEMATCH needs another selection option");
    }

    // mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")"
    private static bool TryReadPatterns(ref ImapReader reader, out ImapList<string> patterns)
    {
        patterns = [];
        string pattern;
        if (!reader.TryTake((byte)'('))
        {
            if (!reader.ListMailbox(out pattern))
                return false;
            patterns = [pattern];
            return true;
        }

        var several = new List<string>();
        while (!reader.TryClose())
        {
            if (!reader.NextItem(several.Count, reader.Limits.ListItemsMax) || !reader.ListMailbox(out pattern))
                return false;
            several.Add(pattern);
        }

        patterns = [.. several];
        return several.Count > 0 || reader.Fail("Pattern missing");
    }

    // "(" [return-option *(SP return-option)] ")"; "STATUS" SP "(" status-att *(SP status-att) ")" (RFC 5819 §4)
    private static bool TryReadReturn(ref ImapReader reader, ref ImapCommand.List list)
    {
        if (!reader.Space() || !reader.Open())
            return false;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        var options = ListReturn.None;
        var status = StatusItems.None;
        for (var items = 0; !reader.TryClose(); items++)
        {
            if (!reader.NextItem(items, reader.Limits.ListItemsMax))
                return false;
            var option = room[..reader.Word(room)] switch
            {
                "SUBSCRIBED" => ListReturn.Subscribed,
                "CHILDREN" => ListReturn.Children,
                "SPECIAL-USE" => ListReturn.SpecialUse,
                "STATUS" => ListReturn.Status,
                _ => ListReturn.None,
            };
            if (option == ListReturn.None)
                return reader.Fail("Unknown return option");
            if (option == ListReturn.Status && (!reader.Space() || !MailboxCommands.TryReadStatusItems(ref reader, out status)))
                return false;
            options |= option;
        }

        list = list with { Return = options, StatusItems = status, Extended = true };
        return true;
    }
}
