using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>
/// Puts off who is not known (RFC 6647). What is put off is the network, the sender and the recipient together; who comes again after
/// the wait is known with the sender's whole domain from then on, as are all hosts of that network: large senders try from another one.
/// </summary>
/// <param name="db">The database.</param>
/// <param name="options">How long.</param>
/// <param name="key">The secret that makes the keys of rows.</param>
/// <param name="clock">What time it is.</param>
public sealed class Greylist(Database db, InboundOptions options, byte[] key, IClock clock)
{
    private const int KnownMax = 100_000;

    private static readonly Duration RefreshedAfter = Duration.FromDays(1);

    // When what is known was last written down.
    private readonly ConcurrentDictionary<UInt128, Instant> known = new();

    /// <summary>Where it stands for a sender and a recipient. Only who is not known costs a write.</summary>
    public async ValueTask<GreylistState> FindAsync(Address client, Mailbox? from, Mailbox to, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var network = client.IsIPv4 ? new Prefix(client, 120) : new Prefix(client, 64);
        var domain = from?.Domain.ToLowerInvariant() ?? "";
        var pair = KeyOf($"known\n{network}\n{domain}");
        var place = new UInt128(BitConverter.ToUInt64(pair), BitConverter.ToUInt64(pair, 8));
        if (known.TryGetValue(place, out var noted) && now - noted < RefreshedAfter)
            return GreylistState.Known;

        var triplet = KeyOf($"waiting\n{network}\n{$"{from}".ToLowerInvariant()}\n{$"{to}".ToLowerInvariant()}");
        var state = await db.WriteAsync(async session =>
        {
            var store = new GreylistStore(session);
            var isKnown = await store.IsKnownAsync(pair, now - Duration.FromTimeSpan(options.GreylistKnown), stop)
                || now - await store.SeenAsync(triplet, now, now - Duration.FromTimeSpan(options.GreylistMemory), stop)
                    >= Duration.FromTimeSpan(options.GreylistWait);
            if (isKnown)
                await store.KnowAsync(pair, now, stop);
            return isKnown ? GreylistState.Known : GreylistState.Waiting;
        }, stop);
        if (state == GreylistState.Known)
        {
            if (known.Count >= KnownMax)
                known.Clear();
            known[place] = now;
        }

        return state;
    }

    /// <summary>Forgets who was not here for long.</summary>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        return db.WriteAsync(session => new GreylistStore(session).ForgetAsync(
            now - Duration.FromTimeSpan(options.GreylistMemory), now - Duration.FromTimeSpan(options.GreylistKnown), stop), stop);
    }

    private byte[] KeyOf(string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))[..16];
}
