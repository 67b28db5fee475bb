namespace Mailreeve.Network.Who;

/// <summary>What became of the packets that came for accounting. Read while others count.</summary>
public sealed class AccountingCounts
{
    private long taken;
    private long unknownClient;
    private long malformed;
    private long forged;
    private long overloaded;
    private long failed;

    /// <summary>Kept, and answered.</summary>
    public long Taken => Volatile.Read(ref taken);

    /// <summary>From somewhere that is no client's.</summary>
    public long UnknownClient => Volatile.Read(ref unknownClient);

    /// <summary>No packet, no Accounting-Request, or one that says nothing.</summary>
    public long Malformed => Volatile.Read(ref malformed);

    /// <summary>Not made with the secret.</summary>
    public long Forged => Volatile.Read(ref forged);

    /// <summary>Dropped because too many waited; the client sends them again.</summary>
    public long Overloaded => Volatile.Read(ref overloaded);

    /// <summary>Could not be written; the client sends them again.</summary>
    public long Failed => Volatile.Read(ref failed);

    internal void AddTaken(int count) => Interlocked.Add(ref taken, count);

    internal void AddUnknownClient() => Interlocked.Increment(ref unknownClient);

    internal void AddMalformed() => Interlocked.Increment(ref malformed);

    internal void AddForged() => Interlocked.Increment(ref forged);

    internal void AddOverloaded() => Interlocked.Increment(ref overloaded);

    internal void AddFailed() => Interlocked.Increment(ref failed);
}
