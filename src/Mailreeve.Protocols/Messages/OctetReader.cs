namespace Mailreeve.Protocols.Messages;

/// <summary>Reads what <see cref="OctetWriter"/> wrote; never beyond the end, whatever the octets say.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> octets)
{
    private readonly ReadOnlySpan<byte> octets = octets;

    public int At { get; private set; }

    /// <summary>Whether something could not be read. From then on everything is 0 and empty.</summary>
    public bool IsBroken { get; private set; }

    public readonly bool IsAtEnd => At == octets.Length;

    public byte Octet()
    {
        if (At < octets.Length)
            return octets[At++];
        IsBroken = true;
        return 0;
    }

    public ulong Number()
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = Octet();
            number |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
                return number;
        }

        IsBroken = true;
        return 0;
    }

    /// <summary>A number that is no larger than <see cref="int.MaxValue"/>.</summary>
    public int Int()
    {
        var number = Number();
        if (number <= int.MaxValue)
            return (int)number;
        IsBroken = true;
        return 0;
    }

    public long Signed()
    {
        var number = Number();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    public ReadOnlySpan<byte> Counted()
    {
        var range = CountedRange();
        return octets.Slice(range.Offset, range.Length);
    }

    public SectionRange CountedRange()
    {
        var length = Int();
        if (length > octets.Length - At)
        {
            IsBroken = true;
            At = octets.Length;
            return default;
        }

        var range = new SectionRange(At, length);
        At += length;
        return range;
    }
}
