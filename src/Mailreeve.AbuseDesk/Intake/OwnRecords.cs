using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>What our records have under the clues of a batch of reports: one question of each kind for all of them.</summary>
internal sealed record OwnRecords
{
    public static readonly OwnRecords None = new();

    /// <summary>Messages of the submission log by trace and queue id.</summary>
    public IReadOnlyDictionary<string, TracedSubmission> ById { get; init; } = new Dictionary<string, TracedSubmission>();

    /// <summary>Messages of the submission log by Message-ID, which its sender chose.</summary>
    public ILookup<string, TracedSubmission> ByMessageId { get; init; } = Enumerable.Empty<TracedSubmission>().ToLookup(s => s.MessageId);

    /// <summary>Keys that mail was ever signed with.</summary>
    public IReadOnlyDictionary<DkimKeyName, DkimKeyRow> Keys { get; init; } = new Dictionary<DkimKeyName, DkimKeyRow>();

    /// <summary>Hosts that were looked up.</summary>
    public IReadOnlyDictionary<string, HostRow> Hosts { get; init; } = new Dictionary<string, HostRow>();

    /// <summary>Where they led.</summary>
    public ILookup<string, HostAddressRow> HostAddresses { get; init; } = Enumerable.Empty<HostAddressRow>().ToLookup(h => h.Host);

    /// <summary>Who had the addresses, as the access network says.</summary>
    public AddressRecords Addresses { get; init; } = AddressRecords.None;

    /// <summary>Asks. A batch without clues asks nothing.</summary>
    public static async Task<OwnRecords> FindAsync(
        DbSession db, IReadOnlyList<UnderstoodReport> reports, Provider provider, CancellationToken stop)
    {
        var clues = reports.Select(r => r.Clues).ToList();
        var log = new SubmissionTraceStore(db);
        var byId = await log.FindAsync([.. clues.SelectMany(c => c.Ids).Distinct()], stop);
        var byMessageId = await log.FindByMessageIdAsync([.. clues.Select(c => c.MessageId).OfType<string>().Distinct()], stop);
        var keys = await new DkimKeyStore(db).EverOfAsync([.. clues.SelectMany(c => c.Signatures?.Wanted ?? []).Select(k => k.Domain).Distinct()], stop);
        var hosts = reports.SelectMany(r => r.Hosts).Distinct().ToList();
        var store = new HostStore(db);
        return new OwnRecords
        {
            ById = byId.ToDictionary(s => s.TraceId),
            ByMessageId = byMessageId.ToLookup(s => s.MessageId.Trim('<', '>')),
            Keys = keys.ToDictionary(k => new DkimKeyName(k.Selector, k.Domain)),
            Hosts = (await store.FindAsync(hosts, stop)).ToDictionary(h => h.Host),
            Addresses = await AddressRecords.FindAsync(db, [.. reports.SelectMany(r => r.Addresses).Distinct()], provider, null, stop),
            HostAddresses = (await store.AddressesAsync(hosts, stop)).ToLookup(h => h.Host),
        };
    }
}
