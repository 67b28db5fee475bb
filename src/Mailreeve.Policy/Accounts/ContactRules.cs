namespace Mailreeve.Policy.Accounts;

/// <summary>What an address of a contact, and a domain, must look like to be of use.</summary>
public static class ContactRules
{
    /// <summary>What is wrong with an address.</summary>
    /// <returns>A sentence, with what to write instead; null when it is in order.</returns>
    public static string? Problem(ContactChannel channel, string address) => channel switch
    {
        ContactChannel.Email => EmailProblem(address),
        // Many pagers have a mail address rather than a number.
        ContactChannel.Pager when address.Contains('@') => EmailProblem(address),
        _ => TelephoneProblem(address),
    };

    /// <summary>What is wrong with a domain name (RFC 1123 §2.1); null when it is in order.</summary>
    public static string? DomainProblem(string domain)
    {
        if (!domain.All(char.IsAscii))
            return "Write the domain in its ASCII form (xn--…).";
        if (domain.Length > 253)
            return "A domain has 253 characters at most.";
        var labels = domain.Split('.');
        if (labels.Length < 2)
            return "A domain has at least two labels, for example customer.example.";
        return labels.All(IsLabel) ? null : "The labels of a domain are letters, digits and inner hyphens, 1 to 63 of them.";
    }

    // A dot-string on the left (RFC 5321 §4.1.2). Quoted local parts are lawful; nobody has one as a contact.
    private static string? EmailProblem(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 1 || address.Length > 254)
            return "Write a mail address, for example abuse@customer.example.";
        var local = address[..at];
        if (local.Length > 64 || !local.Split('.').All(a => a.Length > 0 && a.All(IsAtext)))
            return "The part before the @ has letters, digits and .!#$%&'*+-/=?^_`{|}~ only, 64 characters at most.";
        return DomainProblem(address[(at + 1)..]);
    }

    // E.164: fifteen digits at most.
    private static string? TelephoneProblem(string number) =>
        number.StartsWith('+')
        && number.Count(char.IsAsciiDigit) is >= 7 and <= 15
        && number.Skip(1).All(c => char.IsAsciiDigit(c) || c is ' ' or '-' or '.' or '(' or ')')
            ? null
            : "Write the number with + and the country's code, for example +1 559 555 0100.";

    private static bool IsAtext(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c);

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63
        && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
