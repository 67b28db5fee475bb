namespace Mailreeve.Storage;

/// <summary>The single worker of a hand-over table. Takes rows, acts so that twice is once, and records the outcome.</summary>
public interface IClerk
{
    /// <summary>What it works on, as it stands in logs and metrics: <c>intake</c>, <c>notices</c>.</summary>
    string Name { get; }

    /// <summary>Does what is due.</summary>
    /// <returns>How many rows it took; 0 when nothing is due.</returns>
    Task<int> WorkAsync(CancellationToken stop);
}
