using System.Globalization;
using Mailreeve.Policy;

namespace Mailreeve.Mail.Senders;

/// <summary>Names a sender in the keys of owners and in <c>known_recipient</c>: <c>mailbox 12</c> or <c>customer 7</c>.</summary>
internal static class SenderName
{
    private const string MailboxPrefix = "mailbox ";
    private const string CustomerPrefix = "customer ";

    public static string Of(CustomerId customer, MailboxId? mailbox) => mailbox is { } box ? $"{MailboxPrefix}{box}" : Of(customer);

    public static string Of(CustomerId customer) => $"{CustomerPrefix}{customer}";

    /// <summary>The mailbox; null when it is a customer.</summary>
    public static MailboxId? MailboxOf(string name) =>
        name.StartsWith(MailboxPrefix, StringComparison.Ordinal) ? new MailboxId(Number(name, MailboxPrefix)) : null;

    /// <summary>The customer of a name that is no mailbox's.</summary>
    public static CustomerId CustomerOf(string name) => new(Number(name, CustomerPrefix));

    private static long Number(string name, string prefix) => long.Parse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
