namespace Mailreeve.Protocols.Imap;

/// <summary>Message numbers or UIDs: ranges from small to large that neither meet nor touch.</summary>
public sealed record NumberSet
{
    /// <summary>No number.</summary>
    public static readonly NumberSet Empty = new([]);

    private NumberSet(ImapList<SequenceRange> ranges) => Ranges = ranges;

    /// <summary>The ranges; the first number of each is at least 1 and not above the last.</summary>
    public ImapList<SequenceRange> Ranges { get; }

    /// <summary>Whether there is no number in it.</summary>
    public bool IsEmpty => Ranges.Count == 0;

    /// <summary>The largest number; 0 when there is none.</summary>
    public uint Largest => IsEmpty ? 0 : Ranges[^1].Last;

    /// <summary>How many numbers.</summary>
    public ulong Count
    {
        get
        {
            var count = 0UL;
            foreach (var range in Ranges.AsSpan())
                count += (ulong)range.Last - range.First + 1;
            return count;
        }
    }

    /// <summary>The set of these ranges, in any order and overlapping as they like.</summary>
    /// <param name="ranges">Each with its smaller number first; sorted in place. 0 is left out.</param>
    public static NumberSet Of(Span<SequenceRange> ranges)
    {
        ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
        var used = 0;
        foreach (var range in ranges)
        {
            if (range.Last == 0)
                continue;
            if (used > 0 && range.First <= (ulong)ranges[used - 1].Last + 1)
                ranges[used - 1] = ranges[used - 1] with { Last = Math.Max(ranges[used - 1].Last, range.Last) };
            else
                ranges[used++] = range with { First = Math.Max(range.First, 1) };
        }

        return used == 0 ? Empty : new NumberSet(ImapList.Create<SequenceRange>(ranges[..used]));
    }

    /// <summary>The set of these numbers.</summary>
    /// <param name="numbers">From small to large; the same one twice is once.</param>
    public static NumberSet OfSorted(ReadOnlySpan<uint> numbers)
    {
        var ranges = new List<SequenceRange>();
        foreach (var number in numbers)
        {
            if (ranges.Count > 0 && number - ranges[^1].Last <= 1)
                ranges[^1] = ranges[^1] with { Last = number };
            else
                ranges.Add(new(number));
        }

        return new NumberSet([.. ranges]);
    }

    /// <summary>Whether the number is in the set.</summary>
    public bool Contains(uint number)
    {
        var ranges = Ranges.AsSpan();
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (ranges[middle].Last < number)
                low = middle + 1;
            else if (ranges[middle].First > number)
                high = middle - 1;
            else
                return true;
        }

        return false;
    }

    /// <summary>As on the wire: <c>1:5,7</c>.</summary>
    public override string ToString() => string.Join(',', Ranges);
}
