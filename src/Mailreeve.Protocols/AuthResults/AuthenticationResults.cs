using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.AuthResults;

/// <summary>The field in which a server tells those behind it what it has found out about a message (RFC 8601).</summary>
public static class AuthenticationResults
{
    private const int ValueLengthMax = 255;
    private const int CommentLengthMax = 150;
    private const int ForgedMax = 50;

    private static readonly SearchValues<byte> EndOfName = SearchValues.Create(" \t\r\n;("u8);

    private static readonly SearchValues<char> PlainValue =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@+");

    // authres-header-field = "Authentication-Results:" authres-payload; a line for each result.
    /// <summary>The field, with its line end.</summary>
    /// <param name="host">Our name, by which those behind us know that it is ours.</param>
    /// <param name="results">What was found; without any, the field says so.</param>
    public static string Write(string host, IReadOnlyList<AuthResult> results)
    {
        var text = new StringBuilder(160 + 100 * results.Count).Append("Authentication-Results: ").Append(host);
        if (results.Count == 0)
            text.Append("; none");
        foreach (var result in results)
        {
            text.Append(";\r\n\t").Append(result.Method).Append('=').Append(result.Result);
            if (result.Comment is { Length: > 0 } comment)
                AppendComment(text, comment);
            foreach (var (property, value) in result.Properties)
            {
                if (value.Length == 0)
                    continue;
                // A line stays below 998 octets whatever is put into it (RFC 5322 §2.1.1).
                text.Append(value.Length > 40 ? "\r\n\t " : " ").Append(property).Append('=');
                AppendValue(text, value);
            }
        }

        return text.Append("\r\n").ToString();
    }

    /// <summary>
    /// Fields in a header that bear our name, though they came from outside: to be taken out, or someone would believe them
    /// (RFC 8601 §5).
    /// </summary>
    /// <param name="header">The header of the message as it came.</param>
    /// <param name="hosts">The names we go by.</param>
    /// <returns>Where they are, from the top.</returns>
    public static IReadOnlyList<(int Start, int End)> Forged(ReadOnlySpan<byte> header, IReadOnlyList<string> hosts)
    {
        List<(int, int)>? forged = null;
        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
        {
            if (field.NameLength != 22 || !Ascii.EqualsIgnoreCase(field.Name(header), "Authentication-Results"u8))
                continue;
            var name = ServerName(field.Value(header));
            if (!hosts.Any(host => DomainName.Same(host, name)))
                continue;
            forged ??= [];
            forged.Add((field.Start, field.End));
            if (forged.Count == ForgedMax)
                break;
        }

        return forged ?? [];
    }

    // authserv-id = value; comments and white space may stand before it.
    private static string ServerName(ReadOnlySpan<byte> value)
    {
        var depth = 0;
        var at = 0;
        for (; at < value.Length; at++)
        {
            var octet = value[at];
            if (octet == '\\' && depth > 0)
                at++;
            else if (octet == '(')
                depth++;
            else if (octet == ')' && depth > 0)
                depth--;
            else if (depth == 0 && octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                break;
        }

        var rest = at < value.Length ? value[at..] : default;
        if (rest.StartsWith("\""u8))
        {
            var end = rest[1..].IndexOf((byte)'"');
            return Encoding.Latin1.GetString(end < 0 ? rest[1..] : rest.Slice(1, end)).TrimEnd('.');
        }

        var length = rest.IndexOfAny(EndOfName);
        return Encoding.Latin1.GetString(length < 0 ? rest : rest[..length]).TrimEnd('.');
    }

    private static void AppendComment(StringBuilder text, string comment)
    {
        text.Append(" (");
        foreach (var c in comment.AsSpan(0, Math.Min(comment.Length, CommentLengthMax)))
            text.Append(c is '(' or ')' or '\\' or < ' ' or > '~' ? '?' : c);
        text.Append(')');
    }

    // value = token / quoted-string; pvalue also takes local@domain. Whatever else is in it is quoted, and what must not be is a "?".
    private static void AppendValue(StringBuilder text, string value)
    {
        var cut = value.AsSpan(0, Math.Min(value.Length, ValueLengthMax));
        var plain = !cut.ContainsAnyExcept(PlainValue);
        if (plain)
        {
            text.Append(cut);
            return;
        }

        text.Append('"');
        foreach (var c in cut)
        {
            if (c is '"' or '\\')
                text.Append('\\');
            // A name outside ASCII is written as it is: such mail is in UTF-8 throughout (RFC 8601 §5, RFC 6532).
            text.Append(c is < ' ' or '\x7F' ? '?' : c);
        }

        text.Append('"');
    }
}
