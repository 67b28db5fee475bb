using System.Collections.Concurrent;
using Mailreeve.Policy;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>The live view of the mailboxes that are in use on this node. Owners put it up; sessions read it and wait for changes.</summary>
/// <param name="used">Told how many octets lie in a mailbox, whenever that may have changed; null when nobody asks.</param>
public sealed class MailboxBoard(Action<MailboxId, long>? used = null)
{
    private readonly ConcurrentDictionary<MailboxId, MailboxView> views = new();
    private readonly ConcurrentDictionary<MailboxId, Watch[]> watches = new();

    /// <summary>The mailbox as it is now; null when no owner holds it, who is then to be asked to <see cref="IMailboxGrain.OpenAsync"/>.</summary>
    public MailboxView? Find(MailboxId mailbox) => views.GetValueOrDefault(mailbox);

    /// <summary>Calls back after each change of the mailbox, on the owner's thread: do nothing there but wake somebody.</summary>
    /// <returns>Ends the watch when it is disposed.</returns>
    public IDisposable WatchFor(MailboxId mailbox, Action changed)
    {
        var watch = new Watch(this, mailbox, changed);
        watches.AddOrUpdate(mailbox, static (_, added) => [added], static (_, have, added) => [.. have, added], watch);
        return watch;
    }

    internal void Put(MailboxView view)
    {
        views[view.Id] = view;
        used?.Invoke(view.Id, view.UsedBytes);
        foreach (var watch in watches.GetValueOrDefault(view.Id, []))
            watch.Changed();
    }

    internal void TakeDown(MailboxId mailbox) => views.TryRemove(mailbox, out _);

    private sealed class Watch(MailboxBoard board, MailboxId mailbox, Action changed) : IDisposable
    {
        public Action Changed { get; } = changed;

        public void Dispose()
        {
            while (board.watches.TryGetValue(mailbox, out var have))
            {
                var left = Array.FindAll(have, watch => watch != this);
                if (left.Length == 0
                    ? board.watches.TryRemove(KeyValuePair.Create(mailbox, have))
                    : board.watches.TryUpdate(mailbox, left, have))
                    return;
            }
        }
    }
}
