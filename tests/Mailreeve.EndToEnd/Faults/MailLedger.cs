using Mailreeve.EndToEnd.Clients;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>Where a message lies in a mailbox, and how it is marked.</summary>
/// <param name="Folder">The folder; null when the mailbox does not have it.</param>
/// <param name="Flags">Its flags and keywords in order, separated by spaces.</param>
internal sealed record Whereabouts(string? Folder, string Flags)
{
    /// <summary>Not in the mailbox: not yet, or no longer.</summary>
    public static Whereabouts Nowhere { get; } = new(null, "");

    /// <summary>The same place, with one more flag.</summary>
    public Whereabouts Marked(string flag) => this with { Flags = InOrder([.. Flags.Split(' '), flag]) };

    /// <summary>Flags in order.</summary>
    public static string InOrder(IEnumerable<string> flags) =>
        string.Join(' ', flags.Where(f => f.Length > 0).Distinct().Order(StringComparer.Ordinal));
}

/// <summary>One message in one mailbox.</summary>
internal sealed class LedgerEntry(MailUser mailbox, int number, long begunAt, string folder, string flags)
{
    /// <summary>Whose mailbox.</summary>
    public MailUser Mailbox { get; } = mailbox;

    /// <summary>Which message.</summary>
    public int Number { get; } = number;

    /// <summary>When its client began to send it, by the ledger's own count.</summary>
    public long BegunAt { get; } = begunAt;

    /// <summary>The folder it was put into.</summary>
    public string FirstFolder { get; } = folder;

    /// <summary>What may be so, the last thing that was asked for last. One thing when the server has answered everything.</summary>
    public List<Whereabouts> Possible { get; } = [Whereabouts.Nowhere, new(folder, flags)];

    /// <summary>All that was asked for and not refused, in order. What is possible is its end.</summary>
    public List<Whereabouts> History { get; } = [Whereabouts.Nowhere, new(folder, flags)];

    /// <summary>Whether a session is at it.</summary>
    public bool IsTaken { get; set; }
}

/// <summary>
/// What clients asked for and what the server answered. A message is sent once and never again, so that it must not be there twice,
/// whatever happens; and a mailbox is changed by one session at a time, so that what is acknowledged is how it must be.
/// </summary>
internal sealed class MailLedger
{
    private readonly Lock gate = new();
    private readonly List<LedgerEntry> entries = [];
    private readonly Dictionary<MailUser, List<LedgerEntry>> changeable = [];
    private readonly Dictionary<(string Mailbox, string Folder, uint Uid), int> uids = [];
    private readonly Dictionary<(string Mailbox, string Folder), uint> validities = [];
    private readonly List<(string Mailbox, string Folder, uint UidNext, long At)> announced = [];
    private int messages;
    private long count;
    private int kept;
    private int refused;
    private int interrupted;
    private int changed;
    private int changesRefused;

    /// <summary>Messages that the server has taken, a message to two mailboxes counted once.</summary>
    public int Kept => Volatile.Read(ref kept);

    /// <summary>Messages that it has refused for the time being.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>Messages and changes to which there was no answer.</summary>
    public int Interrupted => Volatile.Read(ref interrupted);

    /// <summary>Changes of flags, moves and expunges that it has acknowledged.</summary>
    public int Changed => Volatile.Read(ref changed);

    /// <summary>Those that it has refused.</summary>
    public int ChangesRefused => Volatile.Read(ref changesRefused);

    /// <summary>A message is about to be sent.</summary>
    /// <returns>Its entry in each mailbox.</returns>
    public IReadOnlyList<LedgerEntry> Begin(IReadOnlyList<MailUser> to, string folder, string flags)
    {
        lock (gate)
        {
            var number = ++messages;
            var begun = to.Select(mailbox => new LedgerEntry(mailbox, number, ++count, folder, flags)).ToList();
            entries.AddRange(begun);
            return begun;
        }
    }

    /// <summary>The server has taken a message.</summary>
    public void Keep(IReadOnlyList<LedgerEntry> message)
    {
        lock (gate)
        {
            kept++;
            foreach (var entry in message)
            {
                entry.Possible.RemoveAt(0);
                if (!changeable.TryGetValue(entry.Mailbox, out var list))
                    changeable.Add(entry.Mailbox, list = []);
                list.Add(entry);
            }
        }
    }

    /// <summary>The server has refused a message: it must never come to light.</summary>
    public void Refuse(IReadOnlyList<LedgerEntry> message)
    {
        lock (gate)
        {
            refused++;
            foreach (var entry in message)
            {
                entry.Possible.RemoveAt(1);
                entry.History.RemoveAt(1);
            }
        }
    }

    /// <summary>There was no answer.</summary>
    public void Interrupt() => Interlocked.Increment(ref interrupted);

    /// <summary>Takes a message that is certain to be in a folder, for the session that changes this mailbox.</summary>
    public LedgerEntry? Take(MailUser mailbox, string folder, Random random)
    {
        lock (gate)
        {
            if (!changeable.TryGetValue(mailbox, out var list))
                return null;
            for (var attempt = 0; attempt < 5 && list.Count > 0; attempt++)
            {
                var entry = list[random.Next(list.Count)];
                if (!entry.IsTaken && entry.Possible is [var now] && now.Folder == folder)
                {
                    entry.IsTaken = true;
                    return entry;
                }
            }

            return null;
        }
    }

    /// <summary>A change is about to be asked for.</summary>
    public void Ask(LedgerEntry entry, Whereabouts next)
    {
        lock (gate)
        {
            entry.Possible.Add(next);
            entry.History.Add(next);
        }
    }

    /// <summary>It was acknowledged.</summary>
    public void Acknowledge(LedgerEntry entry)
    {
        lock (gate)
        {
            changed++;
            entry.Possible.RemoveRange(0, entry.Possible.Count - 1);
            if (entry.Possible[0].Folder is null)
                changeable[entry.Mailbox].Remove(entry);
        }
    }

    /// <summary>It was refused: at the next start it may be found to be done all the same, so nobody touches this message again.</summary>
    public void RefuseChange() => Interlocked.Increment(ref changesRefused);

    /// <summary>The session is done with a message.</summary>
    public void Release(LedgerEntry entry)
    {
        lock (gate)
            entry.IsTaken = false;
    }

    /// <summary>A message was seen under a UID, which no other message may have, then or later.</summary>
    public void See(string mailbox, string folder, uint uid, int number)
    {
        lock (gate)
        {
            if (!uids.TryAdd((mailbox, folder, uid), number))
                Assert.True(uids[(mailbox, folder, uid)] == number, $"{mailbox} {folder}: UID {uid} was {uids[(mailbox, folder, uid)]} and is {number}.");
        }
    }

    /// <summary>The server has said what the next UID is at least: every message that is sent from now on has this one or a higher one.</summary>
    public void Announce(string mailbox, string folder, uint uidValidity, uint uidNext)
    {
        lock (gate)
        {
            announced.Add((mailbox, folder, uidNext, ++count));
            if (!validities.TryAdd((mailbox, folder), uidValidity))
                Assert.True(validities[(mailbox, folder)] == uidValidity, $"{mailbox} {folder}: UIDVALIDITY is another.");
        }
    }

    /// <summary>Fails the test when something that was acknowledged is not so, or something is there that must not be.</summary>
    /// <param name="found">All that lies in the mailboxes.</param>
    public void Check(IReadOnlyList<FoundMessage> found)
    {
        foreach (var message in found)
            See(message.Mailbox, message.Folder, message.Uid, message.Number);
        var problems = new List<string>();
        CheckPlaces(found, entry => entry.Possible, problems);
        CheckRecipients(found, problems);
        CheckUids(found, problems);
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems.Take(40))}");
    }

    /// <summary>Remembers how far everything has come.</summary>
    public LedgerMark Mark()
    {
        lock (gate)
            return new LedgerMark(kept, entries.ToDictionary(e => e, e => e.History.Count - e.Possible.Count));
    }

    /// <summary>Fails the test when a copy lacks something that was so before it was begun. It may have what came later, or not.</summary>
    /// <param name="found">All that lies in the mailboxes of the copy.</param>
    /// <param name="begun">When the copy was begun.</param>
    public void CheckCopy(IReadOnlyList<FoundMessage> found, LedgerMark begun)
    {
        foreach (var message in found)
            See(message.Mailbox, message.Folder, message.Uid, message.Number);
        var problems = new List<string>();
        CheckPlaces(found, entry => [.. entry.History.Skip(begun.Stages.GetValueOrDefault(entry))], problems);
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems.Take(40))}");
    }

    private void CheckPlaces(IReadOnlyList<FoundMessage> found, Func<LedgerEntry, IReadOnlyList<Whereabouts>> possible, List<string> problems)
    {
        var places = found.ToLookup(f => (f.Mailbox, f.Number), f => new Whereabouts(f.Folder, f.Flags));
        foreach (var entry in entries)
        {
            var there = places[(entry.Mailbox.Address, entry.Number)].ToList();
            if (there.Count > 1)
                problems.Add($"{entry.Mailbox.Address}: message {entry.Number} is there {there.Count} times: {string.Join(", ", there)}.");
            var now = there.Count == 0 ? Whereabouts.Nowhere : there[0];
            if (!possible(entry).Contains(now))
                problems.Add($"{entry.Mailbox.Address}: message {entry.Number} should be {string.Join(" or ", possible(entry))} and is {now}.");
        }

        var known = entries.Select(e => (e.Mailbox.Address, e.Number)).ToHashSet();
        problems.AddRange(found.Where(f => !known.Contains((f.Mailbox, f.Number))).Select(f => $"{f} was never sent there."));
        problems.AddRange(found.Where(f => !f.IsWhole).Select(f => $"{f} is not what was sent."));
    }

    // One durable write for all recipients: all of them have it or none, even when nobody was told.
    private void CheckRecipients(IReadOnlyList<FoundMessage> found, List<string> problems)
    {
        var there = found.Select(f => (f.Mailbox, f.Number)).ToHashSet();
        problems.AddRange(entries.GroupBy(e => e.Number)
            .Where(g => g.All(e => e.Possible is [_, var last] && last.Folder == e.FirstFolder))
            .Where(g => g.Select(e => there.Contains((e.Mailbox.Address, e.Number))).Distinct().Count() > 1)
            .Select(g => $"Only some of its recipients have message {g.Key}."));
    }

    private void CheckUids(IReadOnlyList<FoundMessage> found, List<string> problems)
    {
        foreach (var ((mailbox, folder, uid), number) in uids)
        {
            if (announced.Last(a => a.Mailbox == mailbox && a.Folder == folder).UidNext <= uid)
                problems.Add($"{mailbox} {folder}: message {number} has UID {uid}, and UIDNEXT is not above it.");
        }

        var begun = entries.ToDictionary(e => (e.Mailbox.Address, e.Number));
        foreach (var message in found)
        {
            if (!begun.TryGetValue((message.Mailbox, message.Number), out var entry) || entry.FirstFolder != message.Folder)
                continue;
            var early = announced.Where(a => a.Mailbox == message.Mailbox && a.Folder == message.Folder && a.At < entry.BegunAt && a.UidNext > message.Uid);
            if (early.Any())
                problems.Add($"{message}: UIDNEXT was {early.Max(a => a.UidNext)} before it was sent.");
        }
    }
}

/// <summary>How far everything had come at a moment.</summary>
/// <param name="Kept">Messages that had been taken.</param>
/// <param name="Stages">For each entry where in its history the possible begins. One that is not here had not been begun.</param>
internal sealed record LedgerMark(int Kept, IReadOnlyDictionary<LedgerEntry, int> Stages);

/// <summary>A message as it is found in a mailbox.</summary>
/// <param name="Mailbox">The mailbox's address.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Flags">Flags and keywords in order, without <c>\Recent</c>.</param>
/// <param name="Number">Which message.</param>
/// <param name="IsWhole">Whether it is, octet for octet, what was sent.</param>
internal sealed record FoundMessage(string Mailbox, string Folder, uint Uid, string Flags, int Number, bool IsWhole);
