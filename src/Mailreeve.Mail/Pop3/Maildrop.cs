using System.Collections;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Policy;

namespace Mailreeve.Mail.Pop3;

/// <summary>
/// The INBOX of a customer as it was when the session began, and what the session has marked. Neither mail that comes, nor retention, nor
/// IMAP changes its numbers (RFC 1939 §4); only QUIT changes the INBOX.
/// </summary>
internal sealed class Maildrop
{
    private readonly IMailboxGrain owner;
    private readonly FolderId folder;
    private readonly string session;
    private readonly MessageList messages;
    private readonly BitArray marked;

    private Maildrop(IMailboxGrain owner, string session, FolderView inbox)
    {
        this.owner = owner;
        this.session = session;
        folder = inbox.Id;
        messages = inbox.Messages;
        marked = new BitArray(messages.Count);
        UidValidity = inbox.UidValidity;
        Reset();
    }

    /// <summary>How many messages there are, those that are marked among them.</summary>
    public int Count => messages.Count;

    /// <summary>How many are not marked.</summary>
    public int LeftCount { get; private set; }

    /// <summary>Octets of those that are not marked.</summary>
    public long LeftBytes { get; private set; }

    public uint UidValidity { get; }

    /// <summary>Opens the INBOX for this session alone.</summary>
    /// <returns><see langword="null"/> when another session has it.</returns>
    public static async Task<Maildrop?> OpenAsync(Pop3ServerParts parts, MailboxId mailbox, string session)
    {
        var owner = parts.Grains.GetGrain<IMailboxGrain>(mailbox.Value);
        try
        {
            if (!await owner.LockAsync(session))
                return null;
            await owner.OpenAsync();
            var view = parts.Board.Find(mailbox) ?? throw new InvalidOperationException($"Mailbox {mailbox} is open and not on the board.");
            return new Maildrop(owner, session, view.Inbox);
        }
        catch
        {
            // Also when it was the lock that failed: the owner may have given it, and only the answer was lost.
            await owner.UnlockAsync(session);
            throw;
        }
    }

    /// <summary>The message with this number, or <see langword="null"/> when there is none, or it is marked.</summary>
    public StoredMessage? Find(int number) => number >= 1 && number <= Count && !marked[number - 1] ? messages[number - 1] : null;

    /// <summary>Marks a message that <see cref="Find"/> gives.</summary>
    public void Mark(int number)
    {
        marked[number - 1] = true;
        LeftCount--;
        LeftBytes -= messages[number - 1].Body.Length;
    }

    /// <summary>Takes all marks away.</summary>
    public void Reset()
    {
        marked.SetAll(false);
        LeftCount = Count;
        LeftBytes = 0;
        foreach (var message in messages.Span)
            LeftBytes += message.Body.Length;
    }

    /// <summary>Removes what is marked; when the task is done, that is durable.</summary>
    public async Task RemoveMarkedAsync()
    {
        if (LeftCount == Count)
            return;
        var uids = new List<uint>(Count - LeftCount);
        for (var i = 0; i < Count; i++)
        {
            if (marked[i])
                uids.Add(messages[i].Uid);
        }

        await owner.ExpungeAsync(folder, uids, onlyDeleted: false);
    }

    /// <summary>Lets others in.</summary>
    public Task UnlockAsync() => owner.UnlockAsync(session);
}
