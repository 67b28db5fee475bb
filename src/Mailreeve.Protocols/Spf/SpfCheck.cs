using System.Text;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Spf;

/// <summary>Finds out whether a domain lets an address send its mail: <c>check_host()</c> (RFC 7208 §4).</summary>
/// <remarks>Limits (§4.6.4): 10 terms that ask the DNS, 2 of them without an answer, 10 hosts of an mx, 10 names of the client.</remarks>
public sealed class SpfCheck
{
    private const int LookupsMax = 10;
    private const int VoidLookupsMax = 2;
    private const int ExchangersMax = 10;
    private const int ClientNamesMax = 10;
    private const int ExplanationLengthMax = 300;

    private readonly SpfQuery query;
    private readonly AskDns ask;
    private readonly CancellationToken stop;
    private IReadOnlyList<string>? clientNames;
    private int lookups;
    private int voidLookups;

    private SpfCheck(SpfQuery query, AskDns ask, CancellationToken stop) => (this.query, this.ask, this.stop) = (query, ask, stop);

    /// <summary>Checks a sender.</summary>
    /// <param name="query">Who sends what, from where.</param>
    /// <param name="ask">Asks the DNS.</param>
    /// <param name="explain">Whether the explanation of a fail is wanted; it costs one more lookup.</param>
    /// <param name="stop">Stops the work.</param>
    public static async ValueTask<SpfVerdict> RunAsync(SpfQuery query, AskDns ask, bool explain, CancellationToken stop)
    {
        if (query.LocalPart.Length == 0)
            query = query with { LocalPart = "postmaster" };
        // §4.3: an address literal, a single label or a name that no DNS can have is nobody's.
        var domain = query.Domain.EndsWith('.') ? query.Domain[..^1] : query.Domain;
        if (!domain.Contains('.', StringComparison.Ordinal) || domain[0] == '[' || !DnsName.CanBeAsked(domain))
            return new SpfVerdict(SpfResult.None, query.Domain);

        var check = new SpfCheck(query, ask, stop);
        var found = await check.OfAsync(domain);
        return new SpfVerdict(found.Result, query.Domain)
        {
            Problem = found.Problem,
            Explanation = explain && found is { Result: SpfResult.Fail, Explanation: { } where } ? await check.ExplainAsync(where, found.Domain) : null,
        };
    }

    // §4.4 to §4.7
    private async ValueTask<Found> OfAsync(string domain)
    {
        var answer = await AskAsync(domain, DnsType.Txt);
        if (answer.Outcome == DnsOutcome.Failed)
            return Found.Temporary(domain);
        string? text = null;
        foreach (var candidate in answer.Texts)
        {
            if (!SpfRecord.IsOne(candidate))
                continue;
            if (text is not null)
                return Found.Wrong(domain, "there is more than one record");
            text = candidate;
        }

        if (text is null)
            return new Found(SpfResult.None, domain);
        if (SpfRecord.TryParse(text, out var problem) is not { } record)
            return Found.Wrong(domain, problem);
        return await EvaluateAsync(record, domain);
    }

    private async ValueTask<Found> EvaluateAsync(SpfRecord record, string domain)
    {
        foreach (var directive in record.Directives)
        {
            var match = await MatchesAsync(directive, domain);
            if (match.Error is { } error)
                return error;
            if (match.Yes)
                return new Found(directive.Result, domain) { Explanation = record.Explanation };
        }

        if (record.Redirect is not { } redirect)
            return new Found(SpfResult.Neutral, domain);
        if (!MayLookUp())
            return Found.TooMany(domain);
        var target = (await MacrosForAsync(redirect, domain)).ExpandName(redirect);
        var found = await OfAsync(target);
        // §6.1
        return found.Result == SpfResult.None ? Found.Wrong(domain, $"it redirects to {target}, which has no record") : found;
    }

    private async ValueTask<Match> MatchesAsync(SpfDirective directive, string domain)
    {
        switch (directive.Mechanism)
        {
            case SpfMechanism.All:
                return Match.Of(true);
            case SpfMechanism.Ip4:
                return Match.Of(query.Client.IsIPv4 && directive.Network.Contains(query.Client));
            case SpfMechanism.Ip6:
                return Match.Of(!query.Client.IsIPv4 && directive.Network.Contains(query.Client));
        }

        if (!MayLookUp())
            return new Match(false, Found.TooMany(domain));
        var target = directive.Target is { } spec ? (await MacrosForAsync(spec, domain)).ExpandName(spec) : domain;
        return directive.Mechanism switch
        {
            SpfMechanism.Include => await IncludesAsync(target, domain),
            SpfMechanism.A => await HasAddressAsync(directive, target, domain),
            SpfMechanism.Mx => await HasExchangerAsync(directive, target, domain),
            SpfMechanism.Exists => await ExistsAsync(target, domain),
            _ => Match.Of((await ClientNamesAsync()).Any(name => DnsName.IsWithin(name, target))),
        };
    }

    // §5.2: whatever the other record says about a fail of its own is no fail of this one.
    private async ValueTask<Match> IncludesAsync(string target, string domain)
    {
        var found = await OfAsync(target);
        return found.Result switch
        {
            SpfResult.Pass => Match.Of(true),
            SpfResult.TempError or SpfResult.PermError => new Match(false, found),
            SpfResult.None => new Match(false, Found.Wrong(domain, $"it includes {target}, which has no record")),
            _ => Match.Of(false),
        };
    }

    // §5.3
    private async ValueTask<Match> HasAddressAsync(SpfDirective directive, string target, string domain)
    {
        var answer = await AskAsync(target, AddressType);
        if (answer.Outcome == DnsOutcome.Failed)
            return new Match(false, Found.Temporary(target));
        if (!MayBeVoid(answer))
            return new Match(false, Found.TooManyVoid(domain));
        return Match.Of(HasClient(answer, directive));
    }

    // §5.4: no MX means no match; the implicit MX of delivery is not meant here.
    private async ValueTask<Match> HasExchangerAsync(SpfDirective directive, string target, string domain)
    {
        var answer = await AskAsync(target, DnsType.Mx);
        if (answer.Outcome == DnsOutcome.Failed)
            return new Match(false, Found.Temporary(target));
        if (!MayBeVoid(answer))
            return new Match(false, Found.TooManyVoid(domain));
        if (answer.Names.Length > ExchangersMax)
            return new Match(false, Found.Wrong(domain, $"{target} has more than {ExchangersMax} mail hosts"));
        foreach (var host in answer.Names)
        {
            var addresses = await AskAsync(host, AddressType);
            if (addresses.Outcome == DnsOutcome.Failed)
                return new Match(false, Found.Temporary(host));
            if (HasClient(addresses, directive))
                return Match.Of(true);
        }

        return Match.Of(false);
    }

    // §5.7: A, also for a client with IPv6.
    private async ValueTask<Match> ExistsAsync(string target, string domain)
    {
        var answer = await AskAsync(target, DnsType.A);
        if (answer.Outcome == DnsOutcome.Failed)
            return new Match(false, Found.Temporary(target));
        return MayBeVoid(answer) ? Match.Of(answer.Outcome == DnsOutcome.Found) : new Match(false, Found.TooManyVoid(domain));
    }

    // §5.5: names that the client's address has, and that have the client's address. What fails is left out.
    private async ValueTask<IReadOnlyList<string>> ClientNamesAsync()
    {
        if (clientNames is not null)
            return clientNames;
        var names = new List<string>();
        foreach (var name in (await AskAsync(DnsName.Reverse(query.Client), DnsType.Ptr)).Names.Take(ClientNamesMax))
        {
            if ((await AskAsync(name, AddressType)).Addresses.Contains(query.Client))
                names.Add(name);
        }

        return clientNames = names;
    }

    // §6.2: whatever goes wrong with the explanation, there is none.
    private async ValueTask<string?> ExplainAsync(SpfMacroText where, string domain)
    {
        var answer = await AskAsync((await MacrosForAsync(where, domain)).ExpandName(where), DnsType.Txt);
        if (answer.Texts is not [{ Length: > 0 } only] || SpfMacroText.Parse(only, isExplanation: true) is not { } text)
            return null;
        var explanation = (await MacrosForAsync(text, domain)).Expand(text);
        return !Ascii.IsValid(explanation) ? null
            : explanation.Length <= ExplanationLengthMax ? explanation
            : explanation[..ExplanationLengthMax];
    }

    private async ValueTask<SpfMacros> MacrosForAsync(SpfMacroText text, string domain)
    {
        if (!text.NeedsClientName)
            return new SpfMacros(query, domain, null);
        // §7.3: the domain itself if it is among them, then a name below it, then any.
        var names = await ClientNamesAsync();
        var best = names.FirstOrDefault(n => n.Equals(domain, StringComparison.OrdinalIgnoreCase))
            ?? names.FirstOrDefault(n => DnsName.IsWithin(n, domain))
            ?? names.FirstOrDefault();
        return new SpfMacros(query, domain, best);
    }

    private DnsType AddressType => query.Client.IsIPv4 ? DnsType.A : DnsType.Aaaa;

    private ValueTask<DnsAnswer> AskAsync(string name, DnsType type) =>
        DnsName.CanBeAsked(name) ? ask(name, type, stop) : ValueTask.FromResult(DnsAnswer.Nothing);

    private bool MayLookUp() => ++lookups <= LookupsMax;

    private bool MayBeVoid(DnsAnswer answer) => answer.Outcome != DnsOutcome.Nothing || ++voidLookups <= VoidLookupsMax;

    private bool HasClient(DnsAnswer answer, SpfDirective directive)
    {
        var length = query.Client.IsIPv4 ? 96 + directive.Ip4Length : directive.Ip6Length;
        foreach (var address in answer.Addresses)
        {
            if (address.IsIPv4 == query.Client.IsIPv4 && new Prefix(address, length).Contains(query.Client))
                return true;
        }

        return false;
    }

    private readonly record struct Match(bool Yes, Found? Error)
    {
        public static Match Of(bool yes) => new(yes, null);
    }

    /// <summary>What a record says.</summary>
    /// <param name="Result">The result.</param>
    /// <param name="Domain">Whose record it was that said so.</param>
    private sealed record Found(SpfResult Result, string Domain)
    {
        public SpfMacroText? Explanation { get; init; }

        public string? Problem { get; init; }

        public static Found Temporary(string name) => new(SpfResult.TempError, name) { Problem = $"no answer about {name}" };

        public static Found Wrong(string domain, string problem) => new(SpfResult.PermError, domain) { Problem = $"{domain}: {problem}" };

        public static Found TooMany(string domain) => Wrong(domain, $"more than {LookupsMax} terms that need the DNS");

        public static Found TooManyVoid(string domain) => Wrong(domain, $"more than {VoidLookupsMax} names that do not exist");
    }
}
