using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mailreeve.Protocols.Imap;

/// <summary>Walks over the octets of a command (RFC 3501 §9). Each step says whether it could be made, and remembers why not.</summary>
/// <remarks>
/// One blank divides two arguments; more are borne, as are blanks before the end of a list or the command. Nothing else is.
/// </remarks>
internal ref struct ImapReader(ReadOnlySpan<byte> text, ImapLimits limits)
{
    /// <summary>Room that a word needs at most; the longest that is known is SAVEDATESUPPORTED.</summary>
    public const int WordMax = 24;

    // ATOM-CHAR = any CHAR except "(" / ")" / "{" / SP / CTL / "%" / "*" / DQUOTE / "\" / "]"
    private static readonly SearchValues<byte> AtomChars =
        SearchValues.Create("!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    // ASTRING-CHAR = ATOM-CHAR / "]"
    private static readonly SearchValues<byte> AstringChars =
        SearchValues.Create("!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    // list-char = ATOM-CHAR / "%" / "*" / "]"
    private static readonly SearchValues<byte> ListChars =
        SearchValues.Create("!#$%&'*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    // What the words of the protocol are made of; "[" is not among them, since it ends BODY.
    private static readonly SearchValues<byte> WordChars =
        SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz=$"u8);

    private readonly ReadOnlySpan<byte> text = text;
    private int at;

    public ImapLimits Limits { get; } = limits;

    /// <summary>Why the first step that failed did; what a client sent is never in it.</summary>
    public string Problem { get; private set; } = "Syntax error";

    /// <summary>Whether a step failed because the text ends in a literal that has not been read yet.</summary>
    public bool AtLiteral { get; private set; }

    public readonly bool AtEnd => at == text.Length;

    public bool Fail(string reason)
    {
        Problem = reason;
        return false;
    }

    /// <summary>Takes the octet if it is next.</summary>
    public bool TryTake(byte octet)
    {
        if (!IsNext(octet))
            return false;
        at++;
        return true;
    }

    public readonly bool IsNext(byte octet) => at < text.Length && text[at] == octet;

    public readonly bool IsDigitNext() => at < text.Length && char.IsAsciiDigit((char)text[at]);

    public bool TryDigit(out int digit)
    {
        digit = 0;
        if (!IsDigitNext())
            return false;
        digit = text[at++] - '0';
        return true;
    }

    /// <summary>Takes these letters in any case, whatever stands behind them.</summary>
    public bool TryPrefix(scoped ReadOnlySpan<byte> letters)
    {
        if (text.Length - at < letters.Length || !Ascii.EqualsIgnoreCase(text.Slice(at, letters.Length), letters))
            return false;
        at += letters.Length;
        return true;
    }

    // SP
    public bool Space()
    {
        var start = at;
        while (TryTake((byte)' '))
        {
        }

        return at > start || Fail(AtEnd ? "Argument missing" : "Space expected");
    }

    /// <summary>Whether a blank and then an opening parenthesis follow; if so, the blank is taken.</summary>
    public bool SpaceThenList()
    {
        var rest = text[at..].TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != '(' || rest.Length == text.Length - at)
            return false;
        at = text.Length - rest.Length;
        return true;
    }

    public readonly bool OnlyBlanksLeft() => !text[at..].ContainsAnyExcept((byte)' ');

    /// <summary>Nothing more may follow.</summary>
    public bool End()
    {
        while (TryTake((byte)' '))
        {
        }

        return AtEnd || Fail("Unexpected text behind the command");
    }

    public bool Open() => TryTake((byte)'(') || Fail("Parenthesis expected");

    /// <summary>Takes the end of a list, if that is next.</summary>
    public bool TryClose()
    {
        var rest = text[at..].TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != ')')
            return false;
        at = text.Length - rest.Length + 1;
        return true;
    }

    /// <summary>What stands before an item of a list: a blank, except before the first.</summary>
    /// <param name="items">How many have been read.</param>
    /// <param name="max">How many may be.</param>
    public bool NextItem(int items, int max)
    {
        if (items >= max)
            return Fail("Too many items");
        if (items > 0)
            return Space();
        while (TryTake((byte)' '))
        {
        }

        return true;
    }

    // tag = 1*<any ASTRING-CHAR except "+">
    public bool Tag(out string tag)
    {
        tag = "*";
        var octets = Run(AstringChars);
        if (octets.IsEmpty || octets.Contains((byte)'+'))
            return Fail("Tag missing");
        if (octets.Length > Limits.TagBytesMax)
            return Fail("Tag too long");
        tag = Encoding.ASCII.GetString(octets);
        return true;
    }

    /// <summary>Takes a word of the protocol, in capitals.</summary>
    /// <param name="room">Takes the word; <see cref="WordMax"/> characters.</param>
    /// <returns>Its length; 0 when there is none, or one longer than any that is known.</returns>
    public int Word(scoped Span<char> room)
    {
        var octets = Run(WordChars);
        return octets.Length <= room.Length && Ascii.ToUpper(octets, room, out var length) == OperationStatus.Done ? length : 0;
    }

    /// <summary>Takes the word if it is next, and whole.</summary>
    public bool TryWord(scoped ReadOnlySpan<byte> word)
    {
        var rest = text[at..];
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word))
            return false;
        if (rest.Length > word.Length && WordChars.Contains(rest[word.Length]))
            return false;
        at += word.Length;
        return true;
    }

    /// <summary>Takes a blank and then the word, or neither.</summary>
    public bool TrySpaceAndWord(scoped ReadOnlySpan<byte> word)
    {
        var start = at;
        while (TryTake((byte)' '))
        {
        }

        if (at > start && TryWord(word))
            return true;
        at = start;
        return false;
    }

    // atom = 1*ATOM-CHAR
    public bool Atom(out string atom)
    {
        var octets = Run(AtomChars);
        atom = Encoding.ASCII.GetString(octets);
        return octets.Length > 0 || Fail("Atom expected");
    }

    // number = 1*DIGIT, 0 <= n < 4,294,967,296
    public bool Number(out uint number)
    {
        var taken = Number64(uint.MaxValue, out var wide);
        number = (uint)wide;
        return taken;
    }

    // nz-number = digit-nz *DIGIT
    public bool NonZero(out uint number) => Number(out number) && (number > 0 || Fail("Number above zero expected"));

    public bool Number64(ulong max, out ulong number)
    {
        number = 0;
        var start = at;
        while (IsDigitNext())
        {
            var digit = (ulong)(text[at] - '0');
            if (number > (max - digit) / 10)
                return Fail("Number too large");
            number = (number * 10) + digit;
            at++;
        }

        return at > start || Fail("Number expected");
    }

    // astring = 1*ASTRING-CHAR / string
    public bool Astring(out string value)
    {
        value = "";
        return AstringOctets(AstringChars, out var octets) && Utf8Text(octets, out value);
    }

    // string = quoted / literal
    public bool String(out string value)
    {
        value = "";
        return StringOctets(out var octets) && Utf8Text(octets, out value);
    }

    // nstring = string / "NIL"
    public bool Nstring(out string? value)
    {
        value = null;
        if (TryWord("NIL"u8))
            return true;
        var taken = String(out var some);
        value = some;
        return taken;
    }

    // mailbox = "INBOX" / astring
    public bool Mailbox(out string name)
    {
        name = "";
        return AstringOctets(AstringChars, out var octets) && Name(octets, out name);
    }

    // list-mailbox = 1*list-char / string
    public bool ListMailbox(out string pattern)
    {
        pattern = "";
        return AstringOctets(ListChars, out var octets) && Name(octets, out pattern);
    }

    /// <summary>The literal that the text ends in and that is not there yet: <c>{n}</c> or <c>{n+}</c>.</summary>
    public bool PendingLiteral(out long size)
    {
        size = 0;
        if (!LiteralSuffix.TryRead(text[at..], out var suffix) || suffix.Length != text.Length - at)
            return Fail("Literal expected");
        size = suffix.SizeBytes;
        at = text.Length;
        return true;
    }

    private bool AstringOctets(SearchValues<byte> chars, out ReadOnlySpan<byte> octets)
    {
        if (IsNext((byte)'"') || IsNext((byte)'{'))
            return StringOctets(out octets);
        octets = Run(chars);
        return octets.Length > 0 || Fail(AtEnd ? "Argument missing" : "String expected");
    }

    private bool StringOctets(out ReadOnlySpan<byte> octets)
    {
        if (TryTake((byte)'"'))
            return Quoted(out octets);
        if (IsNext((byte)'{'))
            return Literal(out octets);
        octets = default;
        return Fail("String expected");
    }

    // quoted = DQUOTE *QUOTED-CHAR DQUOTE; QUOTED-CHAR = any TEXT-CHAR except DQUOTE and "\", or those two behind a "\".
    // Octets above 127 are not allowed and are sent by Thunderbird and others: they pass here and have to be UTF-8.
    private bool Quoted(out ReadOnlySpan<byte> octets)
    {
        octets = default;
        var rest = text[at..];
        var end = rest.IndexOfAny("\"\\\r\n\0"u8);
        if (end < 0)
            return Fail("Quoted string without an end");
        if (rest[end] == '"')
        {
            octets = rest[..end];
            at += end + 1;
            return true;
        }

        var unescaped = new ArrayBufferWriter<byte>(rest.Length);
        while (end >= 0 && rest[end] is (byte)'\\' or (byte)'"')
        {
            unescaped.Write(rest[..end]);
            if (rest[end] == '"')
            {
                octets = unescaped.WrittenSpan;
                at = text.Length - rest.Length + end + 1;
                return true;
            }

            if (end + 1 == rest.Length || rest[end + 1] is not ((byte)'"' or (byte)'\\'))
                return Fail("Quoted string with a backslash before something else");
            unescaped.Write(rest.Slice(end + 1, 1));
            rest = rest[(end + 2)..];
            end = rest.IndexOfAny("\"\\\r\n\0"u8);
        }

        return Fail(end < 0 ? "Quoted string without an end" : "Control character in a quoted string");
    }

    // literal = "{" number ["+"] "}" CRLF *CHAR8; a NUL is no CHAR8
    private bool Literal(out ReadOnlySpan<byte> octets)
    {
        octets = default;
        var rest = text[at..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            AtLiteral = LiteralSuffix.TryRead(rest, out var pending) && pending.Length == rest.Length;
            return Fail(AtLiteral ? "Literal expected" : "Bad literal");
        }

        if (end == 0 || rest[end - 1] != '\r' || !LiteralSuffix.TryRead(rest[..(end - 1)], out var suffix) || suffix.Length != end - 1)
            return Fail("Bad literal");
        rest = rest[(end + 1)..];
        if (suffix.SizeBytes > rest.Length)
            return Fail("Literal shorter than announced");
        octets = rest[..(int)suffix.SizeBytes];
        at = text.Length - rest.Length + octets.Length;
        return !octets.Contains((byte)0) || Fail("NUL in a literal");
    }

    private bool Utf8Text(ReadOnlySpan<byte> octets, out string value)
    {
        value = "";
        if (!Utf8.IsValid(octets))
            return Fail("String is not UTF-8");
        value = Encoding.UTF8.GetString(octets);
        return true;
    }

    private bool Name(ReadOnlySpan<byte> octets, out string name)
    {
        if (!MailboxName.TryDecode(octets, out name))
            return Fail("Mailbox name is not allowed");
        return name.Length <= Limits.MailboxNameCharsMax || Fail("Mailbox name too long");
    }

    private ReadOnlySpan<byte> Run(SearchValues<byte> chars)
    {
        var rest = text[at..];
        var end = rest.IndexOfAnyExcept(chars);
        var run = end < 0 ? rest : rest[..end];
        at += run.Length;
        return run;
    }
}
