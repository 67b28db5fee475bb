using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>A folder at one moment.</summary>
public sealed record FolderView
{
    /// <summary>The folder.</summary>
    public required FolderId Id { get; init; }

    /// <summary>Its name, with <c>/</c> between the levels; <c>INBOX</c> in capitals.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for (RFC 6154 §2).</summary>
    public SpecialUse Use { get; init; }

    /// <summary>Whether clients show it.</summary>
    public required bool Subscribed { get; init; }

    /// <summary>Changes when the folder's UIDs are others (RFC 3501 §2.3.1.1).</summary>
    public required uint UidValidity { get; init; }

    /// <summary>The UID that the next message gets, or more.</summary>
    public required uint UidNext { get; init; }

    /// <summary>The highest modification sequence up to which everything is shown (RFC 7162 §3.1.2.1).</summary>
    public required ulong HighestModSeq { get; init; }

    /// <summary>Its messages.</summary>
    public required MessageList Messages { get; init; }

    /// <summary>Sum of their octets.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many of them are not <c>\Seen</c>.</summary>
    public required int Unseen { get; init; }

    /// <summary>Keywords that stand, or stood, on its messages: what FLAGS lists.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];
}

/// <summary>A mailbox at one moment: what everyone but its owner knows of it.</summary>
public sealed record MailboxView
{
    /// <summary>The mailbox.</summary>
    public required MailboxId Id { get; init; }

    /// <summary>Its folders by name, INBOX among them.</summary>
    public required IReadOnlyDictionary<string, FolderView> Folders { get; init; }

    /// <summary>What lies in it, in octets.</summary>
    public required long UsedBytes { get; init; }

    /// <summary>Its INBOX.</summary>
    public FolderView Inbox => Folders["INBOX"];

    /// <summary>The folder with this id, or null when it is gone.</summary>
    public FolderView? Find(FolderId id)
    {
        foreach (var folder in Folders.Values)
        {
            if (folder.Id == id)
                return folder;
        }

        return null;
    }
}
