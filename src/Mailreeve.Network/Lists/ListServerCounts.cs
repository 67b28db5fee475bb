namespace Mailreeve.Network.Lists;

/// <summary>What became of the questions. Counted under the gate of the index, read from anywhere.</summary>
public sealed class ListServerCounts
{
    private long listed;
    private long notListed;
    private long other;
    private long refused;
    private long malformed;
    private long transfers;

    /// <summary>About an address that is listed.</summary>
    public long Listed => Volatile.Read(ref listed);

    /// <summary>About one that is not, or about a name that does not exist.</summary>
    public long NotListed => Volatile.Read(ref notListed);

    /// <summary>Answered with what a zone says about itself, or with nothing of that kind.</summary>
    public long Other => Volatile.Read(ref other);

    /// <summary>From somewhere that may not ask, or about a name that is not served here.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Could not be read, or asked for what is not done.</summary>
    public long Malformed => Volatile.Read(ref malformed);

    /// <summary>Zones handed over whole.</summary>
    public long Transfers => Volatile.Read(ref transfers);

    internal void AddListed() => listed++;

    internal void AddNotListed() => notListed++;

    internal void AddOther() => other++;

    internal void AddRefused() => refused++;

    internal void AddMalformed() => malformed++;

    internal void AddTransfer() => transfers++;
}
