namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>Commands about whole mailboxes: SELECT, CREATE, RENAME, STATUS and their like.</summary>
internal static class MailboxCommands
{
    // select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"] (RFC 4466 §2.1)
    // QRESYNC is not offered, and a parameter that was not offered is BAD (RFC 7162 §3.2.5).
    public static ImapCommand? Select(ref ImapReader reader, string tag, bool readOnly)
    {
        if (!reader.Space() || !reader.Mailbox(out var mailbox))
            return null;
        var condStore = false;
        if (reader.SpaceThenList())
        {
            reader.Open();
            for (var items = 0; !reader.TryClose(); items++)
            {
                if (!reader.NextItem(items, reader.Limits.ListItemsMax))
                    return null;
                if (!reader.TryWord("CONDSTORE"u8))
                {
                    reader.Fail("Unknown parameter");
                    return null;
                }

                condStore = true;
            }
        }

        return reader.End() ? new ImapCommand.Select(tag, mailbox, readOnly, condStore) : null;
    }

    // create = "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"] (RFC 6154 §6)
    public static ImapCommand? Create(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Mailbox(out var mailbox))
            return null;
        var use = SpecialUse.None;
        if (reader.SpaceThenList() && !TryReadUse(ref reader, out use))
            return null;
        return reader.End() ? new ImapCommand.Create(tag, mailbox, use) : null;
    }

    // rename = "RENAME" SP mailbox SP mailbox
    public static ImapCommand? Rename(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Mailbox(out var from) || !reader.Space() || !reader.Mailbox(out var to))
            return null;
        return reader.End() ? new ImapCommand.Rename(tag, from, to) : null;
    }

    // delete = "DELETE" SP mailbox, and likewise SUBSCRIBE, UNSUBSCRIBE, GETQUOTAROOT
    public static bool TryReadOne(ref ImapReader reader, out string mailbox)
    {
        mailbox = "";
        return reader.Space() && reader.Mailbox(out mailbox) && reader.End();
    }

    // status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
    public static ImapCommand? Status(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Mailbox(out var mailbox) || !reader.Space() || !TryReadStatusItems(ref reader, out var items))
            return null;
        return reader.End() ? new ImapCommand.Status(tag, mailbox, items) : null;
    }

    // "(" status-att *(SP status-att) ")"
    public static bool TryReadStatusItems(ref ImapReader reader, out StatusItems items)
    {
        items = StatusItems.None;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        if (!reader.Open())
            return false;
        for (var count = 0; !reader.TryClose(); count++)
        {
            if (!reader.NextItem(count, reader.Limits.ListItemsMax))
                return false;
            var item = room[..reader.Word(room)] switch
            {
                "MESSAGES" => StatusItems.Messages,
                "RECENT" => StatusItems.Recent,
                "UIDNEXT" => StatusItems.UidNext,
                "UIDVALIDITY" => StatusItems.UidValidity,
                "UNSEEN" => StatusItems.Unseen,
                "SIZE" => StatusItems.Size,
                "HIGHESTMODSEQ" => StatusItems.HighestModSeq,
                "DELETED" => StatusItems.Deleted,
                "APPENDLIMIT" => StatusItems.AppendLimit,
                _ => StatusItems.None,
            };
            if (item == StatusItems.None)
                return reader.Fail("Unknown status item");
            items |= item;
        }

        return items != StatusItems.None || reader.Fail("Status item missing");
    }

    private static bool TryReadUse(ref ImapReader reader, out SpecialUse use)
    {
        use = SpecialUse.None;
        if (!reader.Open() || !reader.TryWord("USE"u8) || !reader.Space() || !reader.Open())
            return reader.Fail("Unknown parameter");
        Span<char> room = stackalloc char[ImapReader.WordMax];
        for (var items = 0; !reader.TryClose(); items++)
        {
            if (!reader.NextItem(items, reader.Limits.ListItemsMax))
                return false;
            if (!reader.TryTake((byte)'\\'))
                return reader.Fail("Special use expected");
            var one = room[..reader.Word(room)] switch
            {
                "ALL" => SpecialUse.All,
                "ARCHIVE" => SpecialUse.Archive,
                "DRAFTS" => SpecialUse.Drafts,
                "FLAGGED" => SpecialUse.Flagged,
                "JUNK" => SpecialUse.Junk,
                "SENT" => SpecialUse.Sent,
                "TRASH" => SpecialUse.Trash,
                _ => SpecialUse.None,
            };
            if (one == SpecialUse.None)
                return reader.Fail("Unknown special use");
            use |= one;
        }

        return reader.TryClose() || reader.Fail("Unknown parameter");
    }
}
