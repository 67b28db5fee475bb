namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>Reads search keys (RFC 3501 §6.4.4), to a limited number and depth.</summary>
internal static class SearchSyntax
{
    // 1*(SP search-key)
    public static bool TryReadProgram(ref ImapReader reader, out SearchKey key)
    {
        key = new SearchKey.All();
        var budget = reader.Limits.SearchKeysMax;
        var keys = new List<SearchKey>();
        do
        {
            if (!reader.Space() || !TryReadKey(ref reader, 0, ref budget, out var one))
                return false;
            keys.Add(one);
        }
        while (!reader.OnlyBlanksLeft());

        key = All(keys);
        return true;
    }

    private static bool TryReadKey(ref ImapReader reader, int depth, ref int budget, out SearchKey key)
    {
        key = new SearchKey.All();
        if (depth > reader.Limits.SearchDepthMax)
            return reader.Fail("Search too deep");
        if (--budget < 0)
            return reader.Fail("Too many search keys");
        if (reader.IsNext((byte)'('))
            return TryReadGroup(ref reader, depth, ref budget, out key);
        if (reader.IsDigitNext() || reader.IsNext((byte)'*') || reader.IsNext((byte)'$'))
        {
            if (!SequenceSyntax.TryRead(ref reader, out var numbers))
                return false;
            key = new SearchKey.Sequence(numbers);
            return true;
        }

        Span<char> room = stackalloc char[ImapReader.WordMax];
        ReadOnlySpan<char> word = room[..reader.Word(room)];
        switch (word)
        {
            case "NOT":
                if (!reader.Space() || !TryReadKey(ref reader, depth + 1, ref budget, out var negated))
                    return false;
                key = new SearchKey.Not(negated);
                return true;
            case "OR":
                if (!reader.Space() || !TryReadKey(ref reader, depth + 1, ref budget, out var left) || !reader.Space()
                    || !TryReadKey(ref reader, depth + 1, ref budget, out var right))
                    return false;
                key = new SearchKey.Or(left, right);
                return true;
            default:
                return FlagKey(word) is { } flag ? Take(flag, out key) : TryReadArgument(ref reader, word, out key);
        }
    }

    // "(" search-key *(SP search-key) ")"
    private static bool TryReadGroup(ref ImapReader reader, int depth, ref int budget, out SearchKey key)
    {
        key = new SearchKey.All();
        reader.Open();
        var keys = new List<SearchKey>();
        while (!reader.TryClose())
        {
            if (!reader.NextItem(keys.Count, reader.Limits.SearchKeysMax) || !TryReadKey(ref reader, depth + 1, ref budget, out var one))
                return false;
            keys.Add(one);
        }

        if (keys.Count == 0)
            return reader.Fail("Search key missing");
        key = All(keys);
        return true;
    }

    // The keys that are one word.
    private static SearchKey? FlagKey(ReadOnlySpan<char> word) => word switch
    {
        "ALL" => new SearchKey.All(),
        "ANSWERED" => new SearchKey.Flag(SystemFlags.Answered, true),
        "DELETED" => new SearchKey.Flag(SystemFlags.Deleted, true),
        "DRAFT" => new SearchKey.Flag(SystemFlags.Draft, true),
        "FLAGGED" => new SearchKey.Flag(SystemFlags.Flagged, true),
        "NEW" => new SearchKey.And([new SearchKey.Flag(SystemFlags.Recent, true), new SearchKey.Flag(SystemFlags.Seen, false)]),
        "OLD" => new SearchKey.Flag(SystemFlags.Recent, false),
        "RECENT" => new SearchKey.Flag(SystemFlags.Recent, true),
        "SEEN" => new SearchKey.Flag(SystemFlags.Seen, true),
        "UNANSWERED" => new SearchKey.Flag(SystemFlags.Answered, false),
        "UNDELETED" => new SearchKey.Flag(SystemFlags.Deleted, false),
        "UNDRAFT" => new SearchKey.Flag(SystemFlags.Draft, false),
        "UNFLAGGED" => new SearchKey.Flag(SystemFlags.Flagged, false),
        "UNSEEN" => new SearchKey.Flag(SystemFlags.Seen, false),
        "SAVEDATESUPPORTED" => new SearchKey.SaveDateSupported(),
        _ => null,
    };

    private static bool TryReadArgument(ref ImapReader reader, scoped ReadOnlySpan<char> word, out SearchKey key)
    {
        key = new SearchKey.All();
        return word switch
        {
            "BCC" => TryReadText(ref reader, out var text) && Take(new SearchKey.Envelope(EnvelopeField.Bcc, text), out key),
            "CC" => TryReadText(ref reader, out var text) && Take(new SearchKey.Envelope(EnvelopeField.Cc, text), out key),
            "FROM" => TryReadText(ref reader, out var text) && Take(new SearchKey.Envelope(EnvelopeField.From, text), out key),
            "SUBJECT" => TryReadText(ref reader, out var text) && Take(new SearchKey.Envelope(EnvelopeField.Subject, text), out key),
            "TO" => TryReadText(ref reader, out var text) && Take(new SearchKey.Envelope(EnvelopeField.To, text), out key),
            "BODY" => TryReadText(ref reader, out var text) && Take(new SearchKey.Body(text), out key),
            "TEXT" => TryReadText(ref reader, out var text) && Take(new SearchKey.Text(text), out key),
            "HEADER" => TryReadText(ref reader, out var name) && TryReadText(ref reader, out var text) && Take(new SearchKey.Header(name, text), out key),
            "KEYWORD" => TryReadKeyword(ref reader, true, out key),
            "UNKEYWORD" => TryReadKeyword(ref reader, false, out key),
            "LARGER" => TryReadNumber(ref reader, 0, out var size) && Take(new SearchKey.Larger(size), out key),
            "SMALLER" => TryReadNumber(ref reader, 0, out var size) && Take(new SearchKey.Smaller(size), out key),
            "YOUNGER" => TryReadNumber(ref reader, 1, out var seconds) && Take(new SearchKey.Younger(seconds), out key),
            "OLDER" => TryReadNumber(ref reader, 1, out var seconds) && Take(new SearchKey.Older(seconds), out key),
            "UID" => reader.Space() && SequenceSyntax.TryRead(ref reader, out var uids) && Take(new SearchKey.Uid(uids), out key),
            "MODSEQ" => TryReadModSeq(ref reader, out key),
            "BEFORE" => TryReadDate(ref reader, SearchDate.Internal, DateRelation.Before, out key),
            "ON" => TryReadDate(ref reader, SearchDate.Internal, DateRelation.On, out key),
            "SINCE" => TryReadDate(ref reader, SearchDate.Internal, DateRelation.Since, out key),
            "SENTBEFORE" => TryReadDate(ref reader, SearchDate.Sent, DateRelation.Before, out key),
            "SENTON" => TryReadDate(ref reader, SearchDate.Sent, DateRelation.On, out key),
            "SENTSINCE" => TryReadDate(ref reader, SearchDate.Sent, DateRelation.Since, out key),
            "SAVEDBEFORE" => TryReadDate(ref reader, SearchDate.Saved, DateRelation.Before, out key),
            "SAVEDON" => TryReadDate(ref reader, SearchDate.Saved, DateRelation.On, out key),
            "SAVEDSINCE" => TryReadDate(ref reader, SearchDate.Saved, DateRelation.Since, out key),
            _ => reader.Fail("Unknown search key"),
        };
    }

    // SP astring
    private static bool TryReadText(ref ImapReader reader, out string text)
    {
        text = "";
        return reader.Space() && reader.Astring(out text);
    }

    // SP flag-keyword
    private static bool TryReadKeyword(ref ImapReader reader, bool isSet, out SearchKey key)
    {
        key = new SearchKey.All();
        return reader.Space() && FlagSyntax.TryReadKeyword(ref reader, out var keyword) && Take(new SearchKey.Keyword(keyword, isSet), out key);
    }

    // SP number; 63 bits, since a size of RFC 9051 has as many
    private static bool TryReadNumber(ref ImapReader reader, long min, out long number)
    {
        var unsigned = 0UL;
        var taken = reader.Space() && reader.Number64(long.MaxValue, out unsigned);
        number = (long)unsigned;
        return taken && (number >= min || reader.Fail("Number above zero expected"));
    }

    // SP date
    private static bool TryReadDate(ref ImapReader reader, SearchDate which, DateRelation relation, out SearchKey key)
    {
        key = new SearchKey.All();
        return reader.Space() && DateSyntax.TryReadDate(ref reader, out var day) && Take(new SearchKey.Date(which, relation, day), out key);
    }

    // "MODSEQ" [SP entry-name SP ("priv" / "shared" / "all")] SP mod-sequence-valzer (RFC 7162 §7)
    private static bool TryReadModSeq(ref ImapReader reader, out SearchKey key)
    {
        key = new SearchKey.All();
        if (!reader.Space())
            return false;
        if (reader.IsNext((byte)'"') && !TryReadEntry(ref reader))
            return false;
        return reader.Number64(long.MaxValue, out var atLeast) && Take(new SearchKey.ModSeq(atLeast), out key);
    }

    private static bool TryReadEntry(ref ImapReader reader)
    {
        if (!reader.String(out _) || !reader.Space())
            return false;
        if (!reader.TryWord("PRIV"u8) && !reader.TryWord("SHARED"u8) && !reader.TryWord("ALL"u8))
            return reader.Fail("Unknown entry type");
        return reader.Space();
    }

    private static SearchKey All(List<SearchKey> keys) => keys.Count == 1 ? keys[0] : new SearchKey.And([.. keys]);

    private static bool Take(SearchKey taken, out SearchKey key)
    {
        key = taken;
        return true;
    }
}
