using System.Text;
using Mailreeve.Protocols.Dhcp;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Lease files of DHCP servers.</summary>
internal static class Leases
{
    public static readonly string[] Words =
    [
        "lease 192.0.2.10 {\n", "starts 1 2026/03/02 10:00:00;\n", "ends never;\n", "ends epoch 1772445600;\n", "binding state active;\n", "binding state free;\n",
        "hardware ethernet 02:00:5e:10:00:07;\n", "uid \"\\001\";\n", "}\n", "address,hwaddr,client_id,valid_lifetime,expire,state,lease_type,prefix_len,duid\n",
        "192.0.2.10,02:00:5e:10:00:07,,3600,1772449200,0\n", "4294967295", "253402300799", "2001:db8:7::", ",2,56,", ",", ";", "\n",
    ];

    public static void Run(byte[] input)
    {
        var lines = Encoding.UTF8.GetString(input).Split('\n');
        foreach (var read in new Func<IEnumerable<string>, Action<int>, IEnumerable<DhcpLease>>[] { IscLeases.Read, KeaLeases.Read })
        {
            var skipped = new List<int>();
            var leases = read(lines, skipped.Add).ToList();
            Hold.That(leases.Count <= lines.Length && skipped.All(n => n >= 1 && n <= lines.Length), "No line is more than one entry.");
            Hold.That(leases.All(l => l.Client.Length > 0), "Somebody has it.");
        }
    }
}
