using Mailreeve.Policy.Files;
using Mailreeve.Policy.Notices;

namespace Mailreeve.Policy.Page;

/// <summary>Puts the provider's facts into a text of the policy.</summary>
public static class ProviderText
{
    /// <summary>Markdown with the provider's name and addresses in it; a name cannot change the formatting.</summary>
    public static string Fill(string markdown, ProviderFacts provider) =>
        Placeholders.Fill(markdown, name => Placeholders.Of(provider, name) switch
        {
            null => null,
            var value when Placeholders.IsLink(name) => MarkdownText.Link(value),
            var value => MarkdownText.Escape(value),
        });

    /// <summary>The same where there is no formatting: titles, subjects, plain-text mail.</summary>
    public static string FillPlain(string text, ProviderFacts provider) =>
        Placeholders.Fill(text, name => Placeholders.Of(provider, name) is { } value ? MarkdownText.OneLine(value) : null);
}
