using System.Collections;
using System.Runtime.CompilerServices;

namespace Mailreeve.Protocols.Imap;

/// <summary>A list that never changes and is equal to another with the same items, so that commands can be compared.</summary>
/// <typeparam name="T">What it holds.</typeparam>
[CollectionBuilder(typeof(ImapList), nameof(ImapList.Create))]
public sealed class ImapList<T> : IReadOnlyList<T>, IEquatable<ImapList<T>>
{
    private readonly T[] items;

    internal ImapList(T[] items) => this.items = items;

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public T this[int index] => items[index];

    /// <summary>The items, without a copy.</summary>
    public ReadOnlySpan<T> AsSpan() => items;

    /// <inheritdoc/>
    public bool Equals(ImapList<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImapList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The items in brackets, divided by blanks.</summary>
    public override string ToString() => $"[{string.Join(' ', items)}]";

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}

/// <summary>Makes lists: <c>ImapList&lt;int&gt; list = [1, 2];</c></summary>
public static class ImapList
{
    /// <summary>A list of a copy of the items.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    public static ImapList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
