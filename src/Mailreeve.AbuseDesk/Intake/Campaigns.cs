using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>The mailings that the reports of one transaction are about, known ones and new ones.</summary>
internal sealed class Campaigns(DbSession db, Instant now)
{
    private readonly List<CampaignRow> known = [];
    private readonly List<CampaignRow> added = [];
    private readonly HashSet<long> seen = [];
    private readonly Dictionary<(CustomerId, long), long> chosen = [];
    private readonly Dictionary<long, List<CampaignComplaint>> complaints = [];
    private readonly IdPool ids = new(db, "campaign", 1);

    /// <summary>Reads the mailings of these customers that were reported since.</summary>
    public async Task LoadAsync(IReadOnlyCollection<CustomerId> customers, Instant since, CancellationToken stop) =>
        known.AddRange(await new CampaignStore(db).RecentAsync(customers, since, stop));

    /// <summary>The mailing of this customer with this print; it was chosen before.</summary>
    public long this[CustomerId customer, long print] => chosen[(customer, print)];

    /// <summary>Chooses the mailing of this customer with this print, or one like it; a new one when there is none.</summary>
    public async Task ChooseAsync(CustomerId customer, long print, CancellationToken stop)
    {
        if (!chosen.ContainsKey((customer, print)))
            chosen[(customer, print)] = await OfAsync(customer, print, stop);
    }

    /// <summary>Adds a complaint about a mailing.</summary>
    /// <returns>All complaints about it, this one and those of this transaction among them.</returns>
    public async Task<IReadOnlyList<CampaignComplaint>> ComplainAsync(long campaign, byte[] complainer, Instant earliest, CancellationToken stop)
    {
        if (!complaints.TryGetValue(campaign, out var all))
        {
            all = [.. (await new CampaignStore(db).ComplaintsAsync(campaign, stop)).Select(c => new CampaignComplaint(Convert.ToHexString(c.Complainer), c.SeenFrom))];
            complaints[campaign] = all;
        }

        all.Add(new CampaignComplaint(Convert.ToHexString(complainer), earliest));
        return all;
    }

    /// <summary>Writes what is new.</summary>
    public async Task SaveAsync(CancellationToken stop)
    {
        await new CampaignStore(db).SaveAsync(added, seen, now, stop);
        await ids.GiveBackAsync(stop);
    }

    private async Task<long> OfAsync(CustomerId customer, long print, CancellationToken stop)
    {
        var nearest = known.Where(c => c.CustomerId == customer)
            .Select(c => (Campaign: c, Distance: CampaignPrint.Distance(c.Print, print)))
            .Where(c => c.Distance <= CampaignPrint.DistanceMax)
            .OrderBy(c => c.Distance).ThenBy(c => c.Campaign.Id)
            .Select(c => c.Campaign)
            .FirstOrDefault();
        if (nearest is not null)
        {
            seen.Add(nearest.Id);
            return nearest.Id;
        }

        var campaign = new CampaignRow { Id = await ids.TakeAsync(stop), CustomerId = customer, Print = print, FirstAt = now, LastAt = now };
        known.Add(campaign);
        added.Add(campaign);
        return campaign.Id;
    }
}
