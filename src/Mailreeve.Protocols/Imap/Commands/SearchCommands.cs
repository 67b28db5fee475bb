namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>SEARCH, SORT and THREAD.</summary>
internal static class SearchCommands
{
    // search = "SEARCH" [search-return-opts] [SP "CHARSET" SP charset] 1*(SP search-key) (RFC 4731 §5)
    public static ImapCommand? Search(ref ImapReader reader, string tag, bool byUid)
    {
        if (!TryReadReturn(ref reader, out var options))
            return null;
        if (reader.TrySpaceAndWord("CHARSET"u8))
        {
            if (!TryReadCharset(ref reader, out var known))
                return null;
            if (!known)
                return new ImapCommand.BadCharset(tag);
        }

        if (!SearchSyntax.TryReadProgram(ref reader, out var key))
            return null;
        return reader.End() ? new ImapCommand.Search(tag, byUid, key, options) : null;
    }

    // sort = "SORT" [search-return-opts] SP sort-criteria SP charset 1*(SP search-key) (RFC 5256 §5, RFC 5267 §5)
    public static ImapCommand? Sort(ref ImapReader reader, string tag, bool byUid)
    {
        if (!TryReadReturn(ref reader, out var options) || !reader.Space() || !TryReadOrder(ref reader, out var order)
            || !TryReadCharset(ref reader, out var known))
            return null;
        if (!known)
            return new ImapCommand.BadCharset(tag);
        if (!SearchSyntax.TryReadProgram(ref reader, out var key))
            return null;
        return reader.End() ? new ImapCommand.Sort(tag, byUid, order, key, options) : null;
    }

    // thread = "THREAD" SP thread-alg SP charset 1*(SP search-key) (RFC 5256 §5)
    public static ImapCommand? Thread(ref ImapReader reader, string tag, bool byUid)
    {
        if (!reader.Space())
            return null;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        ThreadAlgorithm? algorithm = room[..reader.Word(room)] switch
        {
            "REFERENCES" => ThreadAlgorithm.References,
            "ORDEREDSUBJECT" => ThreadAlgorithm.OrderedSubject,
            _ => null,
        };
        if (algorithm is not { } by)
        {
            reader.Fail("Unknown thread algorithm");
            return null;
        }

        if (!TryReadCharset(ref reader, out var known))
            return null;
        if (!known)
            return new ImapCommand.BadCharset(tag);
        if (!SearchSyntax.TryReadProgram(ref reader, out var key))
            return null;
        return reader.End() ? new ImapCommand.Thread(tag, byUid, by, key) : null;
    }

    // search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
    private static bool TryReadReturn(ref ImapReader reader, out SearchReturn? options)
    {
        options = null;
        if (!reader.TrySpaceAndWord("RETURN"u8))
            return true;
        if (!reader.Space() || !reader.Open())
            return false;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        var named = SearchReturn.None;
        for (var items = 0; !reader.TryClose(); items++)
        {
            if (!reader.NextItem(items, reader.Limits.ListItemsMax))
                return false;
            var option = room[..reader.Word(room)] switch
            {
                "MIN" => SearchReturn.Min,
                "MAX" => SearchReturn.Max,
                "ALL" => SearchReturn.All,
                "COUNT" => SearchReturn.Count,
                "SAVE" => SearchReturn.Save,
                _ => SearchReturn.None,
            };
            if (option == SearchReturn.None)
                return reader.Fail("Unknown return option");
            named |= option;
        }

        options = named == SearchReturn.None ? SearchReturn.All : named;
        return true;
    }

    // SP charset; charset = atom / quoted. What is not UTF-8 or a part of it is not known.
    private static bool TryReadCharset(ref ImapReader reader, out bool known)
    {
        known = false;
        if (!reader.Space() || !reader.Astring(out var charset))
            return false;
        known = charset.ToUpperInvariant() is "UTF-8" or "US-ASCII" or "ASCII" or "UTF8";
        return true;
    }

    // sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"; sort-criterion = ["REVERSE" SP] sort-key
    private static bool TryReadOrder(ref ImapReader reader, out ImapList<SortKey> order)
    {
        order = [];
        if (!reader.Open())
            return false;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        var keys = new List<SortKey>();
        while (!reader.TryClose())
        {
            if (!reader.NextItem(keys.Count, reader.Limits.ListItemsMax))
                return false;
            var reverse = reader.TryWord("REVERSE"u8);
            if (reverse && !reader.Space())
                return false;
            SortField? field = room[..reader.Word(room)] switch
            {
                "ARRIVAL" => SortField.Arrival,
                "CC" => SortField.Cc,
                "DATE" => SortField.Date,
                "FROM" => SortField.From,
                "SIZE" => SortField.Size,
                "SUBJECT" => SortField.Subject,
                "TO" => SortField.To,
                _ => null,
            };
            if (field is not { } known)
                return reader.Fail("Unknown sort key");
            keys.Add(new SortKey(known, reverse));
        }

        order = [.. keys];
        return keys.Count > 0 || reader.Fail("Sort key missing");
    }
}
