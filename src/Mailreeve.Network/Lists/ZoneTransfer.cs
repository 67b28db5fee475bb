using Mailreeve.Protocols.Dns;

namespace Mailreeve.Network.Lists;

/// <summary>Hands a zone of blocked names over (RFC 5936), message by message, all of one state.</summary>
/// <param name="question">What is answered: its octets.</param>
/// <param name="zone">The zone.</param>
/// <param name="onlyHead">Whether who asks has this state already, and gets nothing but its head (RFC 1995 §2).</param>
internal sealed class ZoneTransfer(byte[] question, BlockedNamesZone zone, bool onlyHead)
{
    // A record is shorter than this, and messages of this length are what others send.
    private const int RecordBytesMax = 1024;
    private const int MessageBytesMax = 16 * 1024;

    private static readonly byte[] NoSuchName = [0];

    private readonly int last = onlyHead ? 0 : 1 + zone.Head.NameServers.Length + (2 * zone.Names.Count);
    private int at;

    /// <summary>Writes the next message.</summary>
    /// <returns>Its octets; 0 when there are no more.</returns>
    public int Next(Span<byte> into)
    {
        if (at > last || !DnsQuery.TryRead(question, out var query))
            return 0;
        var reply = new DnsReply(query, into, repeatsQuestion: at == 0) { IsAuthoritative = true };
        while (at <= last && reply.Length < Math.Min(into.Length, MessageBytesMax) - RecordBytesMax)
            Add(at++, ref reply);
        return reply.Finish();
    }

    private void Add(int number, ref DnsReply reply)
    {
        var head = zone.Head;
        var name = number - 1 - head.NameServers.Length;
        if (number == 0 || number == last)
        {
            Span<byte> soa = stackalloc byte[DnsZoneHead.SoaBytesMax];
            reply.AddAnswer(head.Zone, DnsRecordType.Soa, head.Times.TtlSeconds, head.Soa(zone.Serial, soa));
        }
        else if (name < 0)
        {
            reply.AddAnswer(head.Zone, DnsRecordType.Ns, head.Times.TtlSeconds, head.NameServers[number - 1]);
        }
        else
        {
            // The name, and with the next record everything below it.
            byte[] labels = [.. WireName.Of(zone.Names[name / 2]).AsSpan(..^1), .. head.Zone];
            reply.AddAnswer(name % 2 == 0 ? labels : [1, (byte)'*', .. labels], DnsRecordType.Cname, head.Times.TtlSeconds, NoSuchName);
        }
    }
}
