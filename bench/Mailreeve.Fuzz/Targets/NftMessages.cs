using Mailreeve.Protocols.Netlink;

namespace Mailreeve.Fuzz.Targets;

/// <summary>What the kernel tells about nf_tables.</summary>
internal static class NftMessages
{
    public static readonly string[] Words =
    [
        "\u0001\0\0\0", "\u0010\0\0\0", "\u00ff\u00ff\u00ff\u00ff", "\u000e\0\u0001\0mailreeve\0\0\0", "\u0008\0\u0002\0all_4\0", "\u0000\u000a", "\u000c\u000a", "\u0002\0", "\u0003\0",
        "\u0008\0\u0001\0", "\u0014\0\u0001\0", "\u0018\0\u0001\u0080", "\u0010\0\u0001\u0080", "\u0003\u0080", "\u000a\u0001\u0002\u0003", "\0\0\0\u0001", "\u0004\0",
    ];

    private static readonly NftPart Set = NftPart.Set("mailreeve", "all_4", NftKeyType.IPv4, NftSetFlags.Interval);

    public static void Run(byte[] input)
    {
        var octets = 0;
        var elements = new List<NftElement>();
        foreach (var message in new NetlinkMessages(input))
        {
            octets += message.Body.Length;
            _ = message.ErrorNumber;
            _ = NftAnswer.IsAbout(message, "mailreeve");
            foreach (var kind in Enum.GetValues<NftKind>())
                _ = NftAnswer.NameOf(kind, message).Length;
            _ = Set.IsTold(NftAnswer.Attributes(message));
            NftAnswer.Elements(message, elements);
        }

        Hold.That(octets <= input.Length, "What is read is what was there.");
        foreach (var isIPv4 in new[] { true, false })
        {
            // Keys that are longer than an address of IPv4 are none in a set of those.
            var fitting = elements.Where(e => !isIPv4 || e.Key <= uint.MaxValue).ToList();
            var ranges = NftAnswer.Ranges(fitting, isIPv4);
            for (var i = 1; i < ranges.Count; i++)
                Hold.That(ranges[i].First > ranges[i - 1].Last, "Ranges do not overlap.");
        }
    }
}
