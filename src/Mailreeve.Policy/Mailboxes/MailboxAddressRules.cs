using System.Buffers;
using System.Collections.Frozen;

namespace Mailreeve.Policy.Mailboxes;

/// <summary>Which addresses a mailbox can be given. Pure.</summary>
public static class MailboxAddressRules
{
    /// <summary>Longest part before the <c>@</c> (RFC 5321 §4.5.3.1.1).</summary>
    public const int LocalPartLengthMax = 64;

    /// <summary>Longest address that fits into a path (RFC 5321 §4.5.3.1.3).</summary>
    public const int LengthMax = 254;

    // What leaves no room for mistakes on the telephone. No '+': what follows it is the user's own (kim+lists is kim's).
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    // Names that others take for the provider's word (RFC 2142), and those that this program writes mail under.
    private static readonly FrozenSet<string> Roles = FrozenSet.Create(
        StringComparer.Ordinal,
        "abuse", "postmaster", "hostmaster", "webmaster", "noc", "security", "support", "billing", "info", "sales", "marketing", "notice",
        "bounce", "mailer-daemon", "root", "admin", "administrator", "operator", "noreply", "no-reply", "ssl-admin");

    /// <summary>What is wrong with an address as a name for a mailbox, as a sentence; null when it can be given.</summary>
    /// <param name="address">Lower case.</param>
    /// <param name="ours">The provider's own domains; role names in them are the provider's.</param>
    /// <param name="customers">The mail domains of the customer. In them postmaster and abuse are the provider's, to be read by the desk (C7).</param>
    public static string? Problem(string address, IEnumerable<string> ours, IEnumerable<string> customers)
    {
        var at = address.LastIndexOf('@');
        if (at <= 0 || address.Length > LengthMax)
            return "Write an address, for example kim@provider.example.";
        var (local, domain) = (address[..at], address[(at + 1)..]);
        var isOurs = ours.Contains(domain, StringComparer.OrdinalIgnoreCase);
        if (!isOurs && !customers.Contains(domain, StringComparer.OrdinalIgnoreCase))
            return $"{domain} is neither a domain of the provider nor a mail domain of this customer.";
        var isRole = isOurs ? Roles.Contains(local) : local is "postmaster" or "abuse";
        return LocalPartProblem(local) ?? (isRole ? $"{address} is the provider's own; choose another name." : null);
    }

    private static string? LocalPartProblem(string local)
    {
        if (local.Length > LocalPartLengthMax)
            return $"What stands before the @ has {LocalPartLengthMax} characters at most.";
        if (local.AsSpan().ContainsAnyExcept(Allowed))
            return "Before the @ use small letters a to z, digits, and . - _ only.";
        return local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal)
            ? "A point stands between two other characters."
            : null;
    }
}
