using System.Text;
using Mailreeve.Protocols.Smtp;

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
        if (!domain.Contains('.'))
            return "A domain has at least two labels, for example customer.example.";
        return DomainName.IsValid(Encoding.ASCII.GetBytes(domain)) ? null : $"'{domain}' is not a domain; write it like customer.example.";
    }

    private static string? EmailProblem(string address)
    {
        if (Mailbox.ParseOrNull(address) is not { IsLiteral: false } mailbox)
            return "Write a mail address, for example abuse@customer.example.";
        return mailbox.LocalPart.All(char.IsAscii)
            ? DomainProblem(mailbox.Domain)
            : "Write an address with ASCII letters before the @; not every mail server takes others.";
    }

    // E.164: fifteen digits at most.
    private static string? TelephoneProblem(string number) =>
        number.StartsWith('+')
        && number.Count(char.IsAsciiDigit) is >= 7 and <= 15
        && number.Skip(1).All(c => char.IsAsciiDigit(c) || c is ' ' or '-' or '.' or '(' or ')')
            ? null
            : "Write the number with + and the country's code, for example +1 559 555 0100.";
}
