using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Wire;

/// <summary>How many connections are open, in all and from each address. An IPv6 customer has a /64 at least, and counts as one.</summary>
internal sealed class ConnectionCounts(int perAddress, int inAll)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Prefix, int> open = [];
    private int total;

    public enum Admission
    {
        Welcome,
        TooManyOfYou,
        TooManyInAll,
    }

    public Admission Enter(Address client)
    {
        var who = Who(client);
        lock (gate)
        {
            var have = open.GetValueOrDefault(who);
            if (have >= perAddress)
                return Admission.TooManyOfYou;
            if (total >= inAll)
                return Admission.TooManyInAll;
            open[who] = have + 1;
            total++;
            return Admission.Welcome;
        }
    }

    public void Leave(Address client)
    {
        var who = Who(client);
        lock (gate)
        {
            total--;
            if (--open[who] == 0)
                open.Remove(who);
        }
    }

    /// <summary>Who counts as one.</summary>
    public static Prefix Who(Address client) => client.IsIPv4 ? Prefix.Single(client) : new Prefix(client, 64);
}
