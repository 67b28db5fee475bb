using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.IO.Filters;

namespace Mailreeve.Protocols.Reports;

/// <summary>What leads to a complainant, and the ways it is hidden in a message. Replaces it, and finds what was missed.</summary>
internal sealed class Secrets
{
    private const int RecipientsMax = 100;
    private const string Marker = "redacted-";

    // Local parts that name a role, and words in display names that name nobody.
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "abuse", "admin", "all", "billing", "contact", "customer", "customers", "email", "hello", "help", "info", "inquiry", "mail",
        "marketing", "member", "members", "news", "newsletter", "office", "postmaster", "recipient", "recipients", "root", "sales",
        "service", "support", "team", "test", "the", "undisclosed", "user", "users", "webmaster",
    };

    /// <summary>Header fields that name recipients; "for" in Received is read separately.</summary>
    public static readonly string[] NamingFields =
    [
        "To", "Cc", "Bcc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "X-HmXmrOriginalRecipient",
        "Apparently-To", "X-Apparently-To", "Resent-To", "Resent-Cc", "Resent-Bcc", "Original-Recipient", "X-Forwarded-To", "X-Forwarded-For",
    ];

    private readonly byte[] key;
    private readonly List<string> literals = [];
    private readonly List<string> words = [];
    private readonly List<string> hosts = [];
    private readonly List<string> collapsed = [];

    private Secrets(RedactionFacts facts) => key = facts.Key.ToArray();

    public static Secrets From(MailPart root, RedactionFacts facts)
    {
        var secrets = new Secrets(facts);
        var named = NamingFields.SelectMany(root.AllHeaders).ToList();
        var mailboxes = facts.Recipients.Concat(facts.ReporterMailboxes).Concat(named.SelectMany(Evidence.Mailboxes))
            .Concat(root.AllHeaders("Received").SelectMany(ForClause));
        foreach (var mailbox in mailboxes.Select(Notation.Mailbox).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(RecipientsMax))
            secrets.AddMailbox(mailbox);
        foreach (var name in named.SelectMany(DisplayNames).Take(RecipientsMax))
            secrets.AddName(name);
        foreach (var host in facts.ReporterHosts)
            secrets.AddHost(host);
        secrets.literals.Sort((a, b) => b.Length.CompareTo(a.Length));
        return secrets;
    }

    /// <summary>The text without them. With <paramref name="tokens"/> also without opaque tokens, which identify a recipient to the sender.</summary>
    public string Scrub(string text, bool tokens)
    {
        text = Clean(text);
        foreach (var host in hosts)
            text = ReplaceAround(text, host);
        foreach (var literal in literals)
            text = text.Contains(literal, StringComparison.OrdinalIgnoreCase)
                ? text.Replace(literal, Hash(literal), StringComparison.OrdinalIgnoreCase)
                : text;
        foreach (var word in words)
            text = ReplaceWord(text, word);
        return ReplaceTokens(text, tokens);
    }

    /// <summary>Whether a recipient or reporter can still be read out of the text, also through the usual encodings.</summary>
    public bool Leaks(string text)
    {
        if (Holds(text))
            return true;
        var decoded = WebUtility.HtmlDecode(text);
        for (var i = 0; i < 2; i++)
            decoded = WebUtility.UrlDecode(decoded);
        return Holds(decoded) || Holds(QuotedPrintable(text)) || Holds(Reverse(text)) || Tokens(text).Any(t => DecodesToSecret(text[t]));
    }

    /// <summary>RFC 6590 §2: a keyed hash, so that the same secret shows as the same word and cannot be guessed back.</summary>
    public string Hash(string secret) =>
        Marker + Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(secret.ToLowerInvariant())).AsSpan(0, 9));

    private void AddMailbox(string mailbox)
    {
        var at = mailbox.LastIndexOf('@');
        if (at <= 0 || at == mailbox.Length - 1 || mailbox.Length > 320)
            return;
        var local = mailbox[..at];
        var domain = mailbox[(at + 1)..];
        literals.AddRange([mailbox, $"{local}={domain}", $"{local}%40{domain}", $"{local}#{domain}", $"{local}&#64;{domain}"]);
        var lower = Encoding.UTF8.GetBytes(mailbox.ToLowerInvariant());
        literals.AddRange([Convert.ToHexString(lower), Convert.ToHexString(MD5.HashData(lower)), Convert.ToHexString(SHA1.HashData(lower)),
            Convert.ToHexString(SHA256.HashData(lower))]);
        collapsed.Add(Collapse(mailbox));
        AddHost(domain);
        if (local.Length < 4 || Common.Contains(local))
            return;
        words.Add(local);
        // "information" is also a word; "jane.doe" and "trap2031" are not.
        if (local.Length >= 8 && local.Any(c => !char.IsLetter(c)))
            collapsed.Add(Collapse(local));
        // jane.doe and spamtrap+shop name a person or a trap in their pieces too.
        words.AddRange(local.Split('.', '+', '-', '_').Where(p => p.Length >= 4 && p.Length < local.Length && !Common.Contains(p)));
    }

    private void AddHost(string host)
    {
        var name = host.Trim().TrimEnd('.');
        if (name.Length < 4 || hosts.Contains(name, StringComparer.OrdinalIgnoreCase))
            return;
        hosts.Add(name);
    }

    private void AddName(string name) =>
        words.AddRange(name.Split(' ', ',', '"', '\'', '(', ')').Where(w => w.Length >= 3 && w.Length < 60 && !Common.Contains(w) && !w.Contains('@')));

    private static IEnumerable<string> ForClause(string received)
    {
        if (received.Length > 4096)
            return [];
        received = received.Replace('\t', ' ');
        var at = received.IndexOf(" for ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return [];
        var end = received.IndexOf(';', at);
        return Evidence.Mailboxes(received[(at + 5)..(end < 0 ? received.Length : end)].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("x"));
    }

    private static IEnumerable<string> DisplayNames(string value) =>
        value.Length <= 10_000 && InternetAddressList.TryParse(value, out var list)
            ? list.Mailboxes.Select(m => m.Name).OfType<string>()
            : [];

    // Invisible characters split a word for us and not for its reader.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\r' || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format)
                continue;
            clean.Append(c is '\n' or '\t' || !char.IsControl(c) ? c : ' ');
        }

        return clean.ToString();
    }

    // The host with everything that hangs on it to the left: labels below it, the local part, an encoded "@".
    private string ReplaceAround(string text, string host)
    {
        var from = 0;
        while (text.IndexOf(host, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            from = at + host.Length;
            if (!BeginsHere(text, at))
                continue;
            var begin = at;
            while (begin > 0 && (char.IsLetterOrDigit(text[begin - 1]) || text[begin - 1] is '.' or '-' or '_' or '@' or '+' or '=' or '%'))
                begin--;
            var hash = Hash(text[begin..(at + host.Length)]);
            text = string.Concat(text.AsSpan(0, begin), hash, text.AsSpan(at + host.Length));
            from = begin + hash.Length;
        }

        return text;
    }

    // "shop-reporter.example" is another domain than "reporter.example"; "%40reporter.example" is the same.
    private static bool BeginsHere(string text, int at) =>
        at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '-') || (at > 2 && text[at - 3] is '%' or '=');

    private bool NamesHost(string text)
    {
        foreach (var host in hosts)
            for (var at = text.IndexOf(host, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = text.IndexOf(host, at + host.Length, StringComparison.OrdinalIgnoreCase))
                if (BeginsHere(text, at))
                    return true;
        return false;
    }

    private string ReplaceWord(string text, string word)
    {
        var from = 0;
        while (from < text.Length && text.IndexOf(word, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var end = at + word.Length;
            from = end;
            if ((at > 0 && char.IsLetterOrDigit(text[at - 1])) || (end < text.Length && char.IsLetterOrDigit(text[end])))
                continue;
            var hash = Hash(word);
            text = string.Concat(text.AsSpan(0, at), hash, text.AsSpan(end));
            from = at + hash.Length;
        }

        return text;
    }

    private string ReplaceTokens(string text, bool opaque)
    {
        var result = new StringBuilder(text.Length);
        var from = 0;
        foreach (var range in Tokens(text))
        {
            var (start, length) = range.GetOffsetAndLength(text.Length);
            var token = text.Substring(start, length);
            result.Append(text, from, start - from);
            from = start + length;
            result.Append(
                opaque && OpaqueToken.IsUrl(token) ? OpaqueToken.RedactUrl(token, Hash, DecodesToSecret)
                : DecodesToSecret(token) || (opaque && OpaqueToken.InText(token)) ? Hash(token)
                : token);
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static IEnumerable<Range> Tokens(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('<' or '>' or '"' or '(' or ')' or '[' or ']' or '{' or '}' or '|' or '\'' or ',');
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            if (i - start >= 8)
                yield return start..i;
            start = -1;
        }
    }

    private bool DecodesToSecret(string token)
    {
        if (token.Length < 8)
            return false;
        if (token.Length > 8192)
            return true;
        // A token may hold the encoded address anywhere: "id=…", "…/…", and base64 in either alphabet at any alignment.
        foreach (var piece in token.Split('=', '&', '/', '?', ';', ':', '.', '~', '@', '!', '#'))
            if (piece.Length >= 8 && (HexHolds(piece) || Base64Holds(piece)))
                return true;
        return Base64Holds(token) || Holds(WebUtility.UrlDecode(WebUtility.UrlDecode(token))) || Holds(Reverse(token)) || Holds(Rot13(token));
    }

    private bool Base64Holds(string piece)
    {
        var text = piece.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        for (var skip = 0; skip < 4 && text.Length - skip >= 8; skip++)
        {
            var length = text.Length - skip;
            length -= length % 4 == 1 ? 1 : 0;
            var padded = text.Substring(skip, length).PadRight((length + 3) / 4 * 4, '=');
            var bytes = new byte[padded.Length];
            if (Convert.TryFromBase64String(padded, bytes, out var written) && Holds(Encoding.Latin1.GetString(bytes, 0, written)))
                return true;
        }

        return false;
    }

    private bool HexHolds(string piece)
    {
        var even = piece.Length & ~1;
        return !piece.AsSpan(0, even).ContainsAnyExcept(OpaqueToken.Hex)
            && Holds(Encoding.Latin1.GetString(Convert.FromHexString(piece.AsSpan(0, even))));
    }

    private bool Holds(string text)
    {
        if (NamesHost(text))
            return true;
        var plain = Collapse(text);
        return collapsed.Any(c => plain.Contains(c, StringComparison.Ordinal));
    }

    private static string Collapse(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            if (char.IsLetterOrDigit(c))
                plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }

    private static string QuotedPrintable(string text)
    {
        var decoder = DecoderFilter.Create(ContentEncoding.QuotedPrintable);
        var bytes = Encoding.UTF8.GetBytes(text);
        var output = decoder.Flush(bytes, 0, bytes.Length, out var at, out var length);
        return Encoding.UTF8.GetString(output, at, length);
    }

    private static string Reverse(string text)
    {
        var chars = text.ToCharArray();
        Array.Reverse(chars);
        return new string(chars);
    }

    private static string Rot13(string text) => string.Create(text.Length, text, (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            var c = source[i];
            span[i] = c switch
            {
                >= 'a' and <= 'z' => (char)('a' + ((c - 'a' + 13) % 26)),
                >= 'A' and <= 'Z' => (char)('A' + ((c - 'A' + 13) % 26)),
                _ => c,
            };
        }
    });
}
