using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Dnsbl;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Datagrams that come to the name server.</summary>
internal static class DnsQuestion
{
    private static readonly DnsZoneHead Head = new("bl.example", ["ns.provider.example"], "hostmaster@provider.example", new DnsZoneTimes(60, 60, 60, 60, 60));

    public static readonly string[] Words =
    [
        "\u0002bl\u0007example\0", "\u00012\u00010\u00010\u0003127", "\u0001f\u0001e\u00010", "\u0007example\0", "\0\u0001\0\u0001", "\0\u0010\0\u0001", "\0\u00fb\0\u0001", "\0\u00fc\0\u0001",
        "\u00c0\u000c", "\0\0\u0029\u0004\u00d0\0\0\u0080\0\0\0", "\0\u0006\0\u0001\0\0\0\0\0\u0018", "\0\u0001\0\0\0\0\0\u0001", "\u003f", "\u0040", "\u00ff\u00ff",
    ];

    public static void Run(byte[] input)
    {
        if (!DnsQuery.TryRead(input, out var query))
            return;
        Hold.That(query.Name.Length is <= WireName.LengthMax && query.UdpBytesMax >= DnsQuery.PlainUdpBytesMax, "A question has its limits.");
        Hold.That(query.Fault is DnsCode.FormatError or DnsCode.NotImplemented || query.Name.Length > 0, "A question has a name.");
        if (query.Name.Length > 0)
            Read(query);

        // What is answered fits, whatever was asked, and is nothing that would be answered again.
        Span<byte> into = stackalloc byte[DnsQuery.PlainUdpBytesMax];
        var reply = new DnsReply(query, into) { Code = query.Fault, IsAuthoritative = true };
        for (var i = 0; i < 40 && query.Name.Length > 0; i++)
            reply.Add(DnsSection.Answer, 0, DnsRecordType.A, 60, [127, 0, 0, 2]);
        var length = reply.Finish();
        Hold.That(length is >= DnsQuery.HeaderLength and <= DnsQuery.PlainUdpBytesMax, "An answer fits.");
        Hold.That(into[0] == input[0] && into[1] == input[1], "An answer has the number of its question.");
        Hold.That(into.Slice(DnsQuery.HeaderLength, query.Name.Length).SequenceEqual(query.Name), "An answer repeats its question.");
        Hold.That(!DnsQuery.TryRead(into[..length], out _), "No answer is a question.");
    }

    private static void Read(in DnsQuery query)
    {
        Hold.That(WireName.LengthAt(query.Name) == query.Name.Length, "A name ends where it ends.");
        if (WireName.IsWithin(query.Name, Head.Zone, out var before) && before > 0)
        {
            var kind = DnsblName.Read(query.Name[..before], out var address);
            Hold.That(kind is DnsblNameKind.Address or DnsblNameKind.AddressAboveOthers || address == default, "Only a name of an address has one.");
            Hold.That(kind != DnsblNameKind.AddressAboveOthers || address.IsIPv4, "Nothing is below a whole address of IPv6.");
        }
    }
}
