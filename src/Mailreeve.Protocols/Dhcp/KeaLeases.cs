using System.Globalization;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Dhcp;

/// <summary>Reads the lease files of Kea's memfile back end, for IPv4 and IPv6: CSV with the names of the columns in its first line.</summary>
public static class KeaLeases
{
    private const long Infinite = uint.MaxValue;
    private const long SecondsMax = 253_402_300_799;

    /// <summary>Reads the entries, one after the other. One that is marked as deleted says nothing about when it ended, and is passed over.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="skipped">Told the number of each line that cannot be used.</param>
    public static IEnumerable<DhcpLease> Read(IEnumerable<string> lines, Action<int> skipped)
    {
        Dictionary<string, int>? columns = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.TrimEnd('\r');
            if (text.Length == 0)
                continue;
            var fields = text.Split(',');
            if (fields[0] == "address")
            {
                columns = fields.Select((name, i) => (name, i)).DistinctBy(f => f.name).ToDictionary(f => f.name, f => f.i, StringComparer.Ordinal);
                continue;
            }

            if (columns is null || !TryRead(name => columns.TryGetValue(name, out var i) && i < fields.Length ? fields[i] : "", out var lease))
                skipped(number);
            else if (lease is not null)
                yield return lease;
        }
    }

    private static bool TryRead(Func<string, string> field, out DhcpLease? lease)
    {
        lease = null;
        if (!Address.TryParse(field("address"), out var address) || Number(field("expire")) is not { } expire || Number(field("valid_lifetime")) is not { } lifetime)
            return false;
        var client = new[] { field("hwaddr"), field("client_id"), field("duid") }.FirstOrDefault(c => c.Length > 0);
        var length = field("lease_type") == "2" ? Number(field("prefix_len")) : 128;
        if (length is not (>= 1 and <= 128) || (client is null && lifetime > 0))
            return false;
        // Declined: somebody else was found to use the address. The client never had it.
        if (lifetime == 0 || field("state") == "1" || client is null)
            return true;
        var start = expire - (lifetime == Infinite ? 0 : lifetime);
        if (start < 0)
            return false;
        lease = new DhcpLease
        {
            Prefix = new Prefix(address, (int)length),
            Client = client,
            StartedAt = Instant.FromUnixTimeSeconds(start),
            EndsAt = lifetime == Infinite ? null : Instant.FromUnixTimeSeconds(expire),
            IsActive = field("state") is "" or "0",
        };
        return true;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= SecondsMax ? number : null;
}
