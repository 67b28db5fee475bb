namespace Mailreeve.Mail.Outbound;

/// <summary>How many connections there are to others in all. Who waits gets the next one that is given back, in turn.</summary>
/// <param name="max">Connections at most.</param>
internal sealed class ConnectionBudget(int max) : IDisposable
{
    private readonly SemaphoreSlim free = new(max, max);
    private int waiting;

    /// <summary>Whether someone waits: a connection that is idle had better go.</summary>
    public bool IsShort => Volatile.Read(ref waiting) > 0;

    /// <summary>Connections in use.</summary>
    public int InUse => max - free.CurrentCount;

    /// <summary>Waits for one. Each is given back with <see cref="Leave"/>.</summary>
    public async ValueTask EnterAsync(CancellationToken stop)
    {
        if (free.Wait(0, CancellationToken.None))
            return;
        Interlocked.Increment(ref waiting);
        try
        {
            await free.WaitAsync(stop);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Gives one back.</summary>
    public void Leave() => free.Release();

    public void Dispose() => free.Dispose();
}
