namespace Mailreeve.AbuseDesk;

/// <summary>Takes the work items of a batch one by one.</summary>
internal static class WorkItems
{
    /// <summary>Works on each; one that fails stops none of the others.</summary>
    /// <exception cref="AggregateException">Some failed. All others are done; these come again with the next batch.</exception>
    public static async Task EachAsync<T>(IReadOnlyList<T> items, Func<T, Task> work)
    {
        var failures = new List<Exception>();
        foreach (var item in items)
        {
            try
            {
                await work(item);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }
}
