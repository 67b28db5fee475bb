using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Dhcp;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network.Who;

/// <summary>What an entry of a DHCP server's lease file says about who had an address. The same file may be read again as it grows.</summary>
public static class LeaseImport
{
    /// <summary>The news.</summary>
    /// <param name="lease">The entry.</param>
    /// <param name="server">The name that the DHCP server has here.</param>
    /// <param name="directory">Whose hardware address is whose.</param>
    public static SessionNews.Sighting NewsOf(DhcpLease lease, string server, Directory directory)
    {
        var station = AccessName.Normalise(lease.Client);
        var service = station is null ? null : directory.Logins.GetValueOrDefault(station);
        return new SessionNews.Sighting
        {
            Source = SessionSource.Dhcp,
            Nas = server,
            // A renewal is written like a lease that begins: by address and client the two are one.
            Session = $"{lease.Prefix} {station ?? lease.Client}",
            Kind = lease.IsActive ? SightingKind.Alive : SightingKind.Stop,
            At = lease.IsActive || lease.EndsAt is null ? lease.StartedAt : lease.EndsAt.Value,
            Station = station,
            Customer = service?.Customer,
            Service = service?.Id,
            Prefixes = [lease.Prefix],
            ExpectedBy = lease.IsActive ? lease.EndsAt : null,
            End = SessionEnd.Expired,
        };
    }
}
