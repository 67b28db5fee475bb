using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Accounts.Addresses;

/// <summary>Finds out which customers' sites share an address (D5). Only sites are known that reports have named: those that were looked up.</summary>
public static class AddressPlanDesk
{
    /// <summary>The addresses that several customers share.</summary>
    /// <param name="db">Where.</param>
    /// <param name="directory">Customers and what is theirs.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="customer">Only what this customer has a part in, or somebody below it, or what lies in a prefix of theirs; null for all.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<IReadOnlyList<SharedAddress>> FindAsync(
        DbSession db, Directory directory, Provider provider, CustomerId? customer, Instant now, CancellationToken stop)
    {
        var rows = await new HostStore(db).AtAsync(provider.Networks, long.MaxValue, stop);
        var sites = rows.Select(r => (Row: r, Owner: directory.Owning(r.Host).FirstOrDefault(a => a.HeldAt(now))?.Customer))
            .Where(s => s.Owner is not null).Select(s => new PlacedSite(s.Row.Host, s.Owner!.Value, s.Row.Address)).ToList();
        // Of what was passed on as a whole, whoever it was passed on to comes first.
        var assigned = directory.Customers.OrderByDescending(c => directory.ChainIdsOf(c.Id).Count).ThenBy(c => c.Id.Value)
            .SelectMany(c => directory.AssignmentsOf(c.Id)).Where(a => a.Prefix is not null && a.HeldAt(now))
            .Select(a => (Prefix: a.Prefix!.Value, a.Customer)).ToList();
        // Proposals are told apart over all of it, so all of it is planned, whoever asks.
        var plan = AddressPlan.Of(new AddressPlanFacts(
            sites, assigned, provider.Networks, [.. rows.Select(r => r.Address).Distinct()], [.. provider.Servers, .. provider.NeverBlock.Select(n => n.Prefix)]));
        if (customer is not { } whose)
            return plan;
        var tree = directory.TreeOf(whose).ToHashSet();
        return [.. plan.Where(s => s.Shares.Any(share => tree.Contains(share.Customer)) || assigned.Exists(a => a.Prefix == s.Around && tree.Contains(a.Customer)))];
    }
}
