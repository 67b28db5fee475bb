namespace Mailreeve.Protocols.Imap;

/// <summary>Reads flags.</summary>
internal static class FlagSyntax
{
    // flag-list = "(" [flag *(SP flag)] ")"
    public static bool TryReadList(ref ImapReader reader, out ImapFlags flags)
    {
        flags = ImapFlags.None;
        if (!reader.Open())
            return false;
        var system = SystemFlags.None;
        var keywords = new List<string>();
        for (var items = 0; !reader.TryClose(); items++)
        {
            if (!reader.NextItem(items, reader.Limits.ListItemsMax) || !TryReadFlag(ref reader, ref system, keywords))
                return false;
        }

        flags = new ImapFlags(system, [.. keywords]);
        return true;
    }

    // flag *(SP flag), up to the end of the command: STORE takes flags without parentheses.
    public static bool TryReadBare(ref ImapReader reader, out ImapFlags flags)
    {
        flags = ImapFlags.None;
        var system = SystemFlags.None;
        var keywords = new List<string>();
        var items = 0;
        do
        {
            if (!reader.NextItem(items++, reader.Limits.ListItemsMax) || !TryReadFlag(ref reader, ref system, keywords))
                return false;
        }
        while (!reader.OnlyBlanksLeft());

        flags = new ImapFlags(system, [.. keywords]);
        return true;
    }

    // flag-keyword = atom
    public static bool TryReadKeyword(ref ImapReader reader, out string keyword)
    {
        if (!reader.Atom(out keyword))
            return false;
        return keyword.Length <= reader.Limits.KeywordBytesMax || reader.Fail("Keyword too long");
    }

    // flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword
    private static bool TryReadFlag(ref ImapReader reader, ref SystemFlags system, List<string> keywords)
    {
        if (reader.TryTake((byte)'\\'))
            return TryReadSystemFlag(ref reader, ref system);
        if (!TryReadKeyword(ref reader, out var keyword))
            return false;
        if (keywords.Exists(k => k.Equals(keyword, StringComparison.OrdinalIgnoreCase)))
            return true;
        if (keywords.Count >= reader.Limits.KeywordsMax)
            return reader.Fail("Too many keywords");
        keywords.Add(keyword);
        return true;
    }

    private static bool TryReadSystemFlag(ref ImapReader reader, ref SystemFlags system)
    {
        Span<char> room = stackalloc char[ImapReader.WordMax];
        var flag = room[..reader.Word(room)] switch
        {
            "SEEN" => SystemFlags.Seen,
            "ANSWERED" => SystemFlags.Answered,
            "FLAGGED" => SystemFlags.Flagged,
            "DELETED" => SystemFlags.Deleted,
            "DRAFT" => SystemFlags.Draft,
            _ => SystemFlags.None,
        };
        system |= flag;
        return flag != SystemFlags.None || reader.Fail("Unknown system flag, or one that cannot be set");
    }
}
