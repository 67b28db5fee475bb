using Mailreeve.Protocols.Imap;

namespace Mailreeve.Fuzz.Targets;

/// <summary>One command of IMAP, its literals in it.</summary>
internal static class ImapCommandText
{
    public static readonly string[] Words =
    [
        "a ", "LOGIN ", "AUTHENTICATE PLAIN ", "ID ", "ENABLE ", "SELECT ", "EXAMINE ", "CREATE ", "DELETE ", "RENAME ", "SUBSCRIBE ", "LIST ", "LSUB ", "STATUS ", "APPEND ", "UID ",
        "FETCH ", "STORE ", "COPY ", "MOVE ", "SEARCH ", "SORT ", "THREAD ", "EXPUNGE", "GETQUOTA ", "GETQUOTAROOT ", "SETQUOTA ", "IDLE", "NOOP", "LOGOUT", "(", ")", "\"", "\\", "{5}\r\n",
        "{0+}\r\n", "{1}\r\nx", "{99999999999999999999}", "\"\"", "NIL", "1:*", "*", "$", ",", ":", "%", "INBOX", "&AOk-", "&", "-", "RETURN (", "ALL", "COUNT", "MIN", "MAX", "SAVE", "CHARSET ",
        "UTF-8", "US-ASCII", "NOT ", "OR ", "HEADER ", "SUBJECT ", "TEXT ", "BODY ", "SENTSINCE ", "BEFORE ", "1-Jan-2026", "\" 7-Feb-2026 12:00:00 +0130\"", "29-Feb-2025", "YOUNGER ", "MODSEQ ",
        "KEYWORD ", "LARGER ", "BODY[", "BODY.PEEK[", "HEADER.FIELDS (", "HEADER.FIELDS.NOT (", "MIME", "]", "<0.100>", "<4294967295.4294967295>", "1.2.3", "FLAGS", "+FLAGS.SILENT ",
        "-FLAGS ", "\\Seen", "\\Deleted", "\\*", "CHANGEDSINCE ", "UNCHANGEDSINCE ", "VANISHED", "CONDSTORE", "REFERENCES ", "ORDEREDSUBJECT ", "REVERSE ", "DATE", "STATUS (", "MESSAGES",
        "SPECIAL-USE", "USE (", "\\Junk", "SUBSCRIBED", "RECURSIVEMATCH", "0", "4294967295", "4294967296", "9223372036854775808", "\r\n", "\0", "\u00ff", "\u00c3\u00a9", "~{3}\r\n",
    ];

    private static readonly ImapLimits Small = new()
    {
        TagBytesMax = 8, SequenceRangesMax = 3, SearchKeysMax = 5, SearchDepthMax = 3, ListItemsMax = 4, IdFieldsMax = 2, IdValueBytesMax = 5, KeywordBytesMax = 5, KeywordsMax = 2,
        MailboxNameCharsMax = 6, SectionDepthMax = 3, LiteralsMax = 2, ArgumentLiteralBytesMax = 9,
    };

    public static void Run(byte[] input)
    {
        foreach (var limits in (ImapLimits[])[ImapLimits.Default, Small])
        {
            var command = ImapParser.Parse(input, limits);
            Hold.That(command == ImapParser.Parse(input, limits) || command is ImapCommand.Authenticate, "The same octets are the same command.");
            Said(command, limits);
            var use = ImapParser.UseOfLiteral(input, limits, out var other);
            Hold.That(use == LiteralUse.Argument ? other is null : other is not null, "A literal has a use, or its command an answer.");
            Hold.That(use != LiteralUse.Message || other is ImapCommand.Append, "A message is for APPEND.");
            var rest = ImapParser.ParseAppendRest(input, limits, out var next);
            Hold.That(rest == AppendRest.Message == next is not null, "What follows a message is another one, or not.");
            Tag(ImapParser.TagOf(input, limits), limits);
        }

        ImapParser.IsDone(input);
        SaslResponse.IsCancelled(input);
    }

    /// <summary>What goes back to the client is of our own words.</summary>
    public static void Said(ImapCommand command, ImapLimits limits)
    {
        Tag(command.Tag, limits);
        var said = command switch
        {
            ImapCommand.Malformed bad => bad.Reason,
            ImapCommand.Unknown unknown => unknown.ToString(),
            _ => "",
        };
        Hold.That(said.Length < 400 && said.All(c => c is >= ' ' and <= '~'), "What is said is printable.");
        Hold.That(command.ToString().Length > 0, "A command can be written down.");
    }

    private static void Tag(string tag, ImapLimits limits) =>
        Hold.That(tag.Length > 0 && tag.Length <= limits.TagBytesMax && tag.All(c => c is > ' ' and <= '~'), "A tag is a printable word.");
}
