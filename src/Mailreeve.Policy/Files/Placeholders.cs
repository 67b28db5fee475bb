using System.Text;

namespace Mailreeve.Policy.Files;

/// <summary>Names in braces, <c>{answer-within}</c>, in texts of the policy. There are no other braces and no way to escape one.</summary>
internal static class Placeholders
{
    /// <summary>Names of <see cref="ProviderFacts"/>.</summary>
    public static readonly IReadOnlyList<string> Provider =
        ["provider", "abuse-address", "support-address", "support-telephone", "billing-address", "policy-url"];

    /// <summary>Puts values in place of names, in one pass: a value is never searched for names.</summary>
    /// <param name="text">The text.</param>
    /// <param name="valueOf">The value, or null to leave the name as it is.</param>
    public static string Fill(string text, Func<string, string?> valueOf)
    {
        var filled = new StringBuilder(text.Length);
        var from = 0;
        foreach (var (start, length, name) in In(text))
        {
            filled.Append(text, from, start - from);
            filled.Append((name is null ? null : valueOf(name)) ?? text.Substring(start, length));
            from = start + length;
        }

        return filled.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Every brace in a text.</summary>
    /// <returns>Where, how long, and the name; no name when the brace has no partner or something else than a name between.</returns>
    public static IEnumerable<(int Start, int Length, string? Name)> In(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
                continue;
            var end = text[i] == '{' ? EndOfName(text, i + 1) : -1;
            if (end < 0)
            {
                yield return (i, 1, null);
                continue;
            }

            yield return (i, end - i + 1, text[(i + 1)..end]);
            i = end;
        }
    }

    /// <summary>The value of a name of <see cref="Provider"/>; null for any other.</summary>
    public static string? Of(ProviderFacts provider, string name) => name switch
    {
        "provider" => provider.Name,
        "abuse-address" => provider.AbuseAddress,
        "support-address" => provider.SupportAddress,
        "support-telephone" => provider.SupportTelephone,
        "billing-address" => provider.BillingAddress,
        "policy-url" => provider.PolicyUrl,
        _ => null,
    };

    /// <summary>Whether the value of this name is an address that can be followed.</summary>
    public static bool IsLink(string name) => name is "abuse-address" or "support-address" or "billing-address" or "policy-url";

    private static int EndOfName(string text, int from)
    {
        var i = from;
        while (i < text.Length && (char.IsAsciiLetterLower(text[i]) || char.IsAsciiDigit(text[i]) || text[i] == '-'))
            i++;
        return i > from && i < text.Length && text[i] == '}' ? i : -1;
    }
}
