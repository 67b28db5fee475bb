using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.AuthResults;

/// <summary>Reads which domains another server found to be authentic (RFC 8601 §2.2).</summary>
public static class PassedDomains
{
    private const int ResultsMax = 50;
    private const int ValueLengthMax = 4096;
    private const int HeaderBytesMax = 256 << 10;

    /// <summary>
    /// Domains for which SPF or DKIM passed, according to the server that received the message last: fields that stand above the second
    /// Received line. What stands below came with the message, and anybody may have written it.
    /// </summary>
    /// <param name="message">The message, or its header alone.</param>
    /// <returns>Domains in lower case; each may occur more than once.</returns>
    public static IReadOnlyList<string> Find(ReadOnlyMemory<byte> message)
    {
        var octets = message.Span[..Math.Min(message.Length, HeaderBytesMax)];
        var passed = new List<string>();
        var reader = new HeaderReader(octets, 0);
        var received = 0;
        while (reader.Next(out var field) && received < 2)
        {
            var name = field.Name(octets);
            if (Ascii.EqualsIgnoreCase(name, "Received"u8))
                received++;
            else if (received < 2 && Ascii.EqualsIgnoreCase(name, "Authentication-Results"u8) && field.End - field.ValueStart <= ValueLengthMax)
                Read(Encoding.Latin1.GetString(field.Value(octets)), passed);
        }

        return passed;
    }

    // resinfo = ";" method "=" result *( ptype "." property "=" pvalue ); comments may stand anywhere.
    private static void Read(string value, List<string> passed)
    {
        var text = WithoutComments(value);
        var isFirst = true;
        foreach (var range in text.AsSpan().Split(';'))
        {
            // The first is the server's name.
            if (!isFirst && passed.Count < ResultsMax)
                ReadResult(text[range], passed);
            isFirst = false;
        }
    }

    private static void ReadResult(string result, List<string> passed)
    {
        var words = result.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
            return;
        var method = words[0].ToLowerInvariant();
        if (method is not ("spf=pass" or "dkim=pass"))
            return;
        foreach (var word in words.AsSpan(1))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var property = equals < 0 ? "" : word[..equals].ToLowerInvariant();
            // The greeting (smtp.helo) says nothing about the sender.
            if (property is not ("smtp.mailfrom" or "header.d" or "header.i") || (property == "smtp.mailfrom") != (method == "spf=pass"))
                continue;
            var domain = word[(equals + 1)..].Trim('"', '<', '>');
            domain = domain[(domain.LastIndexOf('@') + 1)..].TrimEnd('.').ToLowerInvariant();
            if (domain.Length is > 0 and <= 253)
                passed.Add(domain);
        }
    }

    private static string WithoutComments(string value)
    {
        var text = new StringBuilder(value.Length);
        var depth = 0;
        foreach (var c in value)
        {
            if (c == '(')
                depth++;
            else if (c == ')' && depth > 0)
                depth--;
            else if (depth == 0)
                text.Append(c);
        }

        return text.ToString();
    }
}
