using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>Takes wishes for relay tests. Whether a host may be tested is decided before it is asked for, and again before it is done (C7).</summary>
/// <param name="database">The database.</param>
/// <param name="views">Has the customers and the blocks.</param>
/// <param name="provider">Has our networks.</param>
/// <param name="options">How tests are made.</param>
/// <param name="clock">The time.</param>
public sealed class RelayDesk(Database database, LiveViews views, Provider provider, RelayTestOptions options, IClock clock)
{
    private const string NotSetUp = "Relay tests are not set up here: [relay-test] in the configuration.";

    /// <summary>Whether tests are made here at all.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>Why a host may not be tested now, as a sentence; null when it may. Nothing is asked for.</summary>
    public async Task<string?> ObjectionAsync(Address address, RelayOccasion occasion, CancellationToken stop) =>
        options.IsOn
            ? await database.ReadAsync(async db => RelayRules.Objection(await FactsAsync(db, address, stop), occasion, clock.GetCurrentInstant()), stop)
            : NotSetUp;

    /// <summary>The customer who has the address now; null when nobody has.</summary>
    public CustomerId? HolderOf(Address address) => views.Directory.HolderOf(address, clock.GetCurrentInstant());

    /// <summary>Asks for a run of tests.</summary>
    /// <returns>The run's number; or why there is none, as a sentence.</returns>
    public async Task<(long? Run, string? Refused)> AskAsync(Address address, RelayOccasion occasion, Actor by, CancellationToken stop)
    {
        if (!options.IsOn)
            return (null, NotSetUp);
        return await database.WriteAsync<(long?, string?)>(async db =>
        {
            var now = clock.GetCurrentInstant();
            if (RelayRules.Objection(await FactsAsync(db, address, stop), occasion, now) is { } objection)
                return (null, objection);
            var holder = views.Directory.HolderOf(address, now)!.Value;
            var run = await new RelayRunStore(db).AskAsync(new NewRelayRun(holder, address, occasion, by, now), stop);
            return run is null ? (null, $"A test of {address} waits already.") : (run, null);
        }, stop);
    }

    /// <summary>What speaks against a run that was taken, so that it must not be made; null when nothing does.</summary>
    internal string? ObjectionTo(RelayRunRow run) =>
        HolderOf(run.Address) is { } holder && holder != run.CustomerId
            ? $"Another customer has {run.Address} by now."
            : RelayRules.Objection(FactsOf(run.Address), RelayOccasion.Case, clock.GetCurrentInstant());

    /// <summary>Whether a block stands that keeps the host from passing mail on.</summary>
    internal bool IsBlocked(Address address) => views.Blocks.TryFind(address, clock.GetCurrentInstant(), out _);

    /// <summary>A domain of the customer who has the address; null when none is known.</summary>
    internal string? DomainOf(Address address)
    {
        var now = clock.GetCurrentInstant();
        return views.Directory.HolderOf(address, now) is { } holder
            ? views.Directory.AssignmentsOf(holder).Where(a => a.Domain is not null && a.HeldAt(now)).Select(a => a.Domain).Order(StringComparer.Ordinal).FirstOrDefault()
            : null;
    }

    private async Task<RelayTargetFacts> FactsAsync(DbSession db, Address address, CancellationToken stop)
    {
        var last = await new RelayRunStore(db).LastAsync(address, stop);
        return FactsOf(address) with
        {
            IsUnderWay = last is { State: RelayRunState.Waiting or RelayRunState.Running },
            LastAskedAt = last?.AskedAt,
        };
    }

    private RelayTargetFacts FactsOf(Address address)
    {
        var directory = views.Directory;
        var holder = directory.HolderOf(address, clock.GetCurrentInstant());
        return new RelayTargetFacts(address)
        {
            IsOurs = provider.Owns(address),
            IsOwnServer = provider.IsServer(address) || provider.NeverBlock.Any(n => n.Prefix.IsSingle && n.Prefix.Contains(address)),
            IsNeverTested = options.NeverTest.Any(n => n.Contains(address)),
            HasActiveHolder = holder is { } active && directory.StateOf(active) == CustomerState.Active,
            HasConsent = holder is { } customer && directory.MailServers.Contains(customer),
        };
    }
}
