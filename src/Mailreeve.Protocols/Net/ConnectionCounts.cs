namespace Mailreeve.Protocols.Net;

/// <summary>How many connections to a server are open, in all and from each client. An IPv6 customer has a /64 at least, and counts as one.</summary>
/// <param name="perClient">From one client at most.</param>
/// <param name="inAll">From all of them at most.</param>
public sealed class ConnectionCounts(int perClient, int inAll)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Prefix, int> open = [];
    private int total;

    /// <summary>What is said to one who connects.</summary>
    public enum Admission
    {
        /// <summary>It counts from here on, until <see cref="Leave"/>.</summary>
        Welcome,

        /// <summary>This client has as many as it may have.</summary>
        TooManyOfYou,

        /// <summary>There are as many as there may be.</summary>
        TooManyInAll,
    }

    /// <summary>Counts one who connects, if there is room.</summary>
    public Admission Enter(Address client)
    {
        var who = Who(client);
        lock (gate)
        {
            var have = open.GetValueOrDefault(who);
            if (have >= perClient)
                return Admission.TooManyOfYou;
            if (total >= inAll)
                return Admission.TooManyInAll;
            open[who] = have + 1;
            total++;
            return Admission.Welcome;
        }
    }

    /// <summary>One that was welcome has gone.</summary>
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
