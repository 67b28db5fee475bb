namespace Mailreeve.Protocols.Messages;

/// <summary>
/// Turns the value of From, To and so on into the address list of an ENVELOPE (RFC 3501 §7.4.2), groups included.
/// </summary>
/// <remarks>
/// Reads what RFC 5322 §3.4 and §4.4 allow and what is found besides: no brackets, no domain, names without quotes, a name as a
/// comment. The host is never NIL except where a group begins or ends, for that is what NIL says there; a missing one is empty.
/// </remarks>
internal ref struct AddressListReader(ReadOnlySpan<byte> value, int addressesMax)
{
    private readonly ReadOnlySpan<byte> value = value;
    private int at;
    private int addresses;
    private int hostAt = -1;
    private ReadOnlySpan<byte> comment;
    private bool isInGroup;
    private bool hasWritten;

    /// <summary>Writes the list, or NIL when there is nobody in it.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="mailbox">Takes the local part of the first address: the sort key of RFC 5256 §3.</param>
    public void Write(ref OctetWriter text, ref OctetWriter mailbox)
    {
        var start = text.Length;
        var words = new OctetWriter(128);
        text.Write((byte)'(');
        while (at < value.Length && addresses < addressesMax)
            Step(ref text, ref words, ref mailbox);

        Flush(ref text, ref words, ref mailbox);
        if (isInGroup)
            text.Write("(NIL NIL NIL NIL)"u8);
        text.Write((byte)')');
        words.Dispose();
        if (hasWritten)
            return;
        text.Truncate(start);
        text.Write("NIL"u8);
    }

    private void Step(ref OctetWriter text, ref OctetWriter words, ref OctetWriter mailbox)
    {
        var octet = value[at];
        switch (octet)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                at++;
                Space(ref words);
                break;
            case (byte)'(':
                comment = Comment();
                break;
            case (byte)'"':
                Quoted(ref words);
                break;
            case (byte)'<':
                Angle(ref text, ref words, ref mailbox);
                break;
            case (byte)',':
                at++;
                Flush(ref text, ref words, ref mailbox);
                break;
            case (byte)';':
                at++;
                Flush(ref text, ref words, ref mailbox);
                if (isInGroup)
                    text.Write("(NIL NIL NIL NIL)"u8);
                isInGroup = false;
                break;
            case (byte)':' when !isInGroup && words.Length > 0 && hostAt < 0:
                at++;
                Group(ref text, ref words, ref mailbox);
                break;
            case (byte)'[' when hostAt >= 0:
                Literal(ref words);
                break;
            case (byte)'@':
                at++;
                TrimEnd(ref words);
                words.Write(octet);
                hostAt = hostAt < 0 ? words.Length : hostAt;
                break;
            default:
                at++;
                words.Write(octet);
                break;
        }
    }

    // Any white space between words is one space; around the @ there is none.
    private readonly void Space(ref OctetWriter words)
    {
        if (words.Length > 0 && words[words.Length - 1] != ' ' && words.Length != hostAt)
            words.Write((byte)' ');
    }

    private static void TrimEnd(ref OctetWriter words) => words.Truncate(words.Written.TrimEnd((byte)' ').Length);

    // comment = "(" *([FWS] ccontent) [FWS] ")", comments in it included
    private ReadOnlySpan<byte> Comment()
    {
        var start = ++at;
        for (var depth = 1; at < value.Length; at++)
        {
            if (value[at] == '\\')
                at++;
            else if (value[at] == '(')
                depth++;
            else if (value[at] == ')' && --depth == 0)
                return value[start..at++];
        }

        at = value.Length;
        return value[start..];
    }

    private void Quoted(ref OctetWriter words)
    {
        for (at++; at < value.Length && value[at] != '"'; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length)
                at++;
            words.Write(value[at]);
        }

        at = Math.Min(at + 1, value.Length);
    }

    // domain-literal = "[" *dtext "]"; it has colons.
    private void Literal(ref OctetWriter words)
    {
        var length = value[at..].IndexOf((byte)']') + 1;
        if (length == 0)
            length = 1;
        words.Write(value.Slice(at, length));
        at += length;
    }

    // angle-addr = "<" [ *("," / "@" domain) ":" ] local-part "@" domain ">"
    private void Angle(ref OctetWriter text, ref OctetWriter words, ref OctetWriter mailbox)
    {
        at++;
        ReadOnlySpan<byte> route = default;
        var end = value[at..].IndexOfAny(">\""u8);
        if (at < value.Length && value[at] == '@' && end >= 0 && value.Slice(at, end).LastIndexOf((byte)':') is var colon and > 0)
        {
            route = value.Slice(at, colon);
            at += colon + 1;
        }

        TrimEnd(ref words);
        var address = new OctetWriter(64);
        var host = -1;
        while (at < value.Length && value[at] is not ((byte)'>' or (byte)','))
        {
            switch (value[at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    at++;
                    break;
                case (byte)'(':
                    Comment();
                    break;
                case (byte)'"':
                    Quoted(ref address);
                    break;
                default:
                    if (value[at] == '@')
                        host = address.Length + 1;
                    address.Write(value[at++]);
                    break;
            }
        }

        if (at < value.Length && value[at] == '>')
            at++;
        if (words.Length > 0 || address.Length > 0)
            Address(ref text, ref mailbox, words.Written, route, address.Written, host);
        address.Dispose();
        Reset(ref words);

        // Whatever stands between this and the comma is nobody.
        while (at < value.Length && value[at] is not ((byte)',' or (byte)';' or (byte)'<'))
        {
            if (value[at] == '(')
                Comment();
            else
                at++;
        }
    }

    private void Group(ref OctetWriter text, ref OctetWriter words, ref OctetWriter mailbox)
    {
        TrimEnd(ref words);
        text.Write("(NIL NIL "u8);
        text.String(words.Written);
        text.Write(" NIL)"u8);
        First(ref mailbox, words.Written);
        isInGroup = true;
        Reset(ref words);
    }

    // An address without brackets: its name is the comment, as it was before there were brackets.
    private void Flush(ref OctetWriter text, ref OctetWriter words, ref OctetWriter mailbox)
    {
        TrimEnd(ref words);
        if (words.Length > 0)
        {
            var address = words.Written;
            var host = Math.Min(hostAt, address.Length);
            var junk = host < 0 ? -1 : address[host..].IndexOf((byte)' ');
            Address(ref text, ref mailbox, comment, default, junk < 0 ? address : address[..(host + junk)], host);
        }

        Reset(ref words);
    }

    private void Reset(ref OctetWriter words)
    {
        words.Clear();
        hostAt = -1;
        comment = default;
    }

    // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
    private void Address(
        ref OctetWriter text, ref OctetWriter mailbox, scoped ReadOnlySpan<byte> name, ReadOnlySpan<byte> route, scoped ReadOnlySpan<byte> address, int host)
    {
        var local = host < 0 ? address : address[..(host - 1)];
        text.Write((byte)'(');
        Optional(ref text, name);
        text.Write((byte)' ');
        Optional(ref text, route);
        text.Write((byte)' ');
        text.String(local);
        text.Write((byte)' ');
        text.String(host < 0 ? default : address[host..]);
        text.Write((byte)')');
        First(ref mailbox, local);
    }

    private void First(ref OctetWriter mailbox, scoped ReadOnlySpan<byte> local)
    {
        addresses++;
        if (!hasWritten)
            mailbox.Write(local);
        hasWritten = true;
    }

    private static void Optional(ref OctetWriter text, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            text.Write("NIL"u8);
        else
            text.String(value);
    }
}
