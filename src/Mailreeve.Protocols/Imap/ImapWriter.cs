using System.Buffers;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Imap;

/// <summary>Writes responses (RFC 3501 §7). Each method goes on where the one before ended; nothing is written twice or taken back.</summary>
/// <remarks>What is text here goes out cleaned or in a literal, so that nothing a client or a sender chose can end a line.</remarks>
/// <param name="output">Takes the octets. The one who owns it flushes it.</param>
public readonly struct ImapWriter(IBufferWriter<byte> output)
{
    // A quoted string beyond this is legal and has broken clients; Dovecot turns to literals as well.
    private const int QuotedBytesMax = 512;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    // TEXT-CHAR without what needs a backslash
    private static readonly SearchValues<byte> Unquoted = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>Octets as they are.</summary>
    public ImapWriter Text(ReadOnlySpan<byte> octets)
    {
        output.Write(octets);
        return this;
    }

    /// <summary>Text that is known to be printable ASCII; what is not becomes a question mark.</summary>
    public ImapWriter Ascii(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var part = text.Length > 512 ? text[..512] : text;
            var span = output.GetSpan(part.Length);
            for (var i = 0; i < part.Length; i++)
                span[i] = part[i] is < ' ' or > '~' ? (byte)'?' : (byte)part[i];
            output.Advance(part.Length);
            text = text[part.Length..];
        }

        return this;
    }

    /// <summary>A number.</summary>
    public ImapWriter Number(ulong number)
    {
        var span = output.GetSpan(20);
        number.TryFormat(span, out var written);
        output.Advance(written);
        return this;
    }

    /// <summary>The line end.</summary>
    public ImapWriter End() => Text("\r\n"u8);

    // string = quoted / literal
    /// <summary>A string: quoted where that is possible, else a literal.</summary>
    /// <param name="octets">Without NUL, which no string may have.</param>
    public ImapWriter String(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > QuotedBytesMax || octets.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Literal(octets);
        Text("\""u8);
        while (octets.IndexOfAnyExcept(Unquoted) is var escaped and >= 0)
        {
            Text(octets[..escaped]).Text("\\"u8).Text(octets.Slice(escaped, 1));
            octets = octets[(escaped + 1)..];
        }

        return Text(octets).Text("\""u8);
    }

    /// <summary>A string; UTF-8 where it is not ASCII.</summary>
    public ImapWriter String(string text) => String(Encoding.UTF8.GetBytes(text));

    // nstring = string / nil
    /// <summary>A string, or NIL for <see langword="null"/>.</summary>
    public ImapWriter Nstring(string? text) => text is null ? Text("NIL"u8) : String(text);

    // literal = "{" number "}" CRLF *CHAR8
    /// <summary>A literal.</summary>
    /// <param name="octets">Without NUL.</param>
    public ImapWriter Literal(ReadOnlySpan<byte> octets) => LiteralOf(octets.Length).Text(octets);

    /// <summary>The announcement of a literal, for one who then writes exactly that many octets.</summary>
    public ImapWriter LiteralOf(long sizeBytes) => Text("{"u8).Number((ulong)sizeBytes).Text("}\r\n"u8);

    // mailbox = "INBOX" / astring
    /// <summary>A mailbox name in modified UTF-7 and in quotes.</summary>
    public ImapWriter Mailbox(string name)
    {
        var octets = new ArrayBufferWriter<byte>(name.Length + 8);
        MailboxName.Encode(name, octets);
        // Never a literal, however long: some clients read LIST by lines.
        Text("\""u8);
        var rest = octets.WrittenSpan;
        while (rest.IndexOfAny("\"\\"u8) is var escaped and >= 0)
        {
            Text(rest[..escaped]).Text("\\"u8).Text(rest.Slice(escaped, 1));
            rest = rest[(escaped + 1)..];
        }

        return Text(rest).Text("\""u8);
    }

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE; date-day-fixed = (SP DIGIT) / 2DIGIT
    /// <summary>A date and time in UTC, in quotes.</summary>
    /// <param name="instant">In the years 0 to 9999 for it to be of the right form.</param>
    public ImapWriter DateTime(Instant instant)
    {
        var utc = instant.InUtc();
        var span = output.GetSpan(28);
        "\"00-Xxx-0000 00:00:00 +0000\""u8.CopyTo(span);
        Digits(span.Slice(1, 2), utc.Day);
        if (utc.Day < 10)
            span[1] = (byte)' ';
        Months.Slice((utc.Month - 1) * 3, 3).CopyTo(span[4..]);
        Digits(span.Slice(8, 4), utc.Year);
        Digits(span.Slice(13, 2), utc.Hour);
        Digits(span.Slice(16, 2), utc.Minute);
        Digits(span.Slice(19, 2), utc.Second);
        output.Advance(28);
        return this;
    }

    // flag-list = "(" [flag *(SP flag)] ")"
    /// <summary>A flag list.</summary>
    /// <param name="system">The protocol's flags.</param>
    /// <param name="keywords">Keywords divided by one blank each; empty for none.</param>
    public ImapWriter FlagList(SystemFlags system, ReadOnlySpan<char> keywords)
    {
        Text("("u8);
        var any = SystemFlagNames(system);
        if (!keywords.IsEmpty)
            (any ? Text(" "u8) : this).Ascii(keywords);
        return Text(")"u8);
    }

    /// <summary>A flag list.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="allowsNew">Whether <c>\*</c> is among them, as in PERMANENTFLAGS.</param>
    public ImapWriter FlagList(ImapFlags flags, bool allowsNew = false)
    {
        Text("("u8);
        var any = SystemFlagNames(flags.System);
        foreach (var keyword in flags.Keywords.AsSpan())
        {
            (any ? Text(" "u8) : this).Ascii(keyword);
            any = true;
        }

        if (allowsNew)
            (any ? Text(" "u8) : this).Text("\\*"u8);
        return Text(")"u8);
    }

    // sequence-set
    /// <summary>Numbers as a set, in their order; what rises by one is a range: <c>1:5,7</c>.</summary>
    /// <param name="numbers">At least one.</param>
    public ImapWriter Set(ReadOnlySpan<uint> numbers)
    {
        for (var start = 0; start < numbers.Length;)
        {
            var end = start;
            while (end + 1 < numbers.Length && numbers[end + 1] == numbers[end] + 1UL)
                end++;
            if (start > 0)
                Text(","u8);
            Number(numbers[start]);
            if (end > start)
                Text(":"u8).Number(numbers[end]);
            start = end + 1;
        }

        return this;
    }

    /// <summary>The answer to a command: tag, condition, code, text.</summary>
    /// <param name="tag">The tag, or <c>*</c>.</param>
    /// <param name="reply">The answer; BYE goes out untagged, whatever the tag.</param>
    public ImapWriter Reply(string tag, ImapReply reply)
    {
        Ascii(reply.Condition == ImapCondition.Bye ? "*" : tag).Text(reply.Condition switch
        {
            ImapCondition.Ok => " OK "u8,
            ImapCondition.No => " NO "u8,
            ImapCondition.Bad => " BAD "u8,
            _ => " BYE "u8,
        });
        if (reply.Code is { } code)
        {
            Text("["u8);
            code.WriteTo(this);
            Text("] "u8);
        }

        return Ascii(reply.Text).End();
    }

    /// <summary>The same, untagged.</summary>
    public ImapWriter Reply(ImapReply reply) => Reply("*", reply);

    // continue-req = "+" SP (resp-text / base64) CRLF
    /// <summary>A continuation: send the literal, or the answer to a challenge.</summary>
    /// <param name="text">What stands behind the plus; may be empty.</param>
    public ImapWriter Continue(ReadOnlySpan<byte> text) => Text("+ "u8).Text(text).End();

    /// <summary>A whole untagged response: <c>* </c>, the octets, and the line end.</summary>
    public ImapWriter Untagged(ReadOnlySpan<byte> octets) => Text("* "u8).Text(octets).End();

    /// <summary>An untagged response that is a number and a word: EXISTS, RECENT, EXPUNGE.</summary>
    public ImapWriter Untagged(uint number, ReadOnlySpan<byte> word) => Text("* "u8).Number(number).Text(" "u8).Text(word).End();

    /// <summary>FLAGS, as SELECT gives them.</summary>
    public ImapWriter Flags(ImapFlags flags) => Text("* FLAGS "u8).FlagList(flags).End();

    // mailbox-data = "SEARCH" *(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"] (RFC 7162 §7)
    /// <summary>SEARCH.</summary>
    /// <param name="numbers">What was found; may be nothing.</param>
    /// <param name="highestModSeq">The highest mod-sequence of what was found, when the search was for one; else <see langword="null"/>.</param>
    public ImapWriter Search(ReadOnlySpan<uint> numbers, ulong? highestModSeq = null) => Found("* SEARCH"u8, numbers, highestModSeq);

    /// <summary>SORT (RFC 5256 §4).</summary>
    /// <param name="numbers">What was found, in its order; may be nothing.</param>
    /// <param name="highestModSeq">As for SEARCH.</param>
    public ImapWriter Sort(ReadOnlySpan<uint> numbers, ulong? highestModSeq = null) => Found("* SORT"u8, numbers, highestModSeq);

    // esearch-response = "ESEARCH" [SP "(" "TAG" SP string ")"] [SP "UID"] *(SP search-return-data) (RFC 4466 §2.6.2)
    /// <summary>ESEARCH.</summary>
    /// <param name="tag">The tag of the command.</param>
    /// <param name="byUid">Whether the numbers are UIDs.</param>
    /// <param name="asked">What was asked for. MIN, MAX and ALL are left out when nothing was found (RFC 4731 §3.1).</param>
    /// <param name="numbers">What was found, in its order: of a SORT the first is MIN and the last MAX (RFC 5267 §3.1).</param>
    /// <param name="highestModSeq">The mod-sequence to tell, when the search was for one; else <see langword="null"/>.</param>
    public ImapWriter ESearch(string tag, bool byUid, SearchReturn asked, ReadOnlySpan<uint> numbers, ulong? highestModSeq = null)
    {
        Text("* ESEARCH (TAG "u8).String(tag).Text(byUid ? ") UID"u8 : ")"u8);
        if (numbers.Length > 0 && asked.HasFlag(SearchReturn.Min))
            Text(" MIN "u8).Number(numbers[0]);
        if (numbers.Length > 0 && asked.HasFlag(SearchReturn.Max))
            Text(" MAX "u8).Number(numbers[^1]);
        if (asked.HasFlag(SearchReturn.Count))
            Text(" COUNT "u8).Number((ulong)numbers.Length);
        if (numbers.Length > 0 && asked.HasFlag(SearchReturn.All))
            Text(" ALL "u8).Set(numbers);
        if (highestModSeq is { } modSeq && numbers.Length > 0)
            Text(" MODSEQ "u8).Number(modSeq);
        return End();
    }

    // mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended] (RFC 5258 §6)
    /// <summary>LIST.</summary>
    /// <param name="mailbox">The name.</param>
    /// <param name="attributes">What is so of it.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="hasSubscribedChild">Whether it is told because of a child that is subscribed to (RECURSIVEMATCH; RFC 5258 §3.5).</param>
    /// <param name="delimiter">What divides levels.</param>
    public ImapWriter List(
        string mailbox, ListAttributes attributes, SpecialUse use = SpecialUse.None, bool hasSubscribedChild = false, char delimiter = '/')
    {
        Listed("* LIST ("u8, mailbox, attributes, use, delimiter);
        return (hasSubscribedChild ? Text(" (\"CHILDINFO\" (\"SUBSCRIBED\"))"u8) : this).End();
    }

    /// <summary>LSUB.</summary>
    /// <param name="mailbox">The name.</param>
    /// <param name="attributes">What is so of it; <c>\Noselect</c> when only something below it is subscribed to (RFC 3501 §6.3.9).</param>
    /// <param name="delimiter">What divides levels.</param>
    public ImapWriter Lsub(string mailbox, ListAttributes attributes, char delimiter = '/') =>
        Listed("* LSUB ("u8, mailbox, attributes, SpecialUse.None, delimiter).End();

    /// <summary>The answer to LIST with an empty pattern: the delimiter (RFC 3501 §6.3.8).</summary>
    public ImapWriter ListDelimiter(char delimiter = '/') => Listed("* LIST ("u8, "", ListAttributes.NoSelect, SpecialUse.None, delimiter).End();

    // mailbox-data = "STATUS" SP mailbox SP "(" [status-att-list] ")"
    /// <summary>STATUS.</summary>
    /// <param name="mailbox">The name.</param>
    /// <param name="asked">Which of the figures to tell.</param>
    /// <param name="figures">The figures; those not asked for do not matter.</param>
    public ImapWriter Status(string mailbox, StatusItems asked, in StatusFigures figures)
    {
        Text("* STATUS "u8).Mailbox(mailbox).Text(" "u8);
        var before = "("u8;
        Figure(asked, StatusItems.Messages, "MESSAGES "u8, figures.Messages, ref before);
        Figure(asked, StatusItems.Recent, "RECENT "u8, figures.Recent, ref before);
        Figure(asked, StatusItems.UidNext, "UIDNEXT "u8, figures.UidNext, ref before);
        Figure(asked, StatusItems.UidValidity, "UIDVALIDITY "u8, figures.UidValidity, ref before);
        Figure(asked, StatusItems.Unseen, "UNSEEN "u8, figures.Unseen, ref before);
        Figure(asked, StatusItems.Size, "SIZE "u8, figures.SizeBytes, ref before);
        Figure(asked, StatusItems.HighestModSeq, "HIGHESTMODSEQ "u8, figures.HighestModSeq, ref before);
        Figure(asked, StatusItems.Deleted, "DELETED "u8, figures.Deleted, ref before);
        Figure(asked, StatusItems.AppendLimit, "APPENDLIMIT "u8, figures.AppendLimitBytes, ref before);
        return Text(before.SequenceEqual("("u8) ? "()"u8 : ")"u8).End();
    }

    // quota-response = "QUOTA" SP quota-root-name SP "(" [quota-resource *(SP quota-resource)] ")" (RFC 9208 §7)
    /// <summary>QUOTA, with what is stored.</summary>
    /// <param name="root">The quota root.</param>
    /// <param name="usedBytes">Octets in use; told in units of 1024, rounded up.</param>
    /// <param name="limitBytes">Octets allowed; told in units of 1024, rounded down. <see langword="null"/> for no limit, which clients show as no quota.</param>
    public ImapWriter Quota(string root, long usedBytes, long? limitBytes)
    {
        Text("* QUOTA "u8).String(root);
        if (limitBytes is not { } limit)
            return Text(" ()"u8).End();
        return Text(" (STORAGE "u8).Number((ulong)((usedBytes + 1023) / 1024)).Text(" "u8).Number((ulong)(limit / 1024)).Text(")"u8).End();
    }

    // quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
    /// <summary>QUOTAROOT, with one root.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="root">Its quota root.</param>
    public ImapWriter QuotaRoot(string mailbox, string root) => Text("* QUOTAROOT "u8).Mailbox(mailbox).Text(" "u8).String(root).End();

    /// <summary>ID (RFC 2971 §3.2).</summary>
    /// <param name="fields">What the server says of itself; at least one.</param>
    public ImapWriter Id(ImapList<IdField> fields)
    {
        Text("* ID "u8);
        var before = "("u8;
        foreach (var field in fields.AsSpan())
        {
            Text(before).String(field.Name).Text(" "u8).Nstring(field.Value);
            before = " "u8;
        }

        return Text(")"u8).End();
    }

    // section, and "<" number ">" when a piece was asked for
    /// <summary>The name under which a section is answered: <c>BODY[1.TEXT]&lt;0&gt;</c>.</summary>
    public ImapWriter Section(FetchSection section)
    {
        if (section.Name != SectionName.Body)
            return Text(section.Name switch
            {
                SectionName.Rfc822 => "RFC822"u8,
                SectionName.Rfc822Header => "RFC822.HEADER"u8,
                _ => "RFC822.TEXT"u8,
            });

        Text("BODY["u8);
        for (var i = 0; i < section.Part.Count; i++)
            (i > 0 ? Text("."u8) : this).Number((ulong)section.Part[i]);
        if (section.Part.Count > 0 && section.Text != SectionText.All)
            Text("."u8);
        Text(section.Text switch
        {
            SectionText.Header => "HEADER"u8,
            SectionText.HeaderFields => "HEADER.FIELDS "u8,
            SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT "u8,
            SectionText.Text => "TEXT"u8,
            SectionText.Mime => "MIME"u8,
            _ => ""u8,
        });
        FieldNames(section.Fields);
        Text("]"u8);
        return section.Partial is { } partial ? Text("<"u8).Number((ulong)partial.Offset).Text(">"u8) : this;
    }

    private void FieldNames(ImapList<string> fields)
    {
        if (fields.Count == 0)
            return;
        var before = "("u8;
        foreach (var field in fields.AsSpan())
        {
            Text(before);
            before = " "u8;
            // A field name is letters and dashes, and goes out as it came; only what no field is called needs quotes.
            if (field.AsSpan().ContainsAnyExcept(FieldChars) || field.Length == 0)
                String(field);
            else
                Ascii(field);
        }

        Text(")"u8);
    }

    private static readonly SearchValues<char> FieldChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private void Figure(StatusItems asked, StatusItems item, ReadOnlySpan<byte> name, ulong figure, ref ReadOnlySpan<byte> before)
    {
        if (!asked.HasFlag(item))
            return;
        Text(before).Text(name).Number(figure);
        before = " "u8;
    }

    private ImapWriter Found(ReadOnlySpan<byte> name, ReadOnlySpan<uint> numbers, ulong? highestModSeq)
    {
        Text(name);
        foreach (var number in numbers)
        {
            // A blank and ten digits at most, in one piece: this is the longest list there is.
            var span = output.GetSpan(11);
            span[0] = (byte)' ';
            number.TryFormat(span[1..], out var written);
            output.Advance(written + 1);
        }

        if (highestModSeq is { } modSeq && numbers.Length > 0)
            Text(" (MODSEQ "u8).Number(modSeq).Text(")"u8);
        return End();
    }

    private ImapWriter Listed(ReadOnlySpan<byte> start, string mailbox, ListAttributes attributes, SpecialUse use, char delimiter)
    {
        Text(start);
        var any = false;
        for (var bit = 1; bit <= (int)ListAttributes.Remote; bit <<= 1)
            Attribute(((int)attributes & bit) == 0 ? default : NameOf((ListAttributes)bit), ref any);
        for (var bit = 1; bit <= (int)SpecialUse.Trash; bit <<= 1)
            Attribute(((int)use & bit) == 0 ? default : NameOf((SpecialUse)bit), ref any);
        Text(") "u8).String([(byte)delimiter]).Text(" "u8);
        return Mailbox(mailbox);
    }

    private void Attribute(ReadOnlySpan<byte> name, ref bool any)
    {
        if (name.IsEmpty)
            return;
        (any ? Text(" "u8) : this).Text(name);
        any = true;
    }

    private static ReadOnlySpan<byte> NameOf(ListAttributes attribute) => attribute switch
    {
        ListAttributes.NoInferiors => "\\Noinferiors"u8,
        ListAttributes.NoSelect => "\\Noselect"u8,
        ListAttributes.NonExistent => "\\NonExistent"u8,
        ListAttributes.HasChildren => "\\HasChildren"u8,
        ListAttributes.HasNoChildren => "\\HasNoChildren"u8,
        ListAttributes.Marked => "\\Marked"u8,
        ListAttributes.Unmarked => "\\Unmarked"u8,
        ListAttributes.Subscribed => "\\Subscribed"u8,
        _ => "\\Remote"u8,
    };

    private static ReadOnlySpan<byte> NameOf(SpecialUse use) => use switch
    {
        SpecialUse.All => "\\All"u8,
        SpecialUse.Archive => "\\Archive"u8,
        SpecialUse.Drafts => "\\Drafts"u8,
        SpecialUse.Flagged => "\\Flagged"u8,
        SpecialUse.Junk => "\\Junk"u8,
        SpecialUse.Sent => "\\Sent"u8,
        _ => "\\Trash"u8,
    };

    private bool SystemFlagNames(SystemFlags system)
    {
        var any = false;
        Attribute(system.HasFlag(SystemFlags.Answered) ? "\\Answered"u8 : default, ref any);
        Attribute(system.HasFlag(SystemFlags.Flagged) ? "\\Flagged"u8 : default, ref any);
        Attribute(system.HasFlag(SystemFlags.Deleted) ? "\\Deleted"u8 : default, ref any);
        Attribute(system.HasFlag(SystemFlags.Seen) ? "\\Seen"u8 : default, ref any);
        Attribute(system.HasFlag(SystemFlags.Draft) ? "\\Draft"u8 : default, ref any);
        Attribute(system.HasFlag(SystemFlags.Recent) ? "\\Recent"u8 : default, ref any);
        return any;
    }

    private static void Digits(Span<byte> span, int number)
    {
        for (var i = span.Length - 1; i >= 0; i--, number /= 10)
            span[i] = (byte)('0' + (number % 10));
    }
}
