namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>FETCH and UID FETCH.</summary>
internal static class FetchCommand
{
    private const FetchItems Fast = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size;

    // fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
    public static ImapCommand? Parse(ref ImapReader reader, string tag, bool byUid)
    {
        if (!reader.Space() || !SequenceSyntax.TryRead(ref reader, out var messages) || !reader.Space())
            return null;
        var items = byUid ? FetchItems.Uid : FetchItems.None;
        var sections = new List<FetchSection>();
        if (!TryReadItems(ref reader, ref items, sections))
            return null;
        ulong? changedSince = null;
        if (reader.SpaceThenList())
        {
            if (!TryReadChangedSince(ref reader, out var since))
                return null;
            changedSince = since;
            items |= FetchItems.ModSeq;
        }

        return reader.End() ? new ImapCommand.Fetch(tag, byUid, messages, items, [.. sections], changedSince) : null;
    }

    private static bool TryReadItems(ref ImapReader reader, ref FetchItems items, List<FetchSection> sections)
    {
        if (!reader.TryTake((byte)'('))
            return TryReadItem(ref reader, ref items, sections, allowsMacro: true);
        var count = 0;
        for (; !reader.TryClose(); count++)
        {
            if (!reader.NextItem(count, reader.Limits.ListItemsMax) || !TryReadItem(ref reader, ref items, sections, allowsMacro: false))
                return false;
        }

        return count > 0 || reader.Fail("Fetch item missing");
    }

    // fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"] / "BODY" ["STRUCTURE"] / "UID"
    //             / "BODY" section ["<" number "." nz-number ">"] / "BODY.PEEK" section […] / "MODSEQ" / "SAVEDATE"
    private static bool TryReadItem(ref ImapReader reader, ref FetchItems items, List<FetchSection> sections, bool allowsMacro)
    {
        Span<char> room = stackalloc char[ImapReader.WordMax];
        var word = room[..reader.Word(room)];
        switch (word)
        {
            case "BODY" when reader.IsNext((byte)'['):
                return TryAddSection(ref reader, sections, peek: false);
            case "BODY.PEEK" when reader.IsNext((byte)'['):
                return TryAddSection(ref reader, sections, peek: true);
            case "RFC822":
                sections.Add(new FetchSection([], SectionText.All, [], null, Peek: false, SectionName.Rfc822));
                return true;
            case "RFC822.HEADER":
                sections.Add(new FetchSection([], SectionText.Header, [], null, Peek: true, SectionName.Rfc822Header));
                return true;
            case "RFC822.TEXT":
                sections.Add(new FetchSection([], SectionText.Text, [], null, Peek: false, SectionName.Rfc822Text));
                return true;
        }

        var item = word switch
        {
            "FLAGS" => FetchItems.Flags,
            "UID" => FetchItems.Uid,
            "INTERNALDATE" => FetchItems.InternalDate,
            "RFC822.SIZE" => FetchItems.Size,
            "ENVELOPE" => FetchItems.Envelope,
            "BODY" => FetchItems.Body,
            "BODYSTRUCTURE" => FetchItems.BodyStructure,
            "MODSEQ" => FetchItems.ModSeq,
            "SAVEDATE" => FetchItems.SaveDate,
            "FAST" when allowsMacro => Fast,
            "ALL" when allowsMacro => Fast | FetchItems.Envelope,
            "FULL" when allowsMacro => Fast | FetchItems.Envelope | FetchItems.Body,
            _ => FetchItems.None,
        };
        items |= item;
        return item != FetchItems.None || reader.Fail("Unknown fetch item");
    }

    private static bool TryAddSection(ref ImapReader reader, List<FetchSection> sections, bool peek)
    {
        if (!SectionSyntax.TryRead(ref reader, peek, out var section))
            return false;
        sections.Add(section);
        return true;
    }

    // fetch-modifiers = SP "(" "CHANGEDSINCE" SP mod-sequence-value ")" (RFC 7162 §7). VANISHED is QRESYNC's, which is not offered.
    // The value is 1 or more by the grammar; iOS sends 0.
    private static bool TryReadChangedSince(ref ImapReader reader, out ulong since)
    {
        since = 0;
        if (!reader.Open() || !reader.TryWord("CHANGEDSINCE"u8))
            return reader.Fail("Unknown modifier");
        return reader.Space() && reader.Number64(long.MaxValue, out since) && (reader.TryClose() || reader.Fail("Unknown modifier"));
    }
}
