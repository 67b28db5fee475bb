namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>Commands that change messages: STORE, COPY, MOVE, UID EXPUNGE.</summary>
internal static class MessageCommands
{
    // store = "STORE" SP sequence-set [SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"] SP store-att-flags (RFC 7162 §7)
    public static ImapCommand? Store(ref ImapReader reader, string tag, bool byUid)
    {
        if (!reader.Space() || !SequenceSyntax.TryRead(ref reader, out var messages))
            return null;
        ulong? unchangedSince = null;
        if (reader.SpaceThenList())
        {
            if (!TryReadUnchangedSince(ref reader, out var since))
                return null;
            unchangedSince = since;
        }

        if (!reader.Space() || !TryReadMode(ref reader, out var mode, out var silent) || !reader.Space())
            return null;
        var taken = reader.IsNext((byte)'(')
            ? FlagSyntax.TryReadList(ref reader, out var flags)
            : FlagSyntax.TryReadBare(ref reader, out flags);
        return taken && reader.End() ? new ImapCommand.Store(tag, byUid, messages, mode, silent, flags, unchangedSince) : null;
    }

    // copy = "COPY" SP sequence-set SP mailbox
    public static ImapCommand? Copy(ref ImapReader reader, string tag, bool byUid) =>
        TryReadTarget(ref reader, out var messages, out var mailbox) ? new ImapCommand.Copy(tag, byUid, messages, mailbox) : null;

    // move = "MOVE" SP sequence-set SP mailbox (RFC 6851 §5)
    public static ImapCommand? Move(ref ImapReader reader, string tag, bool byUid) =>
        TryReadTarget(ref reader, out var messages, out var mailbox) ? new ImapCommand.Move(tag, byUid, messages, mailbox) : null;

    // uid-expunge = "UID" SP "EXPUNGE" SP sequence-set (RFC 4315 §4)
    public static ImapCommand? UidExpunge(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !SequenceSyntax.TryRead(ref reader, out var uids))
            return null;
        return reader.End() ? new ImapCommand.Expunge(tag, uids) : null;
    }

    private static bool TryReadTarget(ref ImapReader reader, out SequenceSet messages, out string mailbox)
    {
        messages = SequenceSet.Saved;
        mailbox = "";
        return reader.Space() && SequenceSyntax.TryRead(ref reader, out messages) && reader.Space() && reader.Mailbox(out mailbox) && reader.End();
    }

    private static bool TryReadUnchangedSince(ref ImapReader reader, out ulong since)
    {
        since = 0;
        if (!reader.Open() || !reader.TryWord("UNCHANGEDSINCE"u8))
            return reader.Fail("Unknown modifier");
        return reader.Space() && reader.Number64(long.MaxValue, out since) && (reader.TryClose() || reader.Fail("Unknown modifier"));
    }

    // store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
    private static bool TryReadMode(ref ImapReader reader, out StoreMode mode, out bool silent)
    {
        Span<char> room = stackalloc char[ImapReader.WordMax];
        (mode, silent, var known) = room[..reader.Word(room)] switch
        {
            "FLAGS" => (StoreMode.Replace, false, true),
            "FLAGS.SILENT" => (StoreMode.Replace, true, true),
            "+FLAGS" => (StoreMode.Add, false, true),
            "+FLAGS.SILENT" => (StoreMode.Add, true, true),
            "-FLAGS" => (StoreMode.Remove, false, true),
            "-FLAGS.SILENT" => (StoreMode.Remove, true, true),
            _ => (StoreMode.Replace, false, false),
        };
        return known || reader.Fail("Unknown store item");
    }
}
