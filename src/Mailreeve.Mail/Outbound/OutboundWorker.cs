using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>
/// The worker of the hand-over table <c>outbound</c>. That a message is being tried is on disk before a host is dialled; a message
/// found in that state at start is in doubt and is never sent again by itself, so nobody gets a notice twice.
/// Standards: RFC 5321 §4.5.4, §5.1; RFC 7505. Limits: <see cref="OutboundOptions"/>.
/// </summary>
/// <param name="db">The database.</param>
/// <param name="blocks">The blocks in force, as of now.</param>
/// <param name="exchangers">Finds the MX; not used with a smarthost.</param>
/// <param name="dialler">Calls hosts.</param>
/// <param name="tls">What is demanded of the connection to an MX.</param>
/// <param name="options">How mail is sent.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For the operator.</param>
public sealed class OutboundWorker(
    Database db,
    Func<BlockView> blocks,
    MxLookup exchangers,
    SmtpDialler dialler,
    TlsPolicies tls,
    OutboundOptions options,
    IClock clock,
    ILogger<OutboundWorker> log)
    : IClerk
{
    private readonly HandOff handOff = new(options, dialler, tls);
    private bool recovered;

    /// <inheritdoc/>
    public string Name => "outbound";

    /// <summary>What was in flight when the program ended is in doubt. The first <see cref="WorkAsync"/> does it, if nobody has before.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RecoverAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var doubtful = await db.WriteAsync(session => new OutboundStore(session).DoubtInterruptedAsync(now, stop), stop);
        recovered = true;
        if (doubtful > 0)
            log.OutboundInDoubt(doubtful);
        return doubtful;
    }

    /// <summary>Tries what is due, several at a time.</summary>
    /// <returns>How many were tried; call again when it is not zero.</returns>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        if (!recovered)
            await RecoverAsync(stop);
        var now = clock.GetCurrentInstant();
        var due = await db.WriteAsync(session => new OutboundStore(session).TakeDueAsync(now, options.ConcurrentMax, stop), stop);
        await Task.WhenAll(due.Select(row => TryAsync(row, stop)));
        return due.Count;
    }

    private async Task TryAsync(DueOutbound row, CancellationToken stop)
    {
        DeliveryOutcome outcome;
        try
        {
            outcome = await AttemptAsync(row, stop);
        }
        catch (OperationCanceledException)
        {
            outcome = new DeliveryOutcome.TryLater("The program was stopped before the message was sent.");
        }
        catch (Exception e)
        {
            // Nobody knows how far it got.
            log.OutboundFailed(e, row.Id);
            outcome = new DeliveryOutcome.InDoubt($"The attempt failed: {e.Message}");
        }

        // No token: what was done is written down even when the program is told to stop.
        await db.WriteAsync(session => RecordAsync(new OutboundStore(session), row, outcome), CancellationToken.None);
    }

    private async Task<DeliveryOutcome> AttemptAsync(DueOutbound row, CancellationToken stop)
    {
        if (options.Smarthost is { } smarthost)
            return Settle(await handOff.ToSmarthostAsync(row, smarthost, stop));
        if (Mailbox.ParseOrNull(row.Recipient) is not { } recipient)
            return new DeliveryOutcome.Refused("553 5.1.3 The recipient is no address");

        return await exchangers.FindAsync(recipient.Domain, stop) switch
        {
            MxRoute.Nowhere nowhere => new DeliveryOutcome.Refused(nowhere.Reply),
            MxRoute.Unknown unknown => new DeliveryOutcome.TryLater(unknown.Reply),
            MxRoute.Hosts hosts => await ToFirstThatAnswersAsync(row, hosts.Exchangers, await tls.ForDomainAsync(recipient.Domain, hosts, stop), stop),
            var other => throw new System.Diagnostics.UnreachableException($"No way for {other.GetType().Name}."),
        };
    }

    private async Task<DeliveryOutcome> ToFirstThatAnswersAsync(
        DueOutbound row, IReadOnlyList<Exchanger> hosts, DomainTls domain, CancellationToken stop)
    {
        DeliveryOutcome? last = null;
        foreach (var host in hosts)
        {
            foreach (var address in host.Addresses)
            {
                // C4, C8: nothing goes to a blocked address, but the notice that says so must.
                if (row.Purpose != OutboundPurpose.Notice && blocks().TryFind(address, clock.GetCurrentInstant(), out var block))
                {
                    last ??= new DeliveryOutcome.Refused($"550 5.7.1 The remote address is blocked under clause {block.Clause}");
                    continue;
                }

                var outcome = await handOff.ToExchangerAsync(row, domain, host, address, stop);
                log.OutboundReply(row.Id, host.Name, outcome.Reply);
                if (outcome is not DeliveryOutcome.NoContact)
                    return outcome;
                last = outcome;
            }
        }

        return Settle(last!);
    }

    // A host that could not be reached, or did not want to talk at all, may be better later.
    private static DeliveryOutcome Settle(DeliveryOutcome outcome) =>
        outcome is DeliveryOutcome.NoContact ? new DeliveryOutcome.TryLater(outcome.Reply) : outcome;

    private Task RecordAsync(OutboundStore store, DueOutbound row, DeliveryOutcome outcome)
    {
        var now = clock.GetCurrentInstant();
        var next = now + Duration.FromTimeSpan(options.RetryAfter[(int)Math.Min(row.Attempts - 1, options.RetryAfter.Count - 1)]);
        if (outcome is DeliveryOutcome.TryLater && next - row.CreatedAt <= Duration.FromTimeSpan(options.GiveUpAfter))
        {
            log.OutboundTried(row.Id, row.Attempts, "to be tried again");
            return store.RetryAsync(row.Id, outcome.Reply, next, CancellationToken.None);
        }

        var state = outcome switch
        {
            DeliveryOutcome.Accepted => OutboundState.Accepted,
            DeliveryOutcome.InDoubt => OutboundState.InDoubt,
            _ => OutboundState.Failed,
        };
        log.OutboundTried(row.Id, row.Attempts, $"{state}");
        return store.FinishAsync(row.Id, state, outcome.Reply, now, CancellationToken.None);
    }
}
