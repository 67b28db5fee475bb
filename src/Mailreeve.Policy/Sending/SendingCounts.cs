using NodaTime;

namespace Mailreeve.Policy.Sending;

/// <summary>What a sender has sent, a mailbox or all of a customer. What is held, and lists with permission, are not in it.</summary>
public sealed record SendingCounts
{
    /// <summary>Whether it is all of a customer; otherwise one mailbox.</summary>
    public required bool IsCustomer { get; init; }

    /// <summary>Since when the account is there.</summary>
    public required Instant AccountSince { get; init; }

    /// <summary>Messages within the last hour.</summary>
    public required long MessagesInHour { get; init; }

    /// <summary>Recipients within the last 24 hours.</summary>
    public required long RecipientsInDay { get; init; }

    /// <summary>Recipients who were written to for the first time within the last 24 hours.</summary>
    public required long FirstRecipientsInDay { get; init; }

    /// <summary>Recipients within the last 24 hours of messages with the same text as this one; null when the mailbox was looked at for that.</summary>
    public required long? SameTextRecipientsInDay { get; init; }

    /// <summary>Messages that lie under the hold of this sender; null when there is no hold.</summary>
    public long? Held { get; init; }
}

/// <summary>A message that is to be sent.</summary>
/// <param name="Recipients">How many, 1 or more.</param>
/// <param name="FirstRecipients">How many of them this sender has never written to.</param>
/// <param name="ListId">The list that it names (RFC 2919), lower case; null for none.</param>
/// <param name="WithoutPermission">How many of its recipients have given no permission for that list; all of them when it names none.</param>
public sealed record SendingMessage(long Recipients, long FirstRecipients, string? ListId, long WithoutPermission);
