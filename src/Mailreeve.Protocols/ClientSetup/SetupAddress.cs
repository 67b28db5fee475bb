using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>The address somebody asks settings for. It comes from a link or a program, and goes into XML and onto a page.</summary>
public static class SetupAddress
{
    /// <summary>Reads <c>local@domain</c>; blanks around it are dropped, as they come with copying.</summary>
    /// <returns>
    /// <see langword="null"/> when it is no address, is one in brackets, or has characters that no reader sees or no XML can hold
    /// (XML 1.0 §2.2): a link could use them to show another address than the one that is set up.
    /// </returns>
    public static Mailbox? ParseOrNull(string? text)
    {
        // A path has at most 256 octets (RFC 5321 §4.5.3.1.3); what is far longer need not be looked at.
        if (text is null or { Length: > 1000 })
            return null;
        return Mailbox.ParseOrNull(text.Trim()) is { IsLiteral: false } mailbox && IsVisible(mailbox.LocalPart) && IsVisible(mailbox.Domain)
            ? mailbox
            : null;
    }

    private static bool IsVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                return false;
        }

        return true;
    }
}
