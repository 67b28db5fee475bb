using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>Looks at what came to the collector, and tells the run of which it is. A message counts once; nothing is answered.</summary>
/// <param name="database">The database.</param>
/// <param name="key">The secret of the tokens.</param>
/// <param name="clock">The time.</param>
/// <param name="log">The log.</param>
public sealed class RelayCollectorClerk(Database database, byte[] key, IClock clock, ILogger<RelayCollectorClerk> log) : IClerk
{
    private const long Batch = 50;

    /// <inheritdoc/>
    public string Name => "relay-collector";

    /// <inheritdoc/>
    public async Task<int> WorkAsync(CancellationToken stop)
    {
        var waiting = await database.ReadAsync(db => new CollectedMailStore(db).WaitingAsync(Batch, stop), stop);
        foreach (var mail in waiting)
            await database.WriteAsync(db => TakeAsync(db, mail, stop), stop);
        return waiting.Count;
    }

    private async Task TakeAsync(DbSession db, CollectedMailRow mail, CancellationToken stop)
    {
        var outcome = await JudgeAsync(db, mail, stop);
        await new CollectedMailStore(db).ConcludeAsync(mail.Id, outcome, stop);
    }

    private async Task<string> JudgeAsync(DbSession db, CollectedMailRow mail, CancellationToken stop)
    {
        var runs = new RelayRunStore(db);
        if (!RelayToken.TryRead(mail.LocalPart, key, out var token, out var isProbe) || await runs.FindAsync(token.Run, stop) is not { } run)
            return "of no run";
        var read = RelayTestArrival.Read(mail.Header);
        var facts = new RelayArrivalFacts(token.Write(key), isProbe ? null : read.Token, mail.ClientAddress, read.Hops);
        if (RelayRules.OfArrival(facts, run.Address) is not { } verdict)
        {
            await runs.BouncedAsync(token.Run, token.Test, mail.ReceivedAt, stop);
            return "a bounce, or an answer";
        }

        await runs.ArrivedAsync(token.Run, token.Test, verdict, mail.ClientAddress, mail.ReceivedAt, stop);
        await RelayResult.SettleAsync(db, token.Run, isBlocked: false, clock.GetCurrentInstant(), stop);
        if (verdict == RelayVerdict.Proven)
            log.RelayProven(token.Run, $"{run.Address}", $"{mail.ClientAddress}");
        return verdict == RelayVerdict.Proven ? "proof" : "came another way";
    }
}
