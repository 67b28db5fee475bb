using System.Globalization;

namespace Mailreeve.Protocols.Imap;

/// <summary>A range of message numbers or UIDs as the client wrote it.</summary>
/// <param name="First">The number before the colon; 0 stands for <c>*</c>.</param>
/// <param name="Last">The number behind it, which may be the smaller one; 0 stands for <c>*</c>. Equal to the first when there was no colon.</param>
public readonly record struct SequenceRange(uint First, uint Last)
{
    /// <summary>The range of one number; 0 is <c>*</c>.</summary>
    public SequenceRange(uint only)
        : this(only, only)
    {
    }

    /// <summary>As on the wire: <c>7</c>, <c>1:*</c>.</summary>
    public override string ToString() => First == Last ? Text(First) : $"{Text(First)}:{Text(Last)}";

    private static string Text(uint number) => number == 0 ? "*" : number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The messages a command is about (RFC 3501 §9, sequence-set).</summary>
/// <param name="Ranges">The ranges as written, in their order; empty only for <c>$</c>.</param>
/// <param name="IsSaved">Whether it is <c>$</c>: the result that the last SEARCH saved (RFC 5182 §2.1).</param>
public sealed record SequenceSet(ImapList<SequenceRange> Ranges, bool IsSaved = false)
{
    /// <summary><c>$</c>.</summary>
    public static readonly SequenceSet Saved = new([], IsSaved: true);

    /// <summary>Puts numbers for <c>*</c>, sorts and joins.</summary>
    /// <param name="largest">
    /// What <c>*</c> stands for: the number of messages, or the largest UID. 0 for an empty mailbox, in which no number of the result exists anyway.
    /// </param>
    /// <returns>The numbers. <c>9:*</c> holds the largest even when that is below 9 (RFC 3501 §6.4.8). Empty for <c>$</c>.</returns>
    public NumberSet Resolve(uint largest)
    {
        var ranges = new SequenceRange[Ranges.Count];
        for (var i = 0; i < ranges.Length; i++)
        {
            var first = Ranges[i].First == 0 ? largest : Ranges[i].First;
            var last = Ranges[i].Last == 0 ? largest : Ranges[i].Last;
            ranges[i] = first <= last ? new(first, last) : new(last, first);
        }

        return NumberSet.Of(ranges);
    }

    /// <summary>As on the wire.</summary>
    public override string ToString() => IsSaved ? "$" : string.Join(',', Ranges);
}
