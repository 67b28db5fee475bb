using System.Buffers.Binary;

namespace Mailreeve.Protocols.Dns;

/// <summary>Where a record stands in an answer (RFC 1035 §4.1).</summary>
public enum DnsSection
{
    /// <summary>What was asked for.</summary>
    Answer,

    /// <summary>Who says so: also the SOA that tells for how long it may be remembered that there is nothing (RFC 2308).</summary>
    Authority,
}

/// <summary>
/// Writes an answer into octets that are there already. The question is repeated as it was written, in its own case: that is what tells a
/// resolver that the answer is to its question.
/// </summary>
/// <remarks>What does not fit is left out as a whole, and the answer says so (TC): the question is asked again over TCP (RFC 2181 §9).</remarks>
public ref struct DnsReply
{
    /// <summary>Octets over UDP that we send and take at most: more is cut to pieces on its way (RFC 9715).</summary>
    public const int UdpBytesMax = 1232;

    private const int EdnsLength = 11;
    private const ushort ClassIn = 1;

    private readonly Span<byte> into;
    private readonly int questionLength;
    private readonly ushort id;
    private readonly ushort flags;
    private readonly bool hasEdns;
    private readonly bool wantsSignatures;
    private int at;
    private ushort answers;
    private ushort authorities;
    private bool isCut;

    /// <summary>Begins an answer.</summary>
    /// <param name="query">What is answered.</param>
    /// <param name="into">Where it is written: 512 octets or more.</param>
    /// <param name="repeatsQuestion">Whether the question stands in it; further messages of a transfer have none (RFC 5936 §2.2.1).</param>
    public DnsReply(in DnsQuery query, Span<byte> into, bool repeatsQuestion = true)
    {
        this.into = into;
        (id, flags, hasEdns, wantsSignatures, Code) = (query.Id, query.Flags, query.HasEdns, query.WantsSignatures, query.Fault);
        at = DnsQuery.HeaderLength;
        if (query.Name.IsEmpty || !repeatsQuestion)
            return;
        query.Name.CopyTo(into[at..]);
        at += query.Name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], query.Type);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 2)..], query.Class);
        at += 4;
        questionLength = at - DnsQuery.HeaderLength;
    }

    /// <summary>How it ends.</summary>
    public DnsCode Code { get; set; }

    /// <summary>Whether it comes from who is responsible for the name.</summary>
    public bool IsAuthoritative { get; set; }

    /// <summary>Octets so far, and what is still to come.</summary>
    public readonly int Length => at + (hasEdns ? EdnsLength : 0);

    /// <summary>Adds a record whose name is the question's, or the end of it.</summary>
    /// <param name="section">Where; answers come first.</param>
    /// <param name="before">Octets of labels of the question before the record's name: 0 for all of it.</param>
    /// <param name="type">The kind of record.</param>
    /// <param name="seconds">For how long it may be remembered.</param>
    /// <param name="data">What it says.</param>
    /// <returns><see langword="false"/> when it did not fit; the answer is cut then.</returns>
    public bool Add(DnsSection section, int before, ushort type, uint seconds, scoped ReadOnlySpan<byte> data)
    {
        if (!HasRoomFor(2 + 10 + data.Length))
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], (ushort)(0xC000 | (DnsQuery.HeaderLength + before)));
        at += 2;
        Finish(section, type, seconds, data);
        return true;
    }

    /// <summary>Adds a record of any name.</summary>
    /// <param name="name">A whole name (<see cref="WireName"/>).</param>
    /// <param name="type">The kind of record.</param>
    /// <param name="seconds">For how long it may be remembered.</param>
    /// <param name="data">What it says.</param>
    /// <returns><see langword="false"/> when it did not fit.</returns>
    public bool AddAnswer(scoped ReadOnlySpan<byte> name, ushort type, uint seconds, scoped ReadOnlySpan<byte> data)
    {
        if (!HasRoomFor(name.Length + 10 + data.Length))
            return false;
        name.CopyTo(into[at..]);
        at += name.Length;
        Finish(DnsSection.Answer, type, seconds, data);
        return true;
    }

    /// <summary>Ends the answer.</summary>
    /// <returns>Its octets.</returns>
    public int Finish()
    {
        if (isCut)
        {
            at = DnsQuery.HeaderLength + questionLength;
            answers = authorities = 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(into, id);
        // QR; opcode and RD as in the question, and CD (RFC 4035 §3.1.6).
        var said = 0x8000 | (flags & 0x7910) | ((int)Code & 0x0F) | (IsAuthoritative ? 0x0400 : 0) | (isCut ? 0x0200 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)said);
        BinaryPrimitives.WriteUInt16BigEndian(into[4..], (ushort)(questionLength > 0 ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(into[6..], answers);
        BinaryPrimitives.WriteUInt16BigEndian(into[8..], authorities);
        BinaryPrimitives.WriteUInt16BigEndian(into[10..], (ushort)(hasEdns ? 1 : 0));
        if (!hasEdns)
            return at;
        // The root's name, OPT, our size, the rest of the code, version 0, and the question's DO.
        into[at] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 1)..], DnsRecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 3)..], UdpBytesMax);
        into[at + 5] = (byte)((int)Code >> 4);
        into[at + 6] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 7)..], (ushort)(wantsSignatures ? 0x8000 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 9)..], 0);
        return at += EdnsLength;
    }

    private bool HasRoomFor(int octets)
    {
        if (into.Length - Length >= octets && !isCut)
            return true;
        isCut = true;
        return false;
    }

    private void Finish(DnsSection section, ushort type, uint seconds, scoped ReadOnlySpan<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], type);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 2)..], ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(into[(at + 4)..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 8)..], (ushort)data.Length);
        data.CopyTo(into[(at + 10)..]);
        at += 10 + data.Length;
        if (section == DnsSection.Answer)
            answers++;
        else
            authorities++;
    }
}
