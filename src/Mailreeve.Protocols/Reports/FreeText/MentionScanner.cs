using System.Buffers;
using System.Globalization;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>
/// Finds addresses, prefixes, ranges, URLs, domains and mailboxes in a text, in order. One pass: every character is looked at a bounded
/// number of times, whatever the text is.
/// </summary>
internal ref struct MentionScanner(ReadOnlySpan<char> text, int mentionsMax)
{
    private const int TokenCharsMax = 300;
    private const int UrlCharsMax = 4_096;

    private static readonly SearchValues<char> UrlEnd = SearchValues.Create(" \t\r\n<>\"`|\\^{}\u201c\u201d\u2018\u2019\u00ab\u00bb\u3000\uff0c\u3001\uff1b\uff08\uff09\u300c\u300d\u3010\u3011\u300a\u300b");
    private static readonly SearchValues<char> BeforeWord = SearchValues.Create(" \t\n(\"'=[");
    private static readonly SearchValues<char> NoDomainChars = SearchValues.Create("%*+'");
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> FileEndings = new HashSet<string>(
        [
            "php", "html", "htm", "txt", "log", "exe", "zip", "pdf", "doc", "docx", "xls", "xlsx", "jpg", "jpeg", "png", "gif", "asp", "aspx",
            "js", "css", "json", "xml", "csv", "gz", "tar", "rar", "eml", "msg", "dll", "bin", "conf", "cfg", "ini", "jar", "apk", "jsp",
            "cgi", "bat", "tmp", "bak", "sql", "iso", "img", "svg", "local", "localdomain", "lan", "internal", "invalid", "arpa", "cnf", "yml", "deny", "allow", "service",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    // After these a dotted quad is the number of a version or a clause.
    private static readonly string[] VersionWords =
        ["version", "ver", "v", "release", "build", "firmware", "revision", "section", "clause", "oid", "sdk", "agent"];

    // Before a dotted quad these say that it is their version.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SoftwareNames = new HashSet<string>(
        [
            "wordpress", "joomla", "drupal", "magento", "php", "perl", "python", "java", "openssl", "openssh", "apache", "nginx", "iis", "tomcat",
            "postfix", "exim", "sendmail", "dovecot", "exchange", "outlook", "thunderbird", "chrome", "firefox", "safari", "edge", "opera", "windows",
            "linux", "kernel", "android", "ios", "rspamd", "spamassassin", "clamav", "proofpoint", "otrs", "zammad", "fail2ban", "suricata", "snort",
            "wireshark", "nmap", "mysql", "mariadb", "postgresql", "cpanel", "plesk", "directadmin", "whmcs", "roundcube", "zimbra", "fortios", "pfsense",
            "opnsense", "mikrotik", "routeros",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly ReadOnlySpan<char> text = text;
    private readonly List<Mention> found = [];
    private int at;
    private int noIPv6Before;
    private int looks;

    /// <summary>All mentions, at most <paramref name="mentionsMax"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mentionsMax">Mentions after which the scan ends.</param>
    /// <param name="looks">Characters looked at: the cost, for tests.</param>
    public static List<Mention> Scan(ReadOnlySpan<char> text, int mentionsMax, out int looks)
    {
        var scanner = new MentionScanner(text, mentionsMax);
        scanner.Run();
        looks = scanner.looks;
        return scanner.found;
    }

    /// <summary>All mentions, at most <paramref name="mentionsMax"/>.</summary>
    public static List<Mention> Scan(ReadOnlySpan<char> text, int mentionsMax) => Scan(text, mentionsMax, out _);

    private void Run()
    {
        while (at < text.Length && found.Count < mentionsMax)
        {
            looks++;
            var c = text[at];
            if (char.IsAsciiHexDigit(c) || (c == ':' && at + 1 < text.Length && text[at + 1] == ':'))
            {
                if (at >= noIPv6Before && TryIPv6())
                    continue;
            }

            if (IsTokenStart(c))
                ReadToken();
            else
                at++;
        }
    }

    private static bool IsTokenStart(char c) => IsLetterOrDigit(c) || c is '_';

    // In the scripts of East Asia no blank stands between a word and an address.
    private static bool IsLetterOrDigit(char c) => c is < '\u2E80' && char.IsLetterOrDigit(c);

    private static bool IsTokenChar(char c) => IsLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '%' or '*' or '\'';

    // IPv6 with or without brackets, tag and port; "[:]" is a defanged colon.
    private bool TryIPv6()
    {
        Span<char> buffer = stackalloc char[48];
        var length = 0;
        var colons = 0;
        var end = at;
        var defanged = false;
        while (end < text.Length && length < 48)
        {
            var c = text[end];
            if (char.IsAsciiHexDigit(c) || c is ':' or '.')
            {
                colons += c == ':' ? 1 : 0;
                buffer[length++] = c;
                end++;
            }
            else if (length > 0 && c == '[' && text[end..] is [_, ':' or '.', ']', ..])
            {
                colons += text[end + 1] == ':' ? 1 : 0;
                buffer[length++] = text[end + 1];
                end += 3;
                defanged = true;
            }
            else
            {
                break;
            }
        }

        looks += end - at;
        var candidate = buffer[..length].TrimEnd(".");
        while (candidate.Length > 2 && candidate[^1] == ':' && candidate[^2] != ':')
            candidate = candidate[..^1];
        int? portBehindDot = null;
        if (TcpdumpPort(candidate, end) is { } dotted)
        {
            portBehindDot = dotted;
            candidate = candidate[..candidate.LastIndexOf('.')];
        }

        if (colons < 2 || candidate.Length < 6 || HasWordBefore() || !Address.TryParse(candidate, out var address) || !IsPlausible(address))
        {
            noIPv6Before = end;
            return false;
        }

        var start = at;
        at = defanged || portBehindDot is not null ? end : start + candidate.Length;
        if (at < text.Length && text[at] is not ('.' or ':') && IsTokenChar(text[at]))
        {
            at = start;
            noIPv6Before = end;
            return false;
        }

        var bracketed = start > 0 && text[start - 1] == '[' && at < text.Length && text[at] == ']';
        var port = bracketed && text[at..] is [_, ':', ..] ? NumberAt(at + 2, out _) : portBehindDot;
        if (!bracketed && text[at..] is ['/', >= '0' and <= '9', ..] && NumberAt(at + 1, out var bitsEnd) is { } bits and <= 128
            && Prefix.TryParse($"{candidate}/{bits}", out var prefix))
        {
            AddPrefix(start, bitsEnd, prefix.First, prefix.ToString());
            at = bitsEnd;
            return true;
        }

        found.Add(new Mention(MentionKind.Address, start, at) { Address = address, Port = ValidPort(port), IsDefanged = defanged });
        return true;
    }

    // "2001:db8::1.53122 > 2001:db8::2.22:", as tcpdump and pf write it. A dotted quad at the end has three dots.
    private readonly int? TcpdumpPort(scoped ReadOnlySpan<char> candidate, int end)
    {
        var dot = candidate.LastIndexOf('.');
        if (dot < 3 || candidate.Count('.') != 1 || candidate.Length - dot > 6)
            return null;
        var isTcpdump = text[end..] is [' ', '>' or '<', ..] or [' ', '-', '>', ..] || HasArrowBefore();
        return isTcpdump && ushort.TryParse(candidate[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    // "IPv6:2001:db8::1" begins in the middle of a word, the only one allowed before an address.
    private bool HasWordBefore()
    {
        if (at == 0)
            return false;
        var before = text[..at];
        if (before.EndsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            return false;
        if (text[at] == '6' && before.EndsWith("IPv", StringComparison.OrdinalIgnoreCase))
            return true;
        return before[^1] == ':' ? !EndsWithLabel(before[..^1]) : before[^1] == '.' || IsTokenChar(before[^1]);
    }

    // "IP:2001:db8::1": a word that cannot be a group of the address.
    private static bool EndsWithLabel(ReadOnlySpan<char> before)
    {
        for (var i = before.Length - 1; i >= 0 && before.Length - i < 16 && char.IsLetter(before[i]); i--)
            if (!char.IsAsciiHexDigit(before[i]))
                return true;
        return false;
    }

    // Times, hardware addresses and C++ names parse as IPv6 too; real ones lie in the allocated ranges.
    private static bool IsPlausible(Address address)
    {
        var top = (ushort)(address.Bits >> 112);
        return (top is >= 0x2000 and <= 0x3FFF) || (top & 0xFE00) == 0xFC00 || top == 0x0064 || (address.IsIPv4 && IsPublicEnough(address));
    }

    private void ReadToken()
    {
        var start = at;
        Span<char> buffer = stackalloc char[TokenCharsMax];
        var length = 0;
        var defanged = false;
        while (at < text.Length)
        {
            var c = text[at];
            if (IsTokenChar(c))
            {
                if (length < TokenCharsMax)
                    buffer[length] = c;
                length++;
                at++;
            }
            else if (DefangedDot(at, out var after) && after < text.Length && char.IsLetterOrDigit(text[after]))
            {
                if (length < TokenCharsMax)
                    buffer[length] = '.';
                length++;
                defanged = true;
                at = after;
            }
            else
            {
                break;
            }
        }

        looks += at - start;
        if (length > TokenCharsMax)
            return;
        var token = buffer[..length];
        if (SchemeEnd(token, at, out var schemeDefanged) is > 0 and var afterScheme)
            ReadUrl(start, token, afterScheme, schemeDefanged);
        else if (AtSign(at, out var domainStart))
            ReadMailbox(start, token, domainStart);
        else
            ReadBare(start, token, defanged);
    }

    // [.] (.) {.} [dot] (dot) and the same with blanks around; a backslash before a dot.
    private readonly bool DefangedDot(int from, out int after)
    {
        after = from;
        var rest = text[from..];
        if (rest is [' ', '[' or '(' or '{', ..])
            rest = rest[1..];
        var blank = rest.Length < text.Length - from ? 1 : 0;
        if (rest is ['\\', '.', ..])
        {
            after = from + 2;
            return true;
        }

        if (rest.Length < 3 || rest[0] is not ('[' or '(' or '{'))
            return false;
        var inner = rest[1..];
        var dot = inner[0] is '.' or ',' ? 1 : inner.StartsWith("dot", StringComparison.OrdinalIgnoreCase) ? 3
            : inner.StartsWith("punkt", StringComparison.OrdinalIgnoreCase) ? 5 : 0;
        if (dot == 0 || inner.Length <= dot || inner[dot] is not (']' or ')' or '}'))
            return false;
        after = from + blank + dot + 2;
        if (after < text.Length && text[after] == ' ' && blank == 1)
            after++;
        return true;
    }

    // "://" and what people write instead of it.
    private readonly int SchemeEnd(scoped ReadOnlySpan<char> token, int from, out bool defanged)
    {
        defanged = false;
        if (token.Length is < 3 or > 8)
            return 0;
        var isPlain = token.Equals("http", StringComparison.OrdinalIgnoreCase) || token.Equals("https", StringComparison.OrdinalIgnoreCase)
            || token.Equals("ftp", StringComparison.OrdinalIgnoreCase) || token.Equals("ftps", StringComparison.OrdinalIgnoreCase)
            || token.Equals("sftp", StringComparison.OrdinalIgnoreCase) || token.Equals("rtmp", StringComparison.OrdinalIgnoreCase)
            || token.Equals("rtsp", StringComparison.OrdinalIgnoreCase);
        var isBroken = !isPlain && (token[0] is 'h' or 'H') && (token[^1] is 'p' or 'P' or 's' or 'S' or 'x' or 'X')
            && token.Length is 4 or 5 && (token[1] is 'x' or 'X' or '*' or 't' or 'T' or '+');
        if (!isPlain && !isBroken)
            return 0;
        var rest = text[from..];
        defanged = isBroken;
        if (rest.StartsWith("://"))
            return from + 3;
        foreach (var sign in (ReadOnlySpan<string>)["[:]//", "(:)//", "[://]", ":[//]", ":\\\\", "[:]\\\\", ":_//", ": //"])
        {
            if (!rest.StartsWith(sign))
                continue;
            defanged = sign is not ": //";
            return from + sign.Length;
        }

        return 0;
    }

    private void ReadUrl(int start, scoped ReadOnlySpan<char> scheme, int hostStart, bool defanged)
    {
        var rest = text[hostStart..Math.Min(text.Length, hostStart + UrlCharsMax)];
        var end = rest.IndexOfAny(UrlEnd);
        // "http://[2001:db8::1]/" and "evil[.]example" keep their brackets; a blank may stand around a defanged dot only.
        var written = end < 0 ? rest : rest[..end];
        looks += written.Length;
        written = TrimUrl(written);
        at = hostStart + written.Length;
        if (written.IsEmpty)
            return;

        var body = Refang(written, ref defanged);
        var host = UrlHost.Behind(body);
        if (host.IsEmpty || (!host.Contains('.') && !host.Contains(':')))
            return;
        var name = scheme.ToString().ToLowerInvariant();
        if (defanged || name is not ("http" or "https" or "ftp" or "ftps" or "sftp" or "rtmp" or "rtsp"))
            name = name[0] == 'f' ? "ftp" : name[^1] == 's' && name.Length == 5 ? "https" : name.Length == 4 || name[0] == 'h' ? "http" : name;
        var url = UrlText.Unwrap($"{name}://{body}");
        var realHost = UrlHost.Behind(url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3)).ToString().ToLowerInvariant().TrimEnd('.');
        found.Add(new Mention(MentionKind.Url, start, at)
        {
            Text = url,
            Host = realHost,
            Address = Address.TryParse(realHost, out var address) ? address : null,
            IsDefanged = defanged,
        });
    }

    // Punctuation behind a URL belongs to the sentence; a closing bracket only when it was opened inside.
    private static ReadOnlySpan<char> TrimUrl(ReadOnlySpan<char> url)
    {
        var (round, square) = (0, 0);
        for (var i = 0; i < url.Length; i++)
        {
            round += url[i] == '(' ? 1 : url[i] == ')' ? -1 : 0;
            square += url[i] == '[' ? 1 : url[i] == ']' ? -1 : 0;
            if (round < 0 || square < 0)
            {
                url = url[..i];
                break;
            }
        }

        return url.TrimEnd(".,;:!?'*_\u2026");
    }

    private static string Refang(ReadOnlySpan<char> url, ref bool defanged)
    {
        if (!url.ContainsAny('[', '(', '{') && !url.Contains('\\'))
            return url.ToString();
        var text = url.ToString();
        var plain = text.Replace("[.]", ".", StringComparison.Ordinal).Replace("(.)", ".", StringComparison.Ordinal)
            .Replace("{.}", ".", StringComparison.Ordinal).Replace("[:]", ":", StringComparison.Ordinal)
            .Replace("[dot]", ".", StringComparison.OrdinalIgnoreCase).Replace("(dot)", ".", StringComparison.OrdinalIgnoreCase)
            .Replace("[/]", "/", StringComparison.Ordinal).Replace("[.", ".", StringComparison.Ordinal);
        if (plain.IndexOf(']') is > 0 and < 255 && !plain.Contains('['))
            plain = plain.Replace("]", "", StringComparison.Ordinal);
        defanged |= plain.Length != text.Length;
        return plain;
    }

    private readonly bool AtSign(int from, out int domainStart)
    {
        var rest = text[from..];
        domainStart = from + 1;
        if (rest.IsEmpty)
            return false;
        if (rest[0] == '@')
            return true;
        foreach (var sign in (ReadOnlySpan<string>)["[at]", "(at)", " [at] ", " (at) ", "[@]", "(@)", "{at}"])
        {
            if (!rest.StartsWith(sign, StringComparison.OrdinalIgnoreCase))
                continue;
            domainStart = from + sign.Length;
            return true;
        }

        return false;
    }

    private void ReadMailbox(int start, scoped ReadOnlySpan<char> local, int domainStart)
    {
        var name = local.Trim("'*.").ToString();
        Span<char> buffer = stackalloc char[255];
        var length = 0;
        at = domainStart;
        while (at < text.Length && length < 255)
        {
            var c = text[at];
            if (char.IsLetterOrDigit(c) || c is '.' or '-' or '_')
            {
                buffer[length++] = c;
                at++;
            }
            else if (DefangedDot(at, out var after) && after < text.Length && char.IsLetterOrDigit(text[after]))
            {
                buffer[length++] = '.';
                at = after;
            }
            else
            {
                break;
            }
        }

        looks += length;
        var domain = buffer[..length].Trim(".-_");
        if (name.Length is 0 or > 128 || !domain.Contains('.') || !IsDomainName(domain))
            return;
        var host = domain.ToString().ToLowerInvariant();
        found.Add(new Mention(MentionKind.Mailbox, start, at) { Text = $"{name}@{host}", Host = host });
    }

    private void ReadBare(int start, scoped ReadOnlySpan<char> token, bool defanged)
    {
        token = token.Trim(".-_'*+%");
        if (token.Length < 4 || !token.Contains('.'))
            return;
        if (char.IsAsciiDigit(token[0]) && !token.ContainsAnyInRange('a', 'z') && !token.ContainsAnyInRange('A', 'Z'))
        {
            ReadDotted(start, token, defanged);
            return;
        }

        // "192.0.2.7-ről", "192.0.2.7'dan": endings of languages that decline numbers.
        if (char.IsAsciiDigit(token[0]) && token.IndexOfAny('-', '\'') is > 6 and var ending && token.Length - ending < 8
            && !token[(ending + 1)..].ContainsAnyInRange('0', '9') && TryIPv4(token[..ending], out var declined) && IsPublicEnough(declined))
        {
            found.Add(new Mention(MentionKind.Address, start, at) { Address = declined, IsDefanged = defanged });
            return;
        }

        // "10.0.0.1.host.example" and "evil.example" alike; "ip-192.0.2.7" is an address behind a dash.
        if (!token.ContainsAny(NoDomainChars) && IsDomainName(token))
        {
            AddDomain(start, token, defanged);
            return;
        }

        var dash = token.LastIndexOfAny("-_+");
        if (dash > 0 && dash + 1 < token.Length && char.IsAsciiDigit(token[dash + 1]) && Address.TryParse(token[(dash + 1)..], out var address)
            && IsPublicEnough(address))
            found.Add(new Mention(MentionKind.Address, start, at) { Address = address, IsWeak = true });
    }

    private void ReadDotted(int start, scoped ReadOnlySpan<char> token, bool defanged)
    {
        if (token.Length > 40)
            return;
        var dash = token.IndexOf('-');
        if (dash > 0)
        {
            if (TryIPv4(token[..dash], out var first) && IsPublicEnough(first))
            {
                if (TryIPv4(token[(dash + 1)..], out var last) && last > first)
                    AddPrefix(start, at, first, token.ToString());
                else
                    found.Add(new Mention(MentionKind.Address, start, at) { Address = first, IsDefanged = defanged });
            }

            return;
        }

        int? port = null;
        if (!TryIPv4(token, out var address))
        {
            // tcpdump writes the port as a fifth number; with more it is an object identifier.
            var dot = token.LastIndexOf('.');
            if (token.Count('.') != 4 || !TryIPv4(token[..dot], out address) || !LooksLikeTcpdump()
                || !ushort.TryParse(token[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return;
            port = number;
        }

        if (!IsPublicEnough(address) || IsVersion(start))
            return;
        var behindSlash = start > 0 && text[start - 1] == '/';
        if (text[at..] is ['/', >= '0' and <= '9', ..] && NumberAt(at + 1, out var end) is { } bits && bits is >= 8 and <= 32
            && (end >= text.Length || !(IsTokenChar(text[end]) && text[end] != '.') && text[end] != '/'))
        {
            at = end;
            if (bits < 32 && Prefix.TryParse($"{address}/{bits}", out var prefix))
                AddPrefix(start, end, bits == 32 ? address : prefix.First, prefix.ToString());
            else
                found.Add(new Mention(MentionKind.Address, start, end) { Address = address, IsDefanged = defanged });
            return;
        }

        // "192.0.2.0 - 192.0.2.255"
        if (TryRange(address, out var rangeEnd))
        {
            AddPrefix(start, rangeEnd, address, text[start..rangeEnd].ToString());
            at = rangeEnd;
            return;
        }

        var mentionEnd = at;
        if (port is null && text[at..] is [':' or '#', >= '0' and <= '9', ..] && NumberAt(at + 1, out var portEnd) is { } written
            && (portEnd >= text.Length || !char.IsLetterOrDigit(text[portEnd])) && !(text[portEnd..] is [':', >= '0' and <= '9', ..]))
        {
            port = written;
            mentionEnd = portEnd;
        }

        found.Add(new Mention(MentionKind.Address, start, mentionEnd)
        {
            Address = address,
            Port = ValidPort(port),
            IsDefanged = defanged,
            IsWeak = behindSlash && start > 1 && IsTokenChar(text[start - 2]),
        });
        at = mentionEnd;
    }

    private readonly bool TryRange(Address first, out int end)
    {
        end = at;
        var i = at;
        if (text[i..] is not ([' ', '-', ' ', >= '0' and <= '9', ..] or [' ', '\u2013', ' ', >= '0' and <= '9', ..]))
            return false;
        i += 3;
        var from = i;
        while (i < text.Length && i - from < 16 && (char.IsAsciiDigit(text[i]) || text[i] == '.'))
            i++;
        var token = text[from..i].TrimEnd('.');
        if (!TryIPv4(token, out var last) || last <= first || last.Bits - first.Bits > 1 << 24)
            return false;
        end = from + token.Length;
        return true;
    }

    private readonly bool LooksLikeTcpdump() => text[at..] is [' ', '>' or '<' or '-', ..] or [':', ..] || (at >= 0 && HasArrowBefore());

    private readonly bool HasArrowBefore()
    {
        var before = text[..at];
        var from = before.Length > 60 ? before[^60..] : before;
        return from.Contains(" > ", StringComparison.Ordinal);
    }

    private readonly bool IsVersion(int start)
    {
        var before = text[Math.Max(0, start - 24)..start];
        if (before.EndsWith("/") && before.Length > 1 && char.IsAsciiLetter(before[^2]))
        {
            // "nginx/1.2.3.4"; a name with a dot before the slash is a host or a URL.
            var name = before[..^1];
            var from = name.LastIndexOfAny(BeforeWord) + 1;
            var product = name[from..];
            return product.Length > 1 && char.IsAsciiLetterUpper(product[0]) && !product.Equals("IP", StringComparison.OrdinalIgnoreCase);
        }

        if (before.EndsWith(" ") && before.TrimEnd(' ') is var named && SoftwareNames.Contains(named[(named.LastIndexOfAny(BeforeWord) + 1)..]))
            return true;
        before = before.TrimEnd(" :.#\t");
        foreach (var word in VersionWords)
        {
            if (before.EndsWith(word, StringComparison.OrdinalIgnoreCase)
                && (before.Length == word.Length || !char.IsLetter(before[before.Length - word.Length - 1])))
                return true;
        }

        return false;
    }

    private void AddPrefix(int start, int end, Address first, string written) =>
        found.Add(new Mention(MentionKind.Prefix, start, end) { Address = first, Text = written });

    private void AddDomain(int start, scoped ReadOnlySpan<char> token, bool defanged)
    {
        var host = token.ToString().ToLowerInvariant();
        if (text[at..] is ['/', ..] && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]))
        {
            var rest = text[at..Math.Min(text.Length, at + UrlCharsMax)];
            var end = rest.IndexOfAny(UrlEnd);
            var path = TrimUrl(end < 0 ? rest : rest[..end]);
            looks += path.Length;
            at += path.Length;
            found.Add(new Mention(MentionKind.Url, start, at) { Text = $"http://{host}{path}", Host = host, IsDefanged = defanged });
            return;
        }

        found.Add(new Mention(MentionKind.Domain, start, at) { Text = host, Host = host, IsDefanged = defanged });
    }

    private static bool IsDomainName(ReadOnlySpan<char> name)
    {
        if (name.Length is < 4 or > 253 || name.Contains("..", StringComparison.Ordinal))
            return false;
        var top = name[(name.LastIndexOf('.') + 1)..];
        if (top.Length < 2 || FileEndings.Contains(top))
            return false;
        if (top.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (var c in top)
            if (!char.IsLetter(c))
                return false;
        return true;
    }

    // Zero-padded to three digits each, some firewalls write them; in any other form a leading zero may mean octal.
    private static bool TryIPv4(ReadOnlySpan<char> token, out Address address)
    {
        if (Address.TryParse(token, out address))
            return !token.Contains(':');
        if (token.Length != 15 || token[3] != '.' || token[7] != '.' || token[11] != '.')
            return false;
        uint value = 0;
        for (var i = 0; i < 15; i += 4)
        {
            if (!byte.TryParse(token.Slice(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
                return false;
            value = (value << 8) | octet;
        }

        address = new Address(new UInt128(0, 0x0000_FFFF_0000_0000UL | value));
        return true;
    }

    // Private ranges stay: whose they are is not for the reader to say. Loopback, "this network", multicast and masks name nobody.
    private static bool IsPublicEnough(Address address)
    {
        if (!address.IsIPv4)
            return true;
        var first = (byte)((uint)address.Bits >> 24);
        return first is > 0 and < 224 and not 127;
    }

    private readonly int? NumberAt(int from, out int end)
    {
        var value = 0;
        end = from;
        while (end < text.Length && end - from < 6 && char.IsAsciiDigit(text[end]))
            value = (value * 10) + (text[end++] - '0');
        return end == from ? null : value;
    }

    private static int? ValidPort(int? port) => port is > 0 and < 65536 ? port : null;
}
