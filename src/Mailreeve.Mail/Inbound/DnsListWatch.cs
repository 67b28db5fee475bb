using System.Collections.Concurrent;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Inbound;

/// <summary>
/// The DNS lists that may be believed at the moment. One that lists everything, nothing, or answers with errors is left out until its
/// test entries are in order again (RFC 5782 §5); before the first look, none is asked.
/// </summary>
/// <param name="lists">The lists of the configuration.</param>
/// <param name="dns">Asks the DNS.</param>
/// <param name="log">For the operator.</param>
public sealed class DnsListWatch(IReadOnlyList<DnsList> lists, DnsCache dns, ILogger<DnsListWatch> log)
{
    // One message names few domains; who names many must not make us ask as many questions.
    private const int DomainsMax = 4;

    private readonly ConcurrentDictionary<string, string> problems =
        new(lists.Select(l => KeyValuePair.Create(l.Zone, "its test entries have not been looked up yet")));

    /// <summary>Lists that are left out, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>Looks at the test entries of all lists.</summary>
    public async Task ProbeAsync(CancellationToken stop)
    {
        foreach (var list in lists)
        {
            var listed = await dns.AskAnewAsync(list.ListedName, DnsType.A, stop);
            var unlisted = await dns.AskAnewAsync(list.UnlistedName, DnsType.A, stop);
            if (list.ProblemOf(listed, unlisted) is { } problem)
                LeaveOut(list, problem);
            else if (problems.TryRemove(list.Zone, out _))
                log.DnsListInUse(list.Zone);
        }
    }

    /// <summary>What the lists say about an address.</summary>
    public Task<IReadOnlyList<ListFinding>> FindAsync(Address client, CancellationToken stop) =>
        AskAllAsync([.. InUse(DnsListKind.Address).Select(l => (l, l.NameOf(client)))], stop);

    /// <summary>What the lists say about domains.</summary>
    /// <param name="domains">Some names; the first few, each once, are looked up.</param>
    /// <param name="stop">Stops the work.</param>
    public Task<IReadOnlyList<ListFinding>> FindAsync(IEnumerable<string> domains, CancellationToken stop)
    {
        var few = domains.Where(d => DnsName.CanBeAsked(d)).Distinct(StringComparer.OrdinalIgnoreCase).Take(DomainsMax).ToList();
        return AskAllAsync([.. InUse(DnsListKind.Domain).SelectMany(l => few.Select(d => (l, l.NameOf(d))))], stop);
    }

    private IEnumerable<DnsList> InUse(DnsListKind kind) => lists.Where(l => l.Kind == kind && !problems.ContainsKey(l.Zone));

    private async Task<IReadOnlyList<ListFinding>> AskAllAsync(IReadOnlyList<(DnsList List, string Name)> questions, CancellationToken stop)
    {
        if (questions.Count == 0)
            return [];
        var answers = questions.Select(q => dns.AskAsync(q.Name, DnsType.A, stop).AsTask()).ToList();
        var found = new List<ListFinding>();
        for (var i = 0; i < answers.Count; i++)
        {
            var list = questions[i].List;
            switch (list.Read(await answers[i]))
            {
                case DnsListReading.Listed(var code) when found.TrueForAll(f => f.List != list.Zone):
                    found.Add(new ListFinding(list.Zone, code.Meaning, code.Weight));
                    break;
                case DnsListReading.Broken broken:
                    LeaveOut(list, broken.Why);
                    break;
            }
        }

        // What a list said before it was found to be broken is not believed either.
        return found.FindAll(f => !problems.ContainsKey(f.List));
    }

    private void LeaveOut(DnsList list, string problem)
    {
        var isNew = !problems.TryGetValue(list.Zone, out var known) || known != problem;
        problems[list.Zone] = problem;
        if (isNew)
            log.DnsListLeftOut(list.Zone, problem);
    }
}
