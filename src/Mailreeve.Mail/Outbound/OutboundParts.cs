using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>What the sending of mail is made of; one for all destinations of a node.</summary>
public sealed class OutboundParts : IDisposable
{
    private readonly Lazy<ConnectionBudget> budget;
    private readonly Lazy<HandOff> handOff;
    private readonly Lazy<Settlement> settlement;
    private int active;

    /// <summary>The parts are set when it is made; what is made of them comes to be when it is first used.</summary>
    public OutboundParts()
    {
        budget = new(MakeBudget);
        handOff = new(MakeHandOff);
        settlement = new(MakeSettlement);
    }

    /// <summary>The database.</summary>
    public required Database Database { get; init; }

    /// <summary>How mail is sent.</summary>
    public required OutboundOptions Options { get; init; }

    /// <summary>Finds the MX; not used with a smarthost.</summary>
    public required MxLookup Exchangers { get; init; }

    /// <summary>Calls hosts.</summary>
    public required SmtpDialler Dialler { get; init; }

    /// <summary>What is demanded of the connection to an MX.</summary>
    public required TlsPolicies Tls { get; init; }

    /// <summary>The blocks in force, as of now.</summary>
    public required Func<BlockView> Blocks { get; init; }

    /// <summary>The messages that wait.</summary>
    public required QueueSegments Segments { get; init; }

    /// <summary>Delivers what stays here; <see langword="null"/> where there are no mailboxes, and all mail is sent.</summary>
    public LocalDelivery? Local { get; init; }

    /// <summary>Tells senders what became of their messages.</summary>
    public required DeliveryReports Reports { get; init; }

    /// <summary>What time it is.</summary>
    public required IClock Clock { get; init; }

    /// <summary>For the operator.</summary>
    public required ILogger Log { get; init; }

    /// <summary>What has been sent.</summary>
    public OutboundCounters Counters { get; } = new();

    internal ConnectionBudget Budget => budget.Value;

    internal HandOff HandOff => handOff.Value;

    internal Settlement Settlement => settlement.Value;

    /// <summary>Destinations that are worked on now.</summary>
    internal int Active => Volatile.Read(ref active);


    internal void Enter() => Interlocked.Increment(ref active);

    internal void Leave() => Interlocked.Decrement(ref active);

    private ConnectionBudget MakeBudget() => new(Options.ConnectionsMax);

    private HandOff MakeHandOff() => new(Options, Dialler, Tls);

    private Settlement MakeSettlement() => new(Options, Reports);

    /// <inheritdoc/>
    public void Dispose() => budget.Value.Dispose();
}
