using Mailreeve.Protocols.Dhcp;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Dhcp;

public sealed class LeaseFileTests
{
    [Fact]
    public void The_file_of_ISCs_server_says_who_has_what()
    {
        var (leases, skipped) = Read(IscLeases.Read, """
            # The format of this file is documented in the dhcpd.leases(5) manual page.
            authoring-byte-order little-endian;
            lease 192.0.2.10 {
              starts 1 2026/03/02 10:00:00;
              ends 1 2026/03/02 22:00:00;
              cltt 1 2026/03/02 10:00:00;
              binding state active;
              next binding state free;
              hardware ethernet 02:00:5e:10:00:07;
              client-hostname "kim";
            }
            lease 192.0.2.11 {
              starts epoch 1772445600; # Mon Mar 2 10:00:00 2026
              ends never;
              binding state active;
              uid "\001\002";
            }
            lease 192.0.2.10 {
              starts 1 2026/03/02 10:00:00;
              ends 1 2026/03/02 12:30:00;
              binding state free;
              hardware ethernet 02:00:5e:10:00:07;
            }
            lease 192.0.2.12 {
              starts 1 2026/03/02 10:00:00;
              binding state active;
              hardware ethernet 02:00:5e:10:00:08;
            }
            lease 192.0.2.13 {
              binding state free;
            }
            """);

        Assert.Equal([("192.0.2.10", true), ("192.0.2.11", true), ("192.0.2.10", false)], leases.Select(l => ($"{l.Prefix}", l.IsActive)));
        Assert.Equal((Instant.FromUtc(2026, 3, 2, 10, 0), Instant.FromUtc(2026, 3, 2, 22, 0), "02:00:5e:10:00:07"), (leases[0].StartedAt, leases[0].EndsAt, leases[0].Client));
        Assert.Equal((Instant.FromUtc(2026, 3, 2, 10, 0), null, """uid "\001\002" """.Trim()), (leases[1].StartedAt, leases[1].EndsAt, leases[1].Client));
        Assert.Equal([24], skipped);
    }

    [Fact]
    public void The_files_of_Kea_say_who_has_what()
    {
        var (leases, skipped) = Read(KeaLeases.Read, """
            address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
            192.0.2.10,02:00:5e:10:00:07,,3600,1772449200,1,0,0,kim,0,,0
            192.0.2.10,02:00:5e:10:00:07,,3600,1772449200,1,0,0,kim,2,,0
            192.0.2.11,02:00:5e:10:00:08,,3600,1772449200,1,0,0,,1,,0
            192.0.2.12,02:00:5e:10:00:09,,0,1772449200,1,0,0,,0,,0
            192.0.2.13,02:00:5e:10:00:0a,,4294967295,1772449200,1,0,0,,0,,0
            192.0.2.14,,,3600,1772449200,1,0,0,,0,,0
            nonsense,02:00:5e:10:00:0b,,x,y
            """);
        var (six, none) = Read(KeaLeases.Read, """
            address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id
            2001:db8:1::5,00:03:00:01:02,3600,1772449200,1,1800,0,1,128,0,0,,02:00:5e:10:00:07,0,,1,1,0
            2001:db8:7::,00:03:00:01:02,3600,1772449200,1,1800,2,1,56,0,0,,,0,,,,0
            """);

        Assert.Equal([("192.0.2.10", true), ("192.0.2.10", false), ("192.0.2.13", true)], leases.Select(l => ($"{l.Prefix}", l.IsActive)));
        Assert.Equal((Instant.FromUnixTimeSeconds(1_772_445_600), Instant.FromUnixTimeSeconds(1_772_449_200)), (leases[0].StartedAt, leases[0].EndsAt));
        Assert.Null(leases[2].EndsAt);
        Assert.Equal([7, 8], skipped);
        Assert.Equal([("2001:db8:1::5", "02:00:5e:10:00:07"), ("2001:db8:7::/56", "00:03:00:01:02")], six.Select(l => ($"{l.Prefix}", l.Client)));
        Assert.Empty(none);
    }

    private static (List<DhcpLease> Leases, List<int> Skipped) Read(Func<IEnumerable<string>, Action<int>, IEnumerable<DhcpLease>> read, string text)
    {
        var skipped = new List<int>();
        return ([.. read(text.Split('\n'), skipped.Add)], skipped);
    }
}
