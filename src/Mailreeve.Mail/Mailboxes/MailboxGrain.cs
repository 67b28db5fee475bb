using System.Collections.Immutable;
using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;
using NodaTime;
using Orleans.Concurrency;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>The owner of one mailbox. Deliveries only touch memory; what else changes is in the database before it is seen.</summary>
/// <remarks>
/// Reentrant: while a change waits for the database, messages go on arriving. Changes themselves go one after the other
/// (<see cref="changing"/>). Limits: <see cref="FoldersMax"/> folders, <see cref="KeywordsMax"/> keywords in a folder.
/// </remarks>
[Reentrant]
internal sealed class MailboxGrain(Database db, Journal journal, MailboxBoard board, MailboxCapacity capacity, IClock clock)
    : Grain, IMailboxGrain, IDisposable
{
    private const int FoldersMax = 1000;

    // Dovecot's mailboxes hold 26 by letters; clients use a dozen. Each is listed at every SELECT.
    internal const int KeywordsMax = 100;

    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly Dictionary<FolderId, OwnedFolder> folders = [];
    private ImmutableSortedDictionary<string, FolderView> shown = ImmutableSortedDictionary<string, FolderView>.Empty;
    private string? lockedBy;

    private MailboxId Id => new(this.GetPrimaryKeyLong());

    private OwnedFolder Inbox => folders.Values.First(f => f.View.Name == FolderNames.Inbox);

    private long UsedBytes => folders.Values.Sum(f => f.View.Bytes + f.AwaitedBytes);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Rows may still be missing for what an owner before this one has shown.
        await journal.CaughtUpAsync();
        var loaded = await db.ReadAsync(async session =>
        {
            var messages = new MessageStore(session);
            var rows = new List<(FolderRow Folder, IReadOnlyList<MessageRow> Messages)>();
            foreach (var folder in await new FolderStore(session).OfMailboxAsync(Id, cancellationToken))
                rows.Add((folder, await messages.OfFolderAsync(folder.Id, cancellationToken)));
            return rows;
        }, cancellationToken);
        if (loaded.Count == 0)
            throw new KeyNotFoundException($"There is no mailbox {Id}.");
        foreach (var (folder, messages) in loaded)
            folders.Add(folder.Id, new OwnedFolder(ViewOf(folder, messages), (uint)folder.UidNext, (ulong)folder.HighestModSeq));
        PutUp();
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        board.TakeDown(Id);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => changing.Dispose();

    /// <inheritdoc/>
    public Task OpenAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<Reservation> ReserveAsync(FolderId? folder, IReadOnlyList<long> sizes) => Task.FromResult(Reserve(folder, sizes));

    /// <inheritdoc/>
    public async Task PublishAsync(FolderId folder, IReadOnlyList<StoredMessage> messages)
    {
        if (!folders.TryGetValue(folder, out var owned))
            return;
        foreach (var message in messages)
            owned.Arrived(message);
        PutUp(owned);
        // Whoever hears that it is there may ask for it at once.
        foreach (var message in messages)
            await owned.SeenAsync(message.Uid);
    }

    /// <inheritdoc/>
    public Task AbandonAsync(FolderId folder, uint firstUid, int count)
    {
        if (folders.TryGetValue(folder, out var owned))
        {
            for (var i = 0; i < count; i++)
                owned.Abandoned(firstUid + (uint)i);
            PutUp(owned);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<FlagsStored> StoreAsync(FolderId folder, FlagChange change) => ChangeAsync(async () =>
    {
        if (!folders.TryGetValue(folder, out var owned))
            return new FlagsStored([], TooManyKeywords: false);
        if (change.Operation != StoreMode.Remove && owned.View.Keywords.Union(change.Keywords, StringComparer.OrdinalIgnoreCase).Count() > KeywordsMax)
            return new FlagsStored([], TooManyKeywords: true);

        var named = change.Uids.Select(owned.View.Messages.Find).OfType<StoredMessage>().ToList();
        var modified = named.Where(m => m.ModSeq > change.UnchangedSince).ToList();
        var changed = named.Except(modified).Select(m => Flagged(m, change)).Where(c => c.Changed).Select(c => c.Message).ToList();
        if (changed.Count > 0)
        {
            var modSeq = owned.BeginChange();
            try
            {
                changed = changed.ConvertAll(m => m with { ModSeq = modSeq });
                await journal.CaughtUpAsync();
                await db.WriteAsync(async session =>
                {
                    await new MessageStore(session).SetFlagsAsync(
                        folder, [.. changed.Select(m => new FlagsRow(m.Uid, (long)m.Flags, m.Keywords, (long)m.ModSeq))], CancellationToken.None);
                    await NoteNumbersAsync(session, owned);
                }, CancellationToken.None);
                owned.Changed(changed, change.Operation == StoreMode.Remove ? [] : change.Keywords);
            }
            finally
            {
                owned.EndChange();
            }

            PutUp(owned);
        }

        return new FlagsStored([.. modified.Select(m => m.Uid)], TooManyKeywords: false);
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<uint>> ExpungeAsync(FolderId folder, IReadOnlyList<uint>? uids, bool onlyDeleted) => ChangeAsync(async () =>
    {
        if (!folders.TryGetValue(folder, out var owned))
            return [];
        var named = uids is null ? owned.View.Messages.Span.ToArray() : uids.Select(owned.View.Messages.Find).OfType<StoredMessage>();
        return await RemoveAsync(owned, [.. named.Where(m => !onlyDeleted || m.Flags.HasFlag(SystemFlags.Deleted)).Select(m => m.Uid).Order()]);
    });

    /// <inheritdoc/>
    public Task<Copied> CopyAsync(FolderId from, IReadOnlyList<uint> uids, FolderId to, bool move) => ChangeAsync(async () =>
    {
        if (!folders.TryGetValue(from, out var source) || !folders.TryGetValue(to, out var target))
            return new Copied(ReserveOutcome.NoFolder, 0, [], []);
        var messages = uids.Select(source.View.Messages.Find).OfType<StoredMessage>().DistinctBy(m => m.Uid).OrderBy(m => m.Uid).ToList();
        if (messages.Count == 0)
            return new Copied(ReserveOutcome.Reserved, target.View.UidValidity, [], []);
        // Who is over quota must be able to delete, and many programs delete by copying to Trash.
        if (!move && target.View.Use != SpecialUse.Trash && UsedBytes + messages.Sum(m => (long)m.Body.Length) > capacity.BytesOf(Id))
            return new Copied(ReserveOutcome.OverQuota, 0, [], []);

        var (uid, modSeq) = target.Reserve([.. messages.Select(_ => 0L)]);
        var copies = messages.Select((m, i) => new PlacedCopy(m.Uid, uid + (uint)i, modSeq + (ulong)i)).ToList();
        try
        {
            if (move)
                source.BeginChange();
            await journal.CaughtUpAsync();
            await db.WriteAsync(async session =>
            {
                var store = new MessageStore(session);
                await (move ? store.MoveAsync(from, to, copies, CancellationToken.None) : store.CopyAsync(from, to, copies, CancellationToken.None));
                await NoteNumbersAsync(session, source);
                await NoteNumbersAsync(session, target);
            }, CancellationToken.None);
        }
        catch
        {
            source.EndChange();
            foreach (var copy in copies)
                target.Abandoned(copy.To);
            throw;
        }

        if (move)
        {
            var gone = messages.Select(m => m.Uid).ToHashSet();
            source.Removed(m => gone.Contains(m.Uid));
            source.EndChange();
        }

        for (var i = 0; i < copies.Count; i++)
            target.Arrived(messages[i] with { Uid = copies[i].To, ModSeq = copies[i].ModSeq });
        target.Changed(v => v with { Keywords = [.. v.Keywords.Union(messages.SelectMany(m => KeywordsOf(m.Keywords)), StringComparer.OrdinalIgnoreCase)] });
        PutUp();
        return new Copied(ReserveOutcome.Reserved, target.View.UidValidity, [.. copies.Select(c => c.From)], [.. copies.Select(c => c.To)]);
    });

    /// <inheritdoc/>
    public Task<FolderOutcome> CreateFolderAsync(string name, SpecialUse use) => ChangeAsync(async () =>
    {
        if (FolderNames.Normalized(name) is not { } wanted)
            return FolderOutcome.BadName;
        if (Find(wanted) is not null)
            return FolderOutcome.Exists;
        if (use != SpecialUse.None && folders.Values.Any(f => (f.View.Use & use) != 0))
            return FolderOutcome.UseTaken;
        var missing = FolderNames.Above(wanted).Where(above => Find(above) is null).ToList();
        if (folders.Count + missing.Count + 1 > FoldersMax)
            return FolderOutcome.TooMany;

        await AddFoldersAsync([.. missing.Select(above => (above, SpecialUse.None)), (wanted, use)]);
        PutUp();
        return FolderOutcome.Done;
    });

    /// <inheritdoc/>
    public Task<FolderOutcome> DeleteFolderAsync(string name) => ChangeAsync(async () =>
    {
        if (FolderNames.Normalized(name) is not { } wanted || Find(wanted) is not { } owned)
            return FolderOutcome.Missing;
        if (wanted == FolderNames.Inbox)
            return FolderOutcome.IsInbox;
        if (folders.Values.Any(f => FolderNames.IsBelow(f.View.Name, wanted)))
            return FolderOutcome.HasChildren;

        // From here on nothing more comes into it; what was on its way has rows, or will have none.
        folders.Remove(owned.Id);
        try
        {
            await journal.CaughtUpAsync();
            await db.WriteAsync(session => new FolderStore(session).DeleteAsync(owned.Id, CancellationToken.None), CancellationToken.None);
        }
        catch
        {
            folders.Add(owned.Id, owned);
            throw;
        }

        PutUp();
        return FolderOutcome.Done;
    });

    /// <inheritdoc/>
    public Task<FolderOutcome> RenameFolderAsync(string from, string to) => ChangeAsync(async () =>
    {
        if (FolderNames.Normalized(from) is not { } old || Find(old) is not { } owned)
            return FolderOutcome.Missing;
        if (FolderNames.Normalized(to) is not { } wanted || FolderNames.IsBelow(wanted, old))
            return FolderOutcome.BadName;
        if (Find(wanted) is not null)
            return FolderOutcome.Exists;
        if (folders.Count >= FoldersMax)
            return FolderOutcome.TooMany;

        var missing = FolderNames.Above(wanted).Where(above => Find(above) is null).Select(above => (Name: above, Use: SpecialUse.None)).ToList();
        if (old == FolderNames.Inbox)
        {
            await AddFoldersAsync([.. missing, (wanted, SpecialUse.None)]);
            await MoveAllAsync(owned, Find(wanted)!);
        }
        else
        {
            await AddFoldersAsync(missing);
            var renamed = folders.Values.Where(f => f == owned || FolderNames.IsBelow(f.View.Name, old))
                .Select(f => (Folder: f, Name: wanted + f.View.Name[old.Length..])).ToList();
            await db.WriteAsync(session => new FolderStore(session).RenameAsync(
                [.. renamed.Select(r => (r.Folder.Id, r.Name))], CancellationToken.None), CancellationToken.None);
            foreach (var (folder, name) in renamed)
                folder.Changed(v => v with { Name = name });
        }

        PutUp();
        return FolderOutcome.Done;
    });

    /// <inheritdoc/>
    public Task<FolderOutcome> SubscribeAsync(string name, bool subscribed) => ChangeAsync(async () =>
    {
        if (FolderNames.Normalized(name) is not { } wanted || Find(wanted) is not { } owned)
            return FolderOutcome.Missing;
        await db.WriteAsync(session => new FolderStore(session).SubscribeAsync(owned.Id, subscribed, CancellationToken.None), CancellationToken.None);
        owned.Changed(v => v with { Subscribed = subscribed });
        PutUp();
        return FolderOutcome.Done;
    });

    /// <inheritdoc/>
    public Task<uint> TakeRecentAsync(FolderId folder)
    {
        if (!folders.TryGetValue(folder, out var owned))
            return Task.FromResult(uint.MaxValue);
        var from = owned.RecentFrom;
        owned.RecentFrom = owned.View.UidNext;
        return Task.FromResult(from);
    }

    /// <inheritdoc/>
    public Task<bool> LockAsync(string session)
    {
        lockedBy ??= session;
        return Task.FromResult(lockedBy == session);
    }

    /// <inheritdoc/>
    public Task UnlockAsync(string session)
    {
        if (lockedBy == session)
            lockedBy = null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<int> ExpireAsync(Instant savedBefore) => ChangeAsync(async () =>
    {
        var expired = 0;
        foreach (var owned in folders.Values)
        {
            var gone = Array.FindAll(owned.View.Messages.Span.ToArray(), m => m.Body.SavedAt < savedBefore);
            if (gone.Length > 0)
                expired += (await RemoveAsync(owned, Array.ConvertAll(gone, m => m.Uid))).Count;
        }

        return expired;
    });

    private static (StoredMessage Message, bool Changed) Flagged(StoredMessage message, FlagChange change)
    {
        var flags = change.Operation switch
        {
            StoreMode.Add => message.Flags | change.Flags,
            StoreMode.Remove => message.Flags & ~change.Flags,
            _ => change.Flags,
        };
        var have = KeywordsOf(message.Keywords);
        var keywords = string.Join(' ', change.Operation switch
        {
            StoreMode.Add => have.Union(change.Keywords, StringComparer.OrdinalIgnoreCase),
            StoreMode.Remove => have.Except(change.Keywords, StringComparer.OrdinalIgnoreCase),
            _ => change.Keywords,
        });
        return (message with { Flags = flags, Keywords = keywords }, flags != message.Flags || keywords != message.Keywords);
    }

    private static string[] KeywordsOf(string keywords) => keywords.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static FolderView ViewOf(FolderRow row, IReadOnlyList<MessageRow> messages)
    {
        var list = MessageList.Of([.. messages.Select(m => new StoredMessage(
            (uint)m.Uid, (ulong)m.ModSeq, (SystemFlags)m.Flags, m.Keywords,
            new MessageBody(new MessagePlace(new SegmentId(m.Segment), m.Position, (int)m.Length), m.SavedAt, m.InternalDate)))]);
        return new FolderView
        {
            Id = row.Id,
            Name = row.Name,
            Use = row.SpecialUse is { } use ? EnumText.Parse<SpecialUse>(use) : SpecialUse.None,
            Subscribed = row.Subscribed != 0,
            UidValidity = (uint)row.UidValidity,
            UidNext = (uint)row.UidNext,
            HighestModSeq = (ulong)row.HighestModSeq,
            Messages = list,
            Bytes = OwnedFolder.CountBytes(list),
            Unseen = OwnedFolder.CountUnseen(list),
            Keywords = [.. messages.SelectMany(m => KeywordsOf(m.Keywords)).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static Task NoteNumbersAsync(DbSession session, OwnedFolder folder) =>
        new FolderStore(session).AdvanceAsync([(folder.Id, folder.UidNext, (long)folder.ModSeq)], CancellationToken.None);

    private Reservation Reserve(FolderId? folder, IReadOnlyList<long> sizes)
    {
        var owned = folder is { } id ? folders.GetValueOrDefault(id) : Inbox;
        if (owned is null)
            return new Reservation(ReserveOutcome.NoFolder, default, 0, 0, 0);
        if (UsedBytes + sizes.Sum() > capacity.BytesOf(Id))
            return new Reservation(ReserveOutcome.OverQuota, owned.Id, 0, 0, 0);
        var (uid, modSeq) = owned.Reserve(sizes);
        return new Reservation(ReserveOutcome.Reserved, owned.Id, owned.View.UidValidity, uid, modSeq);
    }

    private async Task<IReadOnlyList<uint>> RemoveAsync(OwnedFolder owned, uint[] uids)
    {
        if (uids.Length == 0)
            return [];
        owned.BeginChange();
        try
        {
            await journal.CaughtUpAsync();
            await db.WriteAsync(async session =>
            {
                await new MessageStore(session).DeleteAsync(owned.Id, uids, CancellationToken.None);
                await NoteNumbersAsync(session, owned);
            }, CancellationToken.None);
            var gone = uids.ToHashSet();
            owned.Removed(m => gone.Contains(m.Uid));
        }
        finally
        {
            owned.EndChange();
        }

        PutUp(owned);
        return uids;
    }

    private async Task MoveAllAsync(OwnedFolder from, OwnedFolder to)
    {
        var messages = from.View.Messages.Span.ToArray();
        if (messages.Length == 0)
            return;
        var (uid, modSeq) = to.Reserve([.. messages.Select(_ => 0L)]);
        var moves = messages.Select((m, i) => new PlacedCopy(m.Uid, uid + (uint)i, modSeq + (ulong)i)).ToList();
        from.BeginChange();
        try
        {
            await journal.CaughtUpAsync();
            await db.WriteAsync(async session =>
            {
                await new MessageStore(session).MoveAsync(from.Id, to.Id, moves, CancellationToken.None);
                await NoteNumbersAsync(session, from);
                await NoteNumbersAsync(session, to);
            }, CancellationToken.None);
        }
        catch
        {
            from.EndChange();
            foreach (var move in moves)
                to.Abandoned(move.To);
            throw;
        }

        var gone = messages.Select(m => m.Uid).ToHashSet();
        from.Removed(m => gone.Contains(m.Uid));
        from.EndChange();
        for (var i = 0; i < moves.Count; i++)
            to.Arrived(messages[i] with { Uid = moves[i].To, ModSeq = moves[i].ModSeq });
    }

    private async Task AddFoldersAsync(List<(string Name, SpecialUse Use)> added)
    {
        if (added.Count == 0)
            return;
        var seconds = clock.GetCurrentInstant().ToUnixTimeSeconds();
        var rows = await db.WriteAsync(async session =>
        {
            var store = new FolderStore(session);
            var validity = await store.NextUidValiditiesAsync(Id, seconds, added.Count, CancellationToken.None);
            var id = await session.NextIdsAsync("folder", added.Count, CancellationToken.None);
            var made = added.Select((a, i) => new FolderRow
            {
                Id = new FolderId(id + i),
                Name = a.Name,
                SpecialUse = a.Use == SpecialUse.None ? null : EnumText.Of(a.Use),
                Subscribed = 0,
                UidValidity = validity + i,
                UidNext = 1,
                HighestModSeq = 1,
            }).ToList();
            await store.AddAsync(Id, made, CancellationToken.None);
            return made;
        }, CancellationToken.None);
        foreach (var row in rows)
            folders.Add(row.Id, new OwnedFolder(ViewOf(row, []), 1, 1));
    }

    private OwnedFolder? Find(string name) => folders.Values.FirstOrDefault(f => f.View.Name == name);

    private void PutUp()
    {
        shown = folders.Values.ToImmutableSortedDictionary(f => f.View.Name, f => f.View, StringComparer.Ordinal);
        Show();
    }

    // One folder has changed, as at each delivery: the others stay where they are.
    private void PutUp(OwnedFolder folder)
    {
        shown = shown.SetItem(folder.View.Name, folder.View);
        Show();
    }

    private void Show() => board.Put(new MailboxView
    {
        Id = Id,
        Folders = shown,
        UsedBytes = folders.Values.Sum(f => f.View.Bytes),
    });

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        await changing.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            changing.Release();
        }
    }
}
