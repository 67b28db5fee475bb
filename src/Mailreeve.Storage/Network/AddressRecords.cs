using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Storage.Network;

/// <summary>What is on record about the addresses of a batch of questions: sessions, leases, logged ports. A snapshot.</summary>
public sealed class AddressRecords
{
    private readonly ILookup<Address, AddressSession> byAddress;

    private AddressRecords(ILookup<Address, AddressSession> byAddress) => this.byAddress = byAddress;

    /// <summary>Addresses of which anything is on record.</summary>
    public int Count => byAddress.Count;

    /// <summary>Nothing.</summary>
    public static AddressRecords None { get; } = new(Enumerable.Empty<AddressSession>().ToLookup(s => s.Prefix.First));

    /// <summary>Asks the database once for all.</summary>
    /// <param name="db">Where.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="provider">Whose networks these are: what is inside of a translator that computes its ports is asked for too.</param>
    /// <param name="knownAt">As it was known at this moment; null for now.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<AddressRecords> FindAsync(
        DbSession db, IReadOnlyCollection<WhoQuestion> questions, Provider provider, Instant? knownAt, CancellationToken stop)
    {
        if (questions.Count == 0)
            return None;
        var all = questions.Concat(questions.Select(q => Behind(q, provider)).OfType<WhoQuestion>()).Distinct().ToList();
        var sessions = (await new SessionStore(db).WithinAsync(all, knownAt, stop))
            .Select(s => knownAt is { } at ? s.AsKnownAt(at) : s).OfType<AddressSession>().ToList();
        var byFirst = sessions.ToLookup(s => s.Prefix.First);
        var found =
            from address in all.Select(q => q.Address).Distinct()
            from first in CoveringFirsts.OfSessions(address)
            from session in byFirst[first]
            where session.Prefix.Contains(address)
            select (a: address, s: session);
        return new AddressRecords(found.ToLookup(f => f.a, f => f.s));
    }

    /// <summary>Everything that is known about a question that was among those asked.</summary>
    /// <param name="question">The question.</param>
    /// <param name="directory">Customers and assignments; as they were believed then, when the question is what was known then.</param>
    /// <param name="provider">Whose networks these are.</param>
    public WhoFacts FactsOf(WhoQuestion question, Directory directory, Provider provider)
    {
        var facts = new WhoFacts
        {
            Address = question.Address,
            Port = question.Port,
            Window = question.Window,
            IsOurs = provider.Owns(question.Address),
            Assignments = directory.CandidatesOf(question.Address),
            Sessions = [.. byAddress[question.Address].Select(s => new SessionCandidate(s, s.Customer is { } c ? directory.ChainIdsOf(c) : []))],
            Nat = provider.MappingOf(question.Address, question.Port),
        };
        // An inside address is ours, whatever the list of networks says: it is private, and others have the same.
        return Behind(question, provider) is { } inside
            ? facts with { Inside = FactsOf(inside, directory, provider with { Translators = [] }) with { IsOurs = true } }
            : facts;
    }

    private static WhoQuestion? Behind(WhoQuestion question, Provider provider) =>
        provider.MappingOf(question.Address, question.Port) is NatMapping.Mapped mapped ? new WhoQuestion(mapped.Inside, null, question.Window) : null;
}
