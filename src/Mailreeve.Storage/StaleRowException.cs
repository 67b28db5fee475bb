namespace Mailreeve.Storage;

/// <summary>Someone else changed the row since it was read. <see cref="Database.WriteAsync{T}"/> runs the work again.</summary>
public sealed class StaleRowException : Exception
{
    /// <summary>The row is stale.</summary>
    public StaleRowException()
    {
    }

    /// <summary>The row is stale, and this is which.</summary>
    public StaleRowException(string message)
        : base(message)
    {
    }

    /// <summary>The row is stale, and this is which and how it was found out.</summary>
    public StaleRowException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
