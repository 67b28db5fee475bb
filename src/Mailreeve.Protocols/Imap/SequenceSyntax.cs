namespace Mailreeve.Protocols.Imap;

/// <summary>Reads sequence sets.</summary>
internal static class SequenceSyntax
{
    // sequence-set = (seq-number / seq-range) *("," sequence-set) / "$"
    public static bool TryRead(ref ImapReader reader, out SequenceSet set)
    {
        set = SequenceSet.Saved;
        if (reader.TryTake((byte)'$'))
            return true;

        var ranges = new List<SequenceRange>(1);
        do
        {
            if (ranges.Count >= reader.Limits.SequenceRangesMax)
                return reader.Fail("Too many ranges in a sequence set");
            if (!TryReadRange(ref reader, out var range))
                return false;
            ranges.Add(range);
        }
        while (reader.TryTake((byte)','));

        set = new SequenceSet([.. ranges]);
        return true;
    }

    // seq-range = seq-number ":" seq-number
    private static bool TryReadRange(ref ImapReader reader, out SequenceRange range)
    {
        range = default;
        if (!TryReadNumber(ref reader, out var first))
            return false;
        var last = first;
        if (reader.TryTake((byte)':') && !TryReadNumber(ref reader, out last))
            return false;
        range = new SequenceRange(first, last);
        return true;
    }

    // seq-number = nz-number / "*"
    private static bool TryReadNumber(ref ImapReader reader, out uint number)
    {
        number = 0;
        return reader.TryTake((byte)'*') || reader.NonZero(out number);
    }
}
