namespace Mailreeve.Policy.Accounts;

/// <summary>Who is whose customer (C2).</summary>
/// <param name="upstreamOf">Each customer that is not the provider's direct one, with its upstream.</param>
public sealed class DownstreamTree(IReadOnlyDictionary<CustomerId, CustomerId> upstreamOf)
{
    /// <summary>The tree of these customers.</summary>
    public static DownstreamTree Of(IEnumerable<CustomerFact> customers) =>
        new(customers.Where(c => c.Upstream is not null).ToDictionary(c => c.Id, c => c.Upstream!.Value));

    /// <summary>Whether <paramref name="customer"/> is a customer of <paramref name="other"/>, or of one of its customers, and so on.</summary>
    public bool IsDownstreamOf(CustomerId customer, CustomerId other) => Above(customer).Any(c => c == other);

    /// <summary>The customers that would be their own upstream: those of each ring, in the order of the ring.</summary>
    public IReadOnlyList<IReadOnlyList<CustomerId>> Rings()
    {
        var rings = new List<IReadOnlyList<CustomerId>>();
        var seen = new HashSet<CustomerId>();
        foreach (var start in upstreamOf.Keys.OrderBy(c => c.Value))
        {
            var path = new List<CustomerId>();
            CustomerId? next = start;
            while (next is { } customer && seen.Add(customer))
            {
                path.Add(customer);
                next = UpstreamOf(customer);
            }

            // Back on this very path: what lies between is a ring. On an older path: it was looked at already.
            if (next is { } again && path.IndexOf(again) is >= 0 and var first)
                rings.Add(path[first..]);
        }

        return rings;
    }

    private IEnumerable<CustomerId> Above(CustomerId customer)
    {
        var seen = new HashSet<CustomerId> { customer };
        for (var next = UpstreamOf(customer); next is { } up && seen.Add(up); next = UpstreamOf(up))
            yield return up;
    }

    private CustomerId? UpstreamOf(CustomerId customer) => upstreamOf.TryGetValue(customer, out var up) ? up : null;
}
