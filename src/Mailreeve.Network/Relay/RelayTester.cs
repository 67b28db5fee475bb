using System.Net;
using System.Net.Sockets;
using Mailreeve.Policy;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>Makes the tests of one round of a run: an SMTP client that tries to be relayed (C7).</summary>
/// <param name="options">How.</param>
/// <param name="provider">Who sends the messages.</param>
/// <param name="key">The secret of the tokens.</param>
/// <param name="clock">The time.</param>
/// <param name="dial">Connects to a host; throws <see cref="SocketException"/>. Whoever calls on another network gives another one.</param>
public sealed class RelayTester(
    RelayTestOptions options, Provider provider, byte[] key, IClock clock, Func<IPEndPoint, CancellationToken, Task<Socket>> dial)
{
    internal RelayTestOptions Options => options;

    internal Provider Provider => provider;

    internal byte[] Key => key;

    internal Func<IPEndPoint, CancellationToken, Task<Socket>> Dial => dial;

    internal Instant Now() => clock.GetCurrentInstant();

    /// <summary>Makes the tests that have not been made or were put off, until one is proven.</summary>
    /// <param name="run">The run.</param>
    /// <param name="attempts">All its tests.</param>
    /// <param name="customerDomain">A domain of the customer.</param>
    /// <param name="keep">Makes durable what a test has shown; it is called before the message of the test is sent, too.</param>
    /// <param name="isProven">Whether a message has arrived meanwhile.</param>
    /// <param name="stop">Stops the round; what was made is kept.</param>
    public async Task<RelayRound> RunAsync(
        RelayRunRow run, IReadOnlyList<RelayAttemptRow> attempts, string? customerDomain, Func<RelayAttemptRow, Task> keep, Func<Task<bool>> isProven,
        CancellationToken stop)
    {
        var round = new RelayRound { Dialogue = RelayDialogue.Complete, Detail = "", Host = run.Host };
        RelayRound? trouble = null;
        var answered = false;
        foreach (var port in attempts.GroupBy(a => a.Port).OrderBy(g => options.Ports.ToList().IndexOf((int)g.Key)))
        {
            var session = new RelaySession(this, run, (int)port.Key, customerDomain, keep, isProven) { Host = round.Host };
            round = await session.RunAsync([.. port.Where(a => a.Verdict is RelayVerdict.Waiting or RelayVerdict.PutOff or RelayVerdict.Omitted)], stop);
            answered |= round.Dialogue != RelayDialogue.Unreachable;
            if (round.IsProven)
                return round;
            // The host may still be found open at another port; closed it is not found.
            if (round.Dialogue is not RelayDialogue.Complete && !session.IsShut)
                trouble = trouble is null or { Dialogue: RelayDialogue.Unreachable } ? round : trouble;
        }

        // A port that refuses connections is closed; one that does not answer us may well answer others. A host of which no port answers cannot be
        // judged at all.
        return trouble switch
        {
            null => answered ? round with { Dialogue = RelayDialogue.Complete } : round,
            { Dialogue: RelayDialogue.Unreachable } when answered => trouble with { Dialogue = RelayDialogue.BrokenOff, Host = round.Host },
            _ => trouble with { Host = round.Host },
        };
    }
}

/// <summary>How a round of a run ended.</summary>
public sealed record RelayRound
{
    /// <summary>How far the conversation came.</summary>
    public required RelayDialogue Dialogue { get; init; }

    /// <summary>What stood in the way; empty when nothing did.</summary>
    public required string Detail { get; init; }

    /// <summary>How the host calls itself.</summary>
    public required string? Host { get; init; }

    /// <summary>Whether a test was proven meanwhile.</summary>
    public bool IsProven { get; init; }
}
