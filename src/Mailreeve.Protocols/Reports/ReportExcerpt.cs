using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// What the accused may see of a report that carries no message: the lines of logs, lists and text that name the resource, and no others.
/// Of these every address, host and mailbox that is not the resource's own goes: it is the victim's, or another's.
/// </summary>
public static class ReportExcerpt
{
    private const int LinesMax = 20;
    private const int LineCharsMax = 400;
    private const int AccountCharsMax = 200;
    private const int TextsMax = 50;
    private const int ScannedCharsMax = 8 << 20;

    // Last labels that are names of files, so that what was asked of a web server stays.
    private static readonly HashSet<string> FileEndings = new(StringComparer.OrdinalIgnoreCase)
    {
        "php", "html", "htm", "js", "css", "asp", "aspx", "jsp", "cgi", "pl", "txt", "xml", "png", "jpg", "gif", "ico", "zip", "gz", "log", "exe", "conf",
    };

    private static readonly SearchValues<char> Unnamed = SearchValues.Create("0123456789.+-_");

    private static readonly HashSet<string> AccountWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "for", "user", "account", "login", "ruser", "username", "sasl_username", 
    };

    /// <summary>The excerpt. Never throws on any <paramref name="raw"/>.</summary>
    /// <param name="raw">The report as received: a mail, or a JSON document.</param>
    /// <param name="isJson">Whether it is a document.</param>
    /// <param name="facts">Names the resource, and what must not be found.</param>
    /// <exception cref="ArgumentException">The key is shorter than 16 bytes.</exception>
    public static RedactedEvidence Of(ReadOnlyMemory<byte> raw, bool isJson, RedactionFacts facts)
    {
        var mail = MailParts.Read(isJson ? default : raw, facts.Limits);
        var secrets = Secrets.From(mail.Root, facts);
        var lines = new List<string>();
        var truncated = false;
        var budget = ScannedCharsMax;
        foreach (var text in (isJson ? OfJson(raw, facts.Limits) : Texts(mail, facts.Limits)).Take(TextsMax))
        {
            budget -= text.Length;
            if (budget < 0)
            {
                truncated = true;
                break;
            }

            truncated |= !AddLines(text, facts.Resource, secrets, lines);
        }

        var shown = string.Join('\n', lines);
        return new RedactedEvidence
        {
            Text = lines.Count == 0 ? "" : shown + "\n",
            OriginalSha256 = Convert.ToHexStringLower(SHA256.HashData(raw.Span)),
            Removed = [],
            Truncated = truncated,
        };
    }

    private static IEnumerable<string> Texts(MailParts mail, ReportLimits limits)
    {
        foreach (var part in mail.Parts)
        {
            if (part.Type?.IsMimeType("multipart", "*") == true || part.Type?.IsMimeType("message", "rfc822") == true
                || part.Type?.IsMimeType("image", "*") == true)
                continue;
            var content = mail.Content(part);
            if (content.Span.TrimStart(" \r\n\t"u8) is [(byte)'{' or (byte)'[', ..])
            {
                foreach (var value in OfJson(content, limits))
                    yield return value;
                continue;
            }

            // What is no text has nothing that could be read.
            if (content.Span.Contains((byte)0))
                continue;
            var text = mail.Text(part);
            yield return part.Is("text", "html") ? HtmlText.Read(text) : text;
        }
    }

    // The values of a document, and what is wrapped in them as base64 (XARF).
    private static List<string> OfJson(ReadOnlyMemory<byte> json, ReportLimits limits)
    {
        var texts = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.JsonDepth, CommentHandling = JsonCommentHandling.Skip });
            while (texts.Count < TextsMax && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: >= 7 } value)
                    continue;
                texts.Add(value.Length >= 40 && XarfJson.FromBase64(value, limits) is { } bytes && !bytes.AsSpan().Contains((byte)0)
                    ? MailParts.Decode(bytes, null)
                    : value);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The good part of a broken document was read.
        }

        return texts;
    }

    /// <returns>Whether all that name the resource were added.</returns>
    private static bool AddLines(string text, string resource, Secrets secrets, List<string> lines)
    {
        var heading = "";
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range].Trim();
            if (line.IsEmpty)
                continue;
            var at = Find(line, resource);
            if (at < 0)
            {
                if (heading.Length == 0 && lines.Count == 0 && IsColumns(line))
                    heading = line.ToString();
                continue;
            }

            if (lines.Count >= LinesMax)
                return false;
            if (heading.Length > 0)
                Add(heading, "", secrets, lines);
            heading = "";
            Add(Around(line, at), resource, secrets, lines);
        }

        return true;
    }

    private static void Add(string line, string resource, Secrets secrets, List<string> lines)
    {
        var domain = resource[(resource.LastIndexOf('@') + 1)..];
        var safe = secrets.ScrubMailboxes(secrets.Scrub(HideStrangers(Salutations.Hide(line, secrets.Hash), resource, secrets), tokens: true), domain.Length == 0 ? [] : [domain]);
        if (!secrets.Leaks(safe) && !lines.Contains(safe))
            lines.Add(safe);
    }

    // Headings of a table have many names and no figures.
    private static bool IsColumns(ReadOnlySpan<char> line) =>
        line.Length < LineCharsMax && line.CountAny(',', ';', '\t', '|') >= 2 && line.CountAny("0123456789") <= 4 && !line.Contains('@');

    private static int Find(ReadOnlySpan<char> line, string resource)
    {
        if (resource.Length == 0)
            return -1;
        // 192[.]0[.]2[.]7 and example[.]com are how careful people write it.
        var plain = line.Contains('[') && line.Contains("[.]", StringComparison.Ordinal) ? line.ToString().Replace("[.]", ".", StringComparison.Ordinal) : line;
        for (var from = 0; from <= plain.Length - resource.Length;)
        {
            var at = plain[from..].IndexOf(resource, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return -1;
            at += from;
            from = at + 1;
            var end = at + resource.Length;
            var begins = at == 0 || !(char.IsLetterOrDigit(plain[at - 1]) || (plain[at - 1] == '.' && char.IsAsciiDigit(resource[0])));
            var ends = end == plain.Length || !(char.IsLetterOrDigit(plain[end]) || plain[end] == '-'
                || (plain[end] == '.' && end + 1 < plain.Length && char.IsLetterOrDigit(plain[end + 1])));
            if (begins && ends)
                return Math.Min(at, line.Length - 1);
        }

        return -1;
    }

    private static string Around(ReadOnlySpan<char> line, int at)
    {
        if (line.Length <= LineCharsMax)
            return line.ToString();
        var begin = Math.Max(0, at - (LineCharsMax / 2));
        var end = Math.Min(line.Length, begin + LineCharsMax);
        // Between words, or half an address would stay.
        if (begin > 0)
            begin = line[begin..at].IndexOfAny(' ', '\t') is >= 0 and var space ? begin + space + 1 : at;
        if (end < line.Length)
            end = line[at..end].LastIndexOfAny(' ', '\t') is >= 0 and var last ? at + last : end;
        return $"… {line[begin..end]} …";
    }

    private static string HideStrangers(string line, string resource, Secrets secrets)
    {
        var domain = resource[(resource.LastIndexOf('@') + 1)..];
        var result = new StringBuilder(line.Length);
        var (from, before, beforeAt) = (0, "", 0);
        var accountEnd = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && !IsBreak(line[i]))
                continue;
            var token = line[from..i];
            var isStranger = IsStranger(token, domain);
            // "jane.doe42=example.com" is a mailbox in an envelope sender; "dst=example.com" is not.
            if (isStranger && from > 0 && line[from - 1] == '=' && before.AsSpan().ContainsAny(Unnamed))
                result.Remove(beforeAt, result.Length - beforeAt).Append(secrets.Hash(before.ToLowerInvariant())).Append('=');
            var at = result.Length;
            var isAccount = (AccountWords.Contains(before) || from < accountEnd) && IsAccount(token);
            if (isAccount && from >= accountEnd)
                accountEnd = AccountEnd(line, i);
            var isHidden = isStranger || IsSyslogHost(line, i) || isAccount;
            result.Append(isHidden ? secrets.Hash(token.Trim('.', ':').ToLowerInvariant()) : token);
            if (i < line.Length)
                result.Append(line[i]);
            if (token.Length > 0)
                (before, beforeAt) = (token, at);
            from = i + 1;
        }

        return result.ToString();

        static bool IsBreak(char c) => c is ' ' or '\t' or ',' or ';' or '"' or '\'' or '<' or '>' or '(' or ')' or '[' or ']' or '{' or '}' or '|' or '=' or '/' or '@' or '?' or '&';
    }

    // "Failed password for jane from …": an account of the victim's.
    private static bool IsAccount(string token) =>
        token.Length > 1 && !Secrets.IsCommon(token) && !AccountWords.Contains(token) && token is not ("invalid" or "illegal" or "unknown" or "from" or "root" or "admin")
        && !Address.TryParse(token, out _);

    // A name may be several words, and ends where the log says from where: "Failed password for jane doe from …".
    private static int AccountEnd(string line, int end)
    {
        var rest = line.AsSpan(end, Math.Min(AccountCharsMax, line.Length - end));
        var isSignIn = line.Contains("password", StringComparison.OrdinalIgnoreCase) || line.Contains("user", StringComparison.OrdinalIgnoreCase)
            || line.Contains("auth", StringComparison.OrdinalIgnoreCase) || line.Contains("login", StringComparison.OrdinalIgnoreCase);
        return isSignIn && rest.IndexOf(" from ", StringComparison.OrdinalIgnoreCase) is > 0 and var length ? end + length : end;
    }

    private static bool IsStranger(string token, string own)
    {
        var word = token.Trim('.', ':');
        // An address with a port behind it, as in 203.0.113.9:22.
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var host = colon > 0 && word.IndexOf(':', colon + 1) < 0 ? word[..colon] : word;
        if (host.Length < 4 || host.Equals(own, StringComparison.OrdinalIgnoreCase))
            return false;
        if (Address.TryParse(host, out var address))
            return host.AsSpan().ContainsAny('.', ':') && !(Address.TryParse(own, out var ownAddress) && address == ownAddress);
        var dot = host.LastIndexOf('.');
        return dot > 0 && host.Length - dot is > 2 and < 20 && host.AsSpan(dot + 1).IndexOfAnyExceptInRange('A', 'z') < 0
            && !FileEndings.Contains(host[(dot + 1)..]) && Notation.Domain(host) is not null && !(own.Length > 0 && Secrets.IsAtOrBelow(host, own));
    }

    // "Mar  5 08:12:44 web3 sshd[77]:" – the word before the program is the victim's machine.
    private static bool IsSyslogHost(string line, int end)
    {
        if (end + 3 >= line.Length || line[end] != ' ' || end < 12 || !line.AsSpan(0, end).Contains(':'))
            return false;
        var open = line.AsSpan(end + 1, Math.Min(40, line.Length - end - 1)).IndexOf('[');
        if (open <= 0 || line.AsSpan(end + 1, open).Contains(' '))
            return false;
        var close = line.AsSpan(end + 1 + open).IndexOf(']');
        return close is > 1 and < 10 && !line.AsSpan(end + 2 + open, close - 1).ContainsAnyExceptInRange('0', '9')
            && end + 1 + open + close + 1 < line.Length && line[end + 1 + open + close + 1] == ':';
    }
}
