using System.Buffers;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>
/// Sends what is due for one destination: the only one who does. It takes rows in batches, writes down that they are being tried before a
/// host is dialled, keeps as many connections as the destination welcomes, and writes outcomes down in batches, together with the next take.
/// Standards: RFC 5321 §4.5.4, §5.1; RFC 7505. Limits: <see cref="OutboundOptions"/>, <see cref="BatchMax"/>.
/// </summary>
/// <param name="key">The domain, or <see cref="Smarthost"/>.</param>
/// <param name="parts">What sending is made of.</param>
internal sealed class Destination(string key, OutboundParts parts) : IDisposable
{
    /// <summary>The key of the server that takes all mail.</summary>
    public const string Smarthost = "*";

    // Rows that are in memory at once; their messages are not.
    private const int BatchMax = 500;
    private const int BatchBegin = 50;

    // What is being tried is nobody else's for an hour; an attempt begins in its first half and is broken off before it is over.
    private static readonly Duration Lease = Duration.FromHours(1);
    private static readonly Duration BeginWithin = Duration.FromMinutes(25);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan GraceAtStop = TimeSpan.FromSeconds(15);
    // Outcomes wait this long for more to be written down with; half a thousand commits a second would cost more than the sending.
    private static readonly TimeSpan OutcomesWaitMax = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleSlice = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly ConcurrencyWindow window = new(parts.Options.ConcurrentMax);
    private readonly Lock gate = new();
    private readonly Queue<Parcel> ready = new();
    private readonly SemaphoreSlim signal = new(0);
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<AttemptOutcome> settled = [];
    private List<NewOutbound> told = [];
    private Instant deadUntil = Instant.MinValue;
    private int batch = BatchBegin;
    private long settledSince;
    private int lanes;
    private int busy;
    private int connected;
    private bool moreDue;

    private Instant Now => parts.Clock.GetCurrentInstant();

    private bool IsLocal => key != Smarthost && parts.Local?.Takes(key) == true;

    /// <summary>Whether it was found dead, and is let be for now.</summary>
    public bool IsDead => Now < deadUntil;

    /// <summary>Something is due.</summary>
    public void Wake()
    {
        lock (gate)
            moreDue = true;
        Signal();
    }

    /// <summary>Sends until nothing is due any more.</summary>
    /// <returns>Attempts that were made.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var hard = new CancellationTokenSource();
        await using var registration = stop.Register(() => hard.CancelAfter(GraceAtStop));
        var attempts = 0;
        moreDue = true;
        while (true)
        {
            if (stop.IsCancellationRequested || IsDead)
                PutBack();
            attempts += await ExchangeAsync(stop);
            StartLanes(stop, hard.Token);
            bool waits;
            lock (gate)
            {
                if (lanes == 0 && ready.Count == 0 && settled.Count == 0 && (!moreDue || IsDead || stop.IsCancellationRequested))
                    return attempts;
                waits = settled.Count > 0;
            }

            await signal.WaitAsync(waits ? OutcomesWaitMax : Timeout.InfiniteTimeSpan, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => signal.Dispose();

    private void Signal()
    {
        lock (gate)
        {
            if (signal.CurrentCount == 0)
                signal.Release();
        }
    }

    // One transaction for what has been done and for what is done next.
    private async Task<int> ExchangeAsync(CancellationToken stop)
    {
        List<AttemptOutcome> outcomes;
        List<NewOutbound> reports;
        int wanted;
        lock (gate)
        {
            var takes = moreDue && !stop.IsCancellationRequested && !IsDead && ready.Count <= window.Allowed;
            wanted = takes ? (window.Deaths > 0 ? 1 : batch) : 0;
            // While others are on their way, a few outcomes wait for more.
            if (wanted == 0 && (settled.Count == 0 || (busy > 0 && settled.Count < BatchBegin && !HasWaitedEnough)))
                return 0;
            (outcomes, reports) = (settled, told);
            (settled, told) = ([], []);
            if (takes)
                moreDue = false;
        }

        try
        {
            var now = Now;
            Take(await WriteAsync(outcomes, reports, wanted, now), wanted, now);
        }
        catch (Exception e)
        {
            // What was done is done; it is written down as soon as the database takes it.
            parts.Log.OutboundNotRecorded(e, key, outcomes.Count);
            lock (gate)
            {
                settled.InsertRange(0, outcomes);
                told.InsertRange(0, reports);
                moreDue |= wanted > 0;
            }

            await Task.Delay(PauseAfterFailure, CancellationToken.None);
        }

        return outcomes.Count(o => o.Attempted);
    }

    private Task<IReadOnlyList<DueOutbound>> WriteAsync(List<AttemptOutcome> outcomes, List<NewOutbound> reports, int wanted, Instant now)
    {
        return parts.Database.WriteAsync(async session =>
        {
            var store = new QueueStore(session);
            await store.RecordAsync(outcomes, now, CancellationToken.None);
            if (reports.Count > 0)
            {
                var id = await session.NextIdsAsync("outbound", reports.Count, CancellationToken.None);
                await new OutboundStore(session).AddAsync([.. reports.Select((r, i) => r with { Id = id + i })], CancellationToken.None);
            }

            if (wanted == 0)
                return [];
            return key == Smarthost
                ? await store.TakeExceptAsync(d => parts.Local?.Takes(d) == true, now, now + Lease, wanted, CancellationToken.None)
                : await store.TakeAsync(key, now, now + Lease, wanted, CancellationToken.None);
        }, CancellationToken.None);
    }

    private void Take(IReadOnlyList<DueOutbound> rows, int wanted, Instant now)
    {
        lock (gate)
        {
            if (wanted > 1 && rows.Count == wanted)
                batch = Math.Min(batch * 2, BatchMax);
            moreDue |= wanted > 0 && rows.Count == wanted;
            foreach (var parcel in Parcel.Of(rows, parts.Options.RecipientsPerTransaction))
                ready.Enqueue(parcel with { TakenAt = now });
            if (rows.Count == 0)
                return;
            more.TrySetResult();
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // They were taken to be tried, and nobody tries them now.
    private void PutBack()
    {
        lock (gate)
        {
            while (ready.TryDequeue(out var parcel))
                Add(parcel.Rows.Select(r => new AttemptOutcome(r.Id, OutboundState.Queued, null, parcel.TakenAt, Attempted: false)));
        }
    }

    private bool HasWaitedEnough => Environment.TickCount64 - settledSince >= (long)OutcomesWaitMax.TotalMilliseconds;

    private void Add(IEnumerable<AttemptOutcome> outcomes)
    {
        if (settled.Count == 0)
            settledSince = Environment.TickCount64;
        settled.AddRange(outcomes);
    }

    private void StartLanes(CancellationToken stop, CancellationToken hard)
    {
        lock (gate)
        {
            // Those that are idle hear of what is ready by themselves.
            while (lanes < window.Allowed && lanes - busy < ready.Count)
            {
                lanes++;
                _ = LaneAsync(stop, hard);
            }
        }
    }

    // One connection after the other, for one message after the other. Nobody waits for it, so nothing may come out of it.
    private async Task LaneAsync(CancellationToken stop, CancellationToken hard)
    {
        // Reading the message and the database waits for disks.
        await Task.Yield();
        var lane = new Lane();
        try
        {
            while (await NextAsync(lane, stop) is { } parcel)
            {
                await DeliverAsync(parcel, lane, hard);
                lock (gate)
                    busy--;
                Signal();
                if (lane.Open is { } open && (!open.IsOpen || open.Messages >= parts.Options.MessagesPerConnection || parts.Budget.IsShort))
                    await CloseAsync(lane, hard);
                if (lane.IsOver)
                    break;
            }

            await CloseAsync(lane, hard);
        }
        catch (Exception e)
        {
            parts.Log.DestinationFailed(e, key);
        }

        lock (gate)
        {
            lanes--;
            Signal();
        }
    }

    private async Task<Parcel?> NextAsync(Lane lane, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; ; waited += IdleSlice)
        {
            Task wait;
            lock (gate)
            {
                if (stop.IsCancellationRequested || IsDead || lanes > window.Allowed)
                    return null;
                if (ready.TryDequeue(out var parcel))
                {
                    busy++;
                    return parcel;
                }

                wait = more.Task;
            }

            Signal();
            // A connection that others wait for is not kept for what may come.
            if (lane.Open is null || waited >= parts.Options.ConnectionIdle || parts.Budget.IsShort)
                return null;
            await Task.WhenAny(wait, Task.Delay(IdleSlice, CancellationToken.None));
        }
    }

    private async Task DeliverAsync(Parcel parcel, Lane lane, CancellationToken hard)
    {
        if (Now > parcel.TakenAt + BeginWithin)
        {
            lock (gate)
                Add(parcel.Rows.Select(r => new AttemptOutcome(r.Id, OutboundState.Queued, null, Now, Attempted: false)));
            return;
        }

        DeliveryOutcome[] outcomes;
        var size = parcel.Rows[0].Message?.Length ?? parcel.Rows[0].Place?.Length ?? 0;
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var content = rented.AsMemory(0, size);
        DeliveryAction? how = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(hard);
            limit.CancelAfter(AttemptMax);
            if (!TryRead(parcel, content.Span))
                outcomes = All(parcel, new DeliveryOutcome.TryLater("451 4.3.0 The message cannot be read"));
            else if (IsLoop(content.Span))
                outcomes = All(parcel, new DeliveryOutcome.Refused($"{Reply.C554Loop.Code} {Reply.C554Loop.Enhanced} {Reply.C554Loop.Text}"));
            else if (IsLocal)
                (outcomes, how) = (await parts.Local!.DeliverAsync(parcel, content, limit.Token), DeliveryAction.Delivered);
            else
            {
                outcomes = await SendAsync(parcel, content, lane, limit.Token);
                if (IsOneTooMany(parcel, lane, outcomes))
                {
                    ArrayPool<byte>.Shared.Return(rented);
                    return;
                }

                how = lane.Open?.KnowsDsn == true ? null : DeliveryAction.Relayed;
            }
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(lane, hard);
            outcomes = All(parcel, new DeliveryOutcome.TryLater("The program was stopped before the message was sent."));
        }
        catch (Exception e)
        {
            // Nobody knows how far it got.
            parts.Log.OutboundFailed(e, parcel.Rows[0].Id);
            await CloseAsync(lane, hard);
            outcomes = All(parcel, new DeliveryOutcome.InDoubt($"The attempt failed: {e.Message}"));
        }

        Settle(parcel, outcomes, content, how);
        ArrayPool<byte>.Shared.Return(rented);
    }

    // A server that turns this connection away and serves others gets the message over one of theirs.
    private bool IsOneTooMany(Parcel parcel, Lane lane, DeliveryOutcome[] outcomes)
    {
        lock (gate)
        {
            lane.IsOver = connected > 0 && lane.Open is null && Array.TrueForAll(outcomes, o => o is DeliveryOutcome.NoContact);
            if (lane.IsOver)
                ready.Enqueue(parcel);
            return lane.IsOver;
        }
    }

    private void Settle(Parcel parcel, DeliveryOutcome[] outcomes, ReadOnlyMemory<byte> content, DeliveryAction? how)
    {
        var now = Now;
        var reports = new List<NewOutbound>();
        var done = parts.Settlement.Of(parcel, outcomes, content, how, now, reports).ToList();
        for (var i = 0; i < done.Count; i++)
        {
            var row = parcel.Rows[i];
            parts.Log.OutboundTried(row.Id, row.Attempts, $"{done[i].State}");
            if (done[i].State == OutboundState.Accepted)
                parts.Counters.AddSent(now - row.CreatedAt);
            else if (done[i].NextAttemptAt is not null)
                parts.Counters.AddDeferred();
            else
                parts.Counters.AddFailed();
        }

        lock (gate)
        {
            Add(done);
            told.AddRange(reports);
        }
    }

    private async Task<DeliveryOutcome[]> SendAsync(Parcel parcel, ReadOnlyMemory<byte> content, Lane lane, CancellationToken stop)
    {
        if (lane.Open is { } kept && (kept.SourceClass != parcel.SourceClass || (kept.IsToBlocked && !MayGoToBlocked(parcel))))
            await CloseAsync(lane, stop);
        while (true)
        {
            var isFresh = lane.Open is null;
            if (isFresh && await DialAsync(parcel, lane, stop) is { } why)
                return All(parcel, why);
            var open = lane.Open!;
            var (outcomes, unheard) = await open.SendAsync(parcel, content, stop);
            foreach (var outcome in outcomes)
                parts.Log.OutboundReply(parcel.Rows[0].Id, open.Host, outcome.Reply);
            // The other side had closed a connection that was kept: that says nothing about the message.
            if (isFresh || !unheard)
                return outcomes;
            await CloseAsync(lane, stop);
        }
    }

    /// <returns>Why there is no conversation; <see langword="null"/> when there is one.</returns>
    private async Task<DeliveryOutcome?> DialAsync(Parcel parcel, Lane lane, CancellationToken stop)
    {
        await parts.Budget.EnterAsync(stop);
        try
        {
            parts.Counters.AddConnection();
            (lane.Open, var why) = key == Smarthost ? await parts.HandOff.ToSmarthostAsync(parts.Options.Smarthost!, stop) : await DialExchangerAsync(parcel, stop);
            Feel(why);
            if (lane.Open is not null)
                lane.Open.SourceClass = parcel.SourceClass;
            return why;
        }
        finally
        {
            if (lane.Open is null)
                parts.Budget.Leave();
        }
    }

    private void Feel(DeliveryOutcome? why)
    {
        lock (gate)
        {
            // Those that were on their way when it was found dead say nothing new.
            if (why is null)
            {
                connected++;
                window.Succeeded();
            }
            else if (why is DeliveryOutcome.NoContact && !IsDead && window.Failed(othersAreOpen: connected > 0))
            {
                var pause = RetryRules.PauseAfter(parts.Options.Retry, window.Deaths);
                deadUntil = Now + pause;
                batch = BatchBegin;
                moreDue = true;
                parts.Log.DestinationDead(key, pause.TotalMinutes);
            }
        }
    }

    private async Task<(Conversation?, DeliveryOutcome?)> DialExchangerAsync(Parcel parcel, CancellationToken stop)
    {
        if (Mailbox.ParseOrNull(parcel.Rows[0].Recipient) is not { } recipient)
            return (null, new DeliveryOutcome.Refused("553 5.1.3 The recipient is no address"));
        return await parts.Exchangers.FindAsync(recipient.Domain, stop) switch
        {
            MxRoute.Nowhere nowhere => (null, new DeliveryOutcome.Refused(nowhere.Reply)),
            MxRoute.Unknown unknown => (null, new DeliveryOutcome.NoContact(unknown.Reply)),
            MxRoute.Hosts hosts => await DialFirstThatAnswersAsync(
                parcel, hosts.Exchangers, await parts.Tls.ForDomainAsync(recipient.Domain, hosts, stop), stop),
            var other => throw new System.Diagnostics.UnreachableException($"No way for {other.GetType().Name}."),
        };
    }

    private async Task<(Conversation?, DeliveryOutcome?)> DialFirstThatAnswersAsync(
        Parcel parcel, IReadOnlyList<Exchanger> hosts, DomainTls domain, CancellationToken stop)
    {
        DeliveryOutcome? last = null;
        foreach (var host in hosts)
        {
            foreach (var address in host.Addresses)
            {
                // C4, C8: nothing goes to a blocked address, but the notice that says so must.
                var isBlocked = parts.Blocks().TryFind(address, Now, out var block);
                if (isBlocked && !MayGoToBlocked(parcel))
                {
                    last ??= new DeliveryOutcome.Refused($"550 5.7.1 The remote address is blocked under clause {block!.Clause}");
                    continue;
                }

                var (open, why) = await parts.HandOff.ToExchangerAsync(domain, host, address, SourceFor(parcel.SourceClass, address), stop);
                if (open is not null)
                {
                    open.IsToBlocked = isBlocked;
                    return (open, null);
                }

                parts.Log.OutboundReply(parcel.Rows[0].Id, host.Name, why!.Reply);
                last = why;
            }
        }

        return (null, last);
    }

    private static bool MayGoToBlocked(Parcel parcel) => parcel.Rows[0].Purpose == OutboundPurpose.Notice;

    private Address? SourceFor(string? @class, Address to)
    {
        var source = @class is null ? null : parts.Options.Sources.FirstOrDefault(s => s.Class == @class);
        foreach (var address in source?.Addresses ?? [])
        {
            if (address.IsIPv4 == to.IsIPv4)
                return address;
        }

        return null;
    }

    private bool TryRead(Parcel parcel, Span<byte> into)
    {
        if (parcel.Rows[0].Message is { } message)
        {
            message.CopyTo(into);
            return true;
        }

        try
        {
            parts.Segments.Store.Read(parcel.Rows[0].Place!.Value, 0, into);
            return true;
        }
        catch (IOException e)
        {
            parts.Log.OutboundUnreadable(e, parcel.Rows[0].Id);
            return false;
        }
    }

    private bool IsLoop(ReadOnlySpan<byte> content) =>
        LoopRules.IsLoop(TraceHeader.CountReceived(content), TraceHeader.CountReceivedBy(content, parts.Options.HostName));

    private static DeliveryOutcome[] All(Parcel parcel, DeliveryOutcome outcome)
    {
        var all = new DeliveryOutcome[parcel.Rows.Count];
        Array.Fill(all, outcome);
        return all;
    }

    private async Task CloseAsync(Lane lane, CancellationToken stop)
    {
        if (lane.Open is not { } open)
            return;
        lane.Open = null;
        lock (gate)
            connected--;
        await open.QuitAsync(stop);
        parts.Budget.Leave();
    }

    // One of the connections, while it is open.
    private sealed class Lane
    {
        public Conversation? Open { get; set; }

        /// <summary>Whether it was turned away while others are served, and is not wanted any more.</summary>
        public bool IsOver { get; set; }
    }
}
