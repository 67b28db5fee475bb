using System.Buffers;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>The line that a mention stands in, and the heading above it.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">One past the last.</param>
internal readonly record struct TextLine(int Start, int End)
{
    private static readonly SearchValues<string> RequestMarks = SearchValues.Create(
        ["\"GET ", "\"POST ", "\"HEAD ", "\"OPTIONS ", "\"PROPFIND ", "\"CONNECT ", "HTTP/1.", "HTTP/2", "GET /", "POST /", "request: \""],
        StringComparison.Ordinal);

    private static readonly SearchValues<string> LogMarks = SearchValues.Create(
        [
            "sshd[", "sshd-session[", "postfix/", "dovecot", "proftpd[", "vsftpd", "pure-ftpd", "exim[", "named[", "asterisk[", "fail2ban",
            "SRC=", "DPT=", "rhost=", "kernel:", "Failed password", "Invalid user", "authentication failure", "auth failed", "[client ",
            "wordpress(", "sendmail[", "saslauthd", "Connection closed by", "Disconnected from", "Received disconnect", "imapd", "pop3d",
            "NOTICE[", "REGISTER", "Banned IP", "iptables", "UFW BLOCK", "client: ", "SASL LOGIN", "snort[", "suricata", "ET SCAN", "modsec",
            "ModSecurity", "LOGIN FAILED", "Did not receive identification", "flags=", "> TCP", " UDP ", "proto=", "-->", "%ASA-", "srcip=", "filterlog", "[**]",
        ],
        StringComparison.Ordinal);

    // Whois data that reporters paste or append.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> WhoisFields = new HashSet<string>(
        [
            "inetnum", "netrange", "cidr", "route", "route6", "inet6num", "nserver", "netname", "abuse-mailbox", "org-abuse-email", "orgabuseemail",
            "parent", "nethandle", "descr", "remarks", "origin", "mnt-by", "network", "networkrange", "whois", "nameserver", "name server", "% abuse contact",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SenderFields = new HashSet<string>(
        [
            "dkim", "dmarc", "spf", "helo", "ehlo", "message id", "message-id", "from", "to", "sender", "return-path", "ptr", "rdns", "reverse dns",
            "hostname", "host name", "rdns name", "reporter", "organisation", "organization", "website", "web", "www", "e-mail", "email", "contact",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The line around a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The place.</param>
    /// <param name="after">End of a line before it: no need to look farther back.</param>
    public static TextLine Around(string text, int place, int after)
    {
        after = Math.Min(after, place);
        var start = after + text.AsSpan(after, place - after).LastIndexOf('\n') + 1;
        var length = text.AsSpan(place).IndexOf('\n');
        return new TextLine(start, length < 0 ? text.Length : place + length);
    }

    /// <summary>Whether a place lies in it.</summary>
    public bool Holds(int place) => place >= Start && place < End;

    /// <summary>Its text, at most 2,000 characters: some "lines" are whole mails.</summary>
    public ReadOnlySpan<char> Of(string text) => text.AsSpan(Start, Math.Min(End - Start, 2_000));

    /// <summary>The last line above it that is not blank, when it lies near; empty otherwise.</summary>
    public ReadOnlySpan<char> Above(string text, out int start)
    {
        start = 0;
        var above = text.AsSpan(Math.Max(0, Start - 400), Math.Min(Start, 400));
        var trimmed = above.TrimEnd(" \t\n-=*#|+_");
        if (trimmed.IsEmpty)
            return [];
        start = trimmed.LastIndexOf('\n') + 1;
        var line = trimmed[start..];
        start += Math.Max(0, Start - 400);
        return line;
    }

    /// <summary>A line of a web server's log: names in it are what was asked for.</summary>
    public bool IsRequest(string text) => Of(text).ContainsAny(RequestMarks);

    /// <summary>Whether any line of a text is one of some program's log.</summary>
    public static bool AnyLog(string text) => text.AsSpan().ContainsAny(LogMarks) || text.AsSpan().ContainsAny(RequestMarks);

    /// <summary>A line of traceroute: the number of a hop, its address and how long it took.</summary>
    public bool IsHop(string text)
    {
        var line = Of(text).TrimStart();
        return line.EndsWith("ms") && line.Length > 8 && char.IsAsciiDigit(line[0]) && (line[1] is ' ' || (char.IsAsciiDigit(line[1]) && line[2] is ' '));
    }

    /// <summary>A line of some program's log.</summary>
    public bool IsLog(string text) => Of(text).ContainsAny(LogMarks) || IsRequest(text);

    /// <summary>A line of whois data.</summary>
    public bool IsWhois(string text) => WhoisFields.Contains(LabelOf(text));

    /// <summary>A line about the sender of a message: domains in it advertise nothing.</summary>
    public bool IsAboutSender(string text) => SenderFields.Contains(LabelOf(text));

    private ReadOnlySpan<char> LabelOf(string text)
    {
        var line = Of(text)[..Math.Min(60, Math.Min(End - Start, 2_000))].TrimStart(" \t>*");
        var colon = line.IndexOf(':');
        return colon is > 1 and < 20 ? line[..colon].Trim() : [];
    }

    /// <summary>Whether nothing but marks of a list stands beside the mention.</summary>
    public bool IsAlone(string text, Mention mention)
    {
        var before = text.AsSpan(Start, mention.Start - Start);
        var end = Math.Min(mention.End, End);
        var behind = text.AsSpan(end, Math.Min(End - end, 120));
        return IsItemMark(before) && (IsMarks(behind[..Math.Min(behind.Length, 40)]) || IsRemark(behind.Trim(" \t,;.")));
    }

    /// <summary>Whether nothing but marks or the number of an item stand before the mention.</summary>
    public bool IsAtStart(string text, Mention mention) => IsItemMark(text.AsSpan(Start, mention.Start - Start));

    /// <summary>The label before a place when the line is a field of the form "label: value"; empty otherwise.</summary>
    public ReadOnlySpan<char> LabelBefore(string text, int place)
    {
        if (place - Start is < 2 or > 100)
            return [];
        var before = text.AsSpan(Start, place - Start);
        var colon = before.IndexOfAny(":=|\t");
        return colon is > 1 and < 40 && !before[(colon + 1)..].ContainsAnyInRange('A', 'Z') && before[..colon].Count(' ') < 5 ? before[..colon] : [];
    }

    // "192.0.2.7 (host7.isp.example)", "192.0.2.7 (12,441)": one pair of brackets to the end of the line.
    private static bool IsRemark(ReadOnlySpan<char> behind)
    {
        if (behind.Length < 3 || behind[0] is not ('(' or '[') || behind[^1] is not (')' or ']'))
            return behind is ['(' or '[', _, ')' or ']', ..];
        return !behind[1..^1].ContainsAny('(', '[') || behind is ['(' or '[', _, ')' or ']', ..];
    }

    // "- ", "* ", "3. ", "(3) ", "#3 "
    private static bool IsItemMark(ReadOnlySpan<char> before)
    {
        if (before.Length > 60)
            return false;
        before = before.Trim(" \t*->#(|");
        if (before.Length is > 1 and < 5 && before[^1] is '.' or ')' or ':' && before[..^1].TrimEnd(')') is { Length: > 0 } number
            && !number.ContainsAnyExceptInRange('0', '9'))
            return true;
        return IsMarks(before);
    }

    /// <summary>Whether it is a field of the form "label: mention", with a label of at most three words.</summary>
    public bool IsField(string text, Mention mention)
    {
        if (mention.Start - Start > 100)
            return false;
        var before = text.AsSpan(Start, mention.Start - Start).Trim(" \t*-|>_");
        return before.Length is > 1 and < 40 && before[^1] is ':' or '=' && before.Count(' ') < 4;
    }

    private static bool IsMarks(ReadOnlySpan<char> span)
    {
        if (span.Length > 60)
            return false;
        foreach (var c in span)
            if (char.IsLetterOrDigit(c))
                return false;
        return true;
    }
}
