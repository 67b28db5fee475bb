using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Storage.Live;

/// <summary>Values by prefix; immutable, so a reader needs no lock. Looks at each prefix length that occurs, longest first.</summary>
/// <typeparam name="T">What a prefix carries; several values may share a prefix.</typeparam>
public sealed class PrefixMap<T>
{
    private static readonly ImmutableSortedDictionary<int, int> NoLengths =
        ImmutableSortedDictionary.Create<int, int>(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>The map without entries.</summary>
    public static readonly PrefixMap<T> Empty = new(ImmutableDictionary<Prefix, ImmutableList<T>>.Empty, NoLengths);

    private readonly ImmutableDictionary<Prefix, ImmutableList<T>> entries;
    private readonly ImmutableSortedDictionary<int, int> countByLength;
    private readonly int[] lengths;

    private PrefixMap(ImmutableDictionary<Prefix, ImmutableList<T>> entries, ImmutableSortedDictionary<int, int> countByLength)
    {
        this.entries = entries;
        this.countByLength = countByLength;
        lengths = [.. countByLength.Keys];
    }

    /// <summary>The map with these entries.</summary>
    public static PrefixMap<T> From(IEnumerable<(Prefix Prefix, T Value)> values)
    {
        var entries = ImmutableDictionary.CreateBuilder<Prefix, ImmutableList<T>>();
        foreach (var (prefix, value) in values)
            entries[prefix] = entries.GetValueOrDefault(prefix, []).Add(value);
        var lengths = NoLengths.ToBuilder();
        foreach (var prefix in entries.Keys)
            lengths[prefix.Length] = lengths.GetValueOrDefault(prefix.Length) + 1;
        return new PrefixMap<T>(entries.ToImmutable(), lengths.ToImmutable());
    }

    /// <summary>The map with one more entry.</summary>
    public PrefixMap<T> Add(Prefix prefix, T value)
    {
        var known = entries.TryGetValue(prefix, out var values);
        var lengths = known ? countByLength : countByLength.SetItem(prefix.Length, countByLength.GetValueOrDefault(prefix.Length) + 1);
        return new PrefixMap<T>(entries.SetItem(prefix, (values ?? []).Add(value)), lengths);
    }

    /// <summary>The map without the entries of this prefix for which <paramref name="gone"/> holds.</summary>
    public PrefixMap<T> Remove(Prefix prefix, Predicate<T> gone)
    {
        if (!entries.TryGetValue(prefix, out var values))
            return this;
        var left = values.RemoveAll(gone);
        if (!left.IsEmpty)
            return new PrefixMap<T>(entries.SetItem(prefix, left), countByLength);
        var count = countByLength[prefix.Length] - 1;
        return new PrefixMap<T>(
            entries.Remove(prefix),
            count == 0 ? countByLength.Remove(prefix.Length) : countByLength.SetItem(prefix.Length, count));
    }

    /// <summary>Everything that covers the address, most specific first.</summary>
    public IEnumerable<T> Covering(Address address)
    {
        foreach (var length in lengths)
        {
            if (entries.TryGetValue(new Prefix(address, length), out var values))
            {
                foreach (var value in values)
                    yield return value;
            }
        }
    }

    /// <summary>The most specific of what covers the address and fits. Makes nothing: it is asked for each command of each client.</summary>
    /// <param name="address">The address.</param>
    /// <param name="argument">Given to <paramref name="fits"/>.</param>
    /// <param name="fits">Whether a value is meant.</param>
    /// <param name="found">The value.</param>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool TryFind<TArgument>(Address address, TArgument argument, Func<T, TArgument, bool> fits, [MaybeNullWhen(false)] out T found)
    {
        foreach (var length in lengths)
        {
            if (!entries.TryGetValue(new Prefix(address, length), out var values))
                continue;
            foreach (var value in values)
            {
                if (fits(value, argument))
                {
                    found = value;
                    return true;
                }
            }
        }

        found = default;
        return false;
    }

    /// <summary>Everything that lies in the prefix, or is the same, or covers it.</summary>
    public IEnumerable<T> Overlapping(Prefix prefix) =>
        entries.Where(e => e.Key.Overlaps(prefix)).SelectMany(e => e.Value);
}
