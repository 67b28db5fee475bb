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

    private const int TokensMax = 100;

    // Local parts that name a role, and words in display names that name nobody.
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "abuse", "admin", "all", "and", "any", "are", "automatic", "billing", "can", "center", "centre", "cert", "company", "complaint",
        "complaints", "contact", "customer", "customers", "department", "desk", "email", "feedback", "for", "friend", "from", "hello", "help",
        "inc", "info", "inquiry", "internet", "ltd", "gmbh", "loop", "mail", "madam", "marketing", "member", "members", "network", "networks",
        "news", "newsletter", "noc", "noreply", "not", "office", "our", "postmaster", "recipient", "recipients", "reply", "report", "reporter",
        "reports", "root", "sales", "security", "server", "service", "services", "sir", "soc", "spam", "support", "team", "test", "the",
        "this", "undisclosed", "user", "users", "webmaster", "www", "you", "your",
    };

    // Fields of senders of mass mail that name the recipient by a number (RFC 2919, RFC 2369, RFC 9477, and custom).
    private static readonly string[] TokenFields =
    [
        "Return-Path", "Errors-To", "Bounces-To", "List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID", "CFBL-Feedback-ID", "CFBL-Address",
        "X-Campaign", "X-Campaign-Id", "X-CampaignID", "X-Mailer-Recptid", "X-Recipient-Id", "X-Subscriber-Id", "X-MessageID", "X-Message-Id",
        "X-Job", "X-Job-ID", "X-Mailing-Id", "X-List-Member", "X-CSA-Complaints", "X-Report-Abuse", "X-SG-EID", "X-MC-User", "X-Reference",
    ];

    /// <summary>Header fields that name recipients; "for" in Received is read separately.</summary>
    public static readonly string[] NamingFields =
    [
        "To", "Cc", "Bcc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "X-HmXmrOriginalRecipient",
        "Apparently-To", "X-Apparently-To", "Resent-To", "Resent-Cc", "Resent-Bcc", "Original-Recipient", "X-Forwarded-To", "X-Forwarded-For",
    ];

    // An "@", as it is written, encoded for a link once and twice, in quoted-printable and in HTML.
    private static readonly string[] AtSigns = ["@", "%40", "%2540", "=40", "&#64;"];

    private readonly byte[] key;
    private readonly IReadOnlyList<string> shown;
    private readonly List<(string Text, string Hash)> literals = [];
    private readonly List<string> words = [];
    private readonly List<string> hosts = [];
    private readonly List<string> collapsed = [];

    private Secrets(RedactionFacts facts)
    {
        if (facts.Key.Length < 16)
            throw new ArgumentException("The redaction key must have at least 16 bytes.", nameof(facts));
        key = facts.Key.ToArray();
        shown = [.. facts.OwnHosts, facts.Resource[(facts.Resource.LastIndexOf('@') + 1)..]];
    }

    public static Secrets From(MailPart root, RedactionFacts facts)
    {
        var secrets = new Secrets(facts);
        var named = NamingFields.SelectMany(root.AllHeaders).ToList();
        var mailboxes = facts.Recipients.Concat(facts.ReporterMailboxes).Concat(named.SelectMany(Evidence.Mailboxes))
            .Concat(root.AllHeaders("Received").SelectMany(ForClause));
        foreach (var mailbox in mailboxes.Select(Notation.Mailbox).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(RecipientsMax))
            secrets.AddMailbox(mailbox);
        foreach (var name in named.SelectMany(DisplayNames).Concat(facts.ReporterNames).Take(RecipientsMax))
            secrets.AddName(name);
        foreach (var host in facts.ReporterHosts)
            secrets.AddHost(host);
        foreach (var token in TokenFields.SelectMany(root.AllHeaders).SelectMany(NamingTokens).Take(TokensMax))
            secrets.AddToken(token);
        secrets.literals.Sort((a, b) => b.Text.Length.CompareTo(a.Text.Length));
        // Longest first here too, or a piece of a word is replaced before the word.
        var ordered = secrets.words.Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(w => w.Length).ToList();
        secrets.words.Clear();
        secrets.words.AddRange(ordered);
        return secrets;
    }

    /// <summary>The text without them. With <paramref name="tokens"/> also without opaque tokens, which identify a recipient to the sender.</summary>
    public string Scrub(string text, bool tokens)
    {
        text = Clean(text);
        // Before the hosts, so that every way of writing a mailbox shows as the same word.
        foreach (var (literal, hash) in literals)
            text = Replace(text, literal, hash);
        foreach (var host in hosts)
            text = ReplaceAround(text, host);
        foreach (var word in words)
            text = ReplaceWord(text, word);
        return ReplaceTokens(text, tokens);
    }

    /// <summary>
    /// The text without mailboxes that are not below one of these domains. Who is not named in the header may be named in the text, and
    /// of a mailbox that nobody knows nobody knows that it is no recipient.
    /// </summary>
    public string ScrubMailboxes(string text, IReadOnlyCollection<string> kept)
    {
        foreach (var sign in AtSigns)
            text = ScrubMailboxes(text, sign, kept);
        return text;
    }

    private string ScrubMailboxes(string text, string sign, IReadOnlyCollection<string> kept)
    {
        var from = 0;
        while (from < text.Length && text.IndexOf(sign, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            from = at + sign.Length;
            var (begin, end) = (at, from);
            while (begin > 0 && (char.IsLetterOrDigit(text[begin - 1]) || text[begin - 1] is '.' or '-' or '_' or '+' or '=' or '%' or '~' or '/' or '*'))
                begin--;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-' or '_' or '%'))
                end++;
            while (end > from && text[end - 1] is '.' or '-')
                end--;
            var domain = text[from..end];
            if (begin == at || domain.Length == 0 || kept.Any(k => IsAtOrBelow(domain, k)))
                continue;
            var slash = text.LastIndexOf('/', at - 1, at - begin);
            begin = slash < 0 ? begin : slash + 1;
            // "https://user@host" is a link: who was named before its host has gone, and the host stays.
            if (begin == at || (begin >= 2 && text[begin - 1] == '/' && text[begin - 2] == '/'))
                continue;
            var hash = Hash(text[begin..end]);
            text = string.Concat(text.AsSpan(0, begin), hash, text.AsSpan(end));
            from = begin + hash.Length;
        }

        return text;
    }

    /// <summary>Whether a host is this domain or below it.</summary>
    public static bool IsAtOrBelow(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a word names nobody.</summary>
    public static bool IsCommon(string word) => Common.Contains(word);

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
        var lower = Encoding.UTF8.GetBytes(mailbox.ToLowerInvariant());
        var hash = Hash(mailbox);
        foreach (var form in (string[])
            [
                mailbox, $"{local}={domain}", $"{local}%40{domain}", $"{local}#{domain}", $"{local}&#64;{domain}", $"{local} at {domain}",
                $"{local}(at){domain}", $"{local} (at) {domain}", $"{local}[at]{domain}", $"{local} [at] {domain}", $"{local}=40{domain}",
                Convert.ToHexString(lower), Convert.ToHexString(MD5.HashData(lower)), Convert.ToHexString(SHA1.HashData(lower)),
                Convert.ToHexString(SHA256.HashData(lower)),
            ])
            literals.Add((form, hash));
        collapsed.Add(Collapse(mailbox));
        // Our own hosts and the accused's domain are no secret, even when the complainant has a mailbox there.
        if (!shown.Any(s => s.Length > 0 && IsAtOrBelow(domain, s)))
            AddHost(domain);
        if (local.Length < 3 || Common.Contains(local))
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

    // "list-4411" may stand in a link as "4411" alone.
    private void AddToken(string token)
    {
        words.Add(token);
        words.AddRange(token.Split('-', '_').Where(p => p.Length >= 5 && p.Length < token.Length && p.Any(char.IsAsciiDigit)));
    }

    private static IEnumerable<string> NamingTokens(string value)
    {
        if (value.Length > 4096)
            yield break;
        var start = -1;
        for (var i = 0; i <= value.Length; i++)
        {
            var inside = i < value.Length && (char.IsLetterOrDigit(value[i]) || value[i] is '-' or '_');
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            var token = value[start..i];
            start = -1;
            if (token.Length is >= 5 and < 200 && token.Any(char.IsAsciiDigit))
                yield return token;
        }
    }

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

    private static string Replace(string text, string literal, string hash)
    {
        var from = 0;
        while (text.IndexOf(literal, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            from = at + literal.Length;
            // "joan@…" is another mailbox than "an@…"; the host takes it as a whole.
            if (at > 0 && literal.Contains('@') && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '.' or '_'))
                continue;
            text = string.Concat(text.AsSpan(0, at), hash, text.AsSpan(at + literal.Length));
            from = at + hash.Length;
        }

        return text;
    }

    // The host with everything that hangs on it to the left: labels below it, the local part, an encoded "@".
    private string ReplaceAround(string text, string host)
    {
        var from = 0;
        while (text.IndexOf(host, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            from = at + host.Length;
            if (!IsHost(text, at, host))
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
    private static bool IsHost(string text, int at, string host)
    {
        // 198.51.100.7 does not stand in 198.51.100.77.
        var end = at + host.Length;
        if (char.IsAsciiDigit(host[^1]) && end < text.Length && char.IsAsciiDigit(text[end]))
            return false;
        return at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '-') || (at > 2 && text[at - 3] is '%' or '=');
    }

    private bool NamesHost(string text)
    {
        foreach (var host in hosts)
            for (var at = text.IndexOf(host, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = text.IndexOf(host, at + host.Length, StringComparison.OrdinalIgnoreCase))
                if (IsHost(text, at, host))
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
