using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>
/// The worker of the hand-over table <c>host_lookup</c>: asks the DNS where the hosts lead that reports name, and keeps the answers with
/// their time. It asks for addresses and nothing else; no page that somebody reports is ever fetched.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="ask">Asks the DNS.</param>
/// <param name="clock">What time it is.</param>
public sealed class HostClerk(Database database, AskDns ask, IClock clock) : IClerk
{
    private const long Batch = 50;

    // No report that is worth a case names what happened longer ago.
    private static readonly Duration KeptFor = Duration.FromDays(180);

    // A name with hundreds of addresses is a network of its own; which of them it was cannot be told anyway.
    private const int AddressesMax = 16;

    /// <inheritdoc/>
    public string Name => "hosts";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var wanted = await database.ReadAsync(db => new HostStore(db).WantedAsync(Batch, stop), stop);
        var answers = await Task.WhenAll(wanted.Select(h => AddressesOfAsync(h.Host, stop)));
        if (wanted.Count == 0 && !await database.ReadAsync(db => new ReportStore(db).AnyWaitsForHostsAsync(stop), stop))
            return 0;
        var released = await database.WriteAsync(async db =>
        {
            var store = new HostStore(db);
            var now = clock.GetCurrentInstant();
            for (var i = 0; i < answers.Length; i++)
                await store.AnsweredAsync(wanted[i], answers[i], now, stop);
            if (wanted.Count > 0)
                await store.ForgetAsync(now - KeptFor, 2 * Batch, stop);
            return await store.ReleaseAsync(stop);
        }, stop);
        return wanted.Count + released;
    }

    private async Task<IReadOnlyCollection<Address>?> AddressesOfAsync(string host, CancellationToken stop)
    {
        var v4 = ask(host, DnsType.A, stop).AsTask();
        var v6 = ask(host, DnsType.Aaaa, stop).AsTask();
        DnsAnswer[] answers = [await v4, await v6];
        // Half an answer is none: the missing half may be the address in question.
        return answers.Any(a => a.Outcome == DnsOutcome.Failed) ? null : [.. answers.SelectMany(a => a.Addresses).Distinct().Take(AddressesMax)];
    }
}
