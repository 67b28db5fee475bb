using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Milter;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Packets of the milter protocol, as they come over a connection.</summary>
internal static class MilterStream
{
    public static readonly string[] Words =
    [
        "\0\0\0\u0001", "\0\0\0\u000d", "\0\u0004\0\0", "\u00ff\u00ff\u00ff\u00ff", "O", "C", "D", "M", "R", "L", "B", "E", "N", "Q", "K", "A", "\0", "4\0\u0019", "6\0\u0019",
        "192.0.2.7\0", "IPv6:2001:db8::7\0", "{auth_authen}\0", "<kim@provider.example>\0", "SIZE=1\0", "<>\0", "Authentication-Results\0",
    ];

    public static void Run(byte[] input)
    {
        var whole = Read(input, [input.Length]);
        foreach (var way in Pieces.Ways(input))
            Hold.Same(whole, Read(input, way));
    }

    private static List<string> Read(byte[] input, int[] way)
    {
        var seen = new List<string>();
        var left = ReadOnlySequence<byte>.Empty;
        foreach (var piece in Pieces.Of(input, way))
        {
            left = Pieces.Join(left, piece);
            var status = MilterFramer.Next(ref left, out var command, out var data);
            for (; status == MilterFrameStatus.Packet; status = MilterFramer.Next(ref left, out command, out data))
                seen.Add($"{command} {data.Length} {Parse(data.ToArray())}");
            if (status == MilterFrameStatus.BadLength)
            {
                seen.Add("bad length");
                return seen;
            }

            Hold.That(left.Length < MilterFramer.PacketBytesMax + 4, "No more is held than a packet may have.");
        }

        return seen;
    }

    // Whatever command it came with: a server may say anything.
    private static string Parse(byte[] data)
    {
        var text = new StringBuilder();
        if (MilterConnect.TryParse(data, out var client))
            text.Append($"{client} ");
        if (MilterOptions.TryParse(data, out var options))
        {
            var agreed = options.Agree(MilterActions.AddHeaders, MilterSteps.Skip);
            Hold.That(agreed.Version <= MilterOptions.OurVersion && (agreed.Actions & ~options.Actions) == 0, "No more is agreed than was offered.");
        }

        ReadOnlySpan<byte> rest = data;
        while (MilterText.TryNext(ref rest, out var part))
        {
            Hold.That(part.IndexOf((byte)0) < 0, "A text has no NUL in it.");
            text.Append($"{MilterText.Address(part).Length} ");
        }

        Hold.That(rest.IndexOf((byte)0) < 0, "What is left has no NUL.");
        return text.ToString();
    }
}
