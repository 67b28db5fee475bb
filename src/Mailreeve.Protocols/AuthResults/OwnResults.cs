using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.AuthResults;

/// <summary>Reads the Authentication-Results field that our own server put on top of a message (RFC 8601 §5).</summary>
/// <remarks>Only the very first field counts: nobody but our server can put one above its own Received line.</remarks>
public static class OwnResults
{
    private const int FieldBytesMax = 20_000;
    private const int ResultsMax = 50;

    /// <summary>What was found; empty when the message does not begin with such a field of ours.</summary>
    /// <param name="message">The message as kept.</param>
    /// <param name="host">Our name.</param>
    public static IReadOnlyList<AuthResult> Read(ReadOnlySpan<byte> message, string host)
    {
        var reader = new HeaderReader(message[..Math.Min(message.Length, FieldBytesMax)], 0);
        if (!reader.Next(out var field) || field.NameLength != 22 || !Ascii.EqualsIgnoreCase(field.Name(message), "Authentication-Results"u8))
            return [];
        var parts = Split(Encoding.UTF8.GetString(field.Value(message)));
        if (parts.Count == 0 || parts[0].Count == 0 || !parts[0][0].Equals(host, StringComparison.OrdinalIgnoreCase))
            return [];
        var results = new List<AuthResult>();
        foreach (var words in parts.Skip(1).Take(ResultsMax))
        {
            if (words.Count == 0 || words[0].Split('=', 2) is not [var method, var result])
                continue;
            var properties = words.Skip(1).Select(w => w.Split('=', 2)).Where(w => w.Length == 2).Select(w => (w[0], w[1])).ToList();
            results.Add(new AuthResult(method, result) { Properties = properties });
        }

        return results;
    }

    // Words of each result. What strangers wrote stands in comments and quoted strings, where ";" and "=" are nothing but text.
    private static List<List<string>> Split(string value)
    {
        var parts = new List<List<string>> { new() };
        var word = new StringBuilder();
        var (depth, quoted) = (0, false);
        for (var i = 0; i <= value.Length; i++)
        {
            var c = i < value.Length ? value[i] : ';';
            if ((depth > 0 || quoted) && i < value.Length)
            {
                if (c == '\\')
                {
                    i++;
                    if (quoted && i < value.Length)
                        word.Append(value[i]);
                }
                else if (quoted && c == '"')
                    quoted = false;
                else if (quoted)
                    word.Append(c);
                else
                    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                continue;
            }

            if (c == '"')
                quoted = true;
            else if (c is '(' or ';' or ' ' or '\t' or '\r' or '\n')
            {
                if (word.Length > 0)
                    parts[^1].Add(word.ToString());
                word.Clear();
                depth += c == '(' ? 1 : 0;
                if (c == ';' && i < value.Length)
                    parts.Add([]);
            }
            else
                word.Append(c);
        }

        return parts;
    }
}
