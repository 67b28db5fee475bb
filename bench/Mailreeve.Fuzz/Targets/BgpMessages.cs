using Mailreeve.Protocols.Bgp;

namespace Mailreeve.Fuzz.Targets;

/// <summary>What a router says to us over BGP, message after message.</summary>
internal static class BgpMessages
{
    public static readonly string[] Words =
    [
        "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "\0\u0013\u0004", "\0\u001d\u0001", "\0\u0017\u0005", "\0\u0015\u0003",
        "\u0004\u00fb\u00f4\0\u005a", "\u0001\u0004\0\u0001\0\u0001", "\u0001\u0004\0\u0002\0\u0085", "\u0041\u0004\0\0\u00fb\u00f4", "\u0040\u0006\u0081\u002c", "\u0002\0", "\u0002\u0006",
        "\u00ff\u00ff", "\u0006\u0002\u0005hello", "\0\u0001\0\u0001",
    ];

    public static void Run(byte[] input)
    {
        for (var rest = input.AsSpan(); rest.Length >= BgpHeader.Length;)
        {
            var isRight = BgpHeader.TryRead(rest[..BgpHeader.Length], out var header, out var wrong);
            Hold.That(isRight == (wrong == BgpNotification.None), "What is not right has a reason.");
            if (!isRight)
            {
                Hold.That(wrong.Write().Length <= BgpHeader.MessageLengthMax && wrong.ToString().Length > 0, "A reason can be told.");
                return;
            }

            Hold.That(header.BodyLength <= BgpHeader.MessageLengthMax - BgpHeader.Length, "A message has an end.");
            var body = rest[BgpHeader.Length..];
            body = body[..Math.Min(header.BodyLength, body.Length)];
            Hold.That(BgpNotification.Read(body).ToString().Length is > 0 and < 400, "A reason is words, and few.");
            Open(body);
            rest = rest[(BgpHeader.Length + body.Length)..];
        }
    }

    private static void Open(ReadOnlySpan<byte> body)
    {
        var isRight = BgpOpen.TryRead(body, out var open, out var wrong);
        Hold.That(isRight == (wrong == BgpNotification.None), "What is not right has a reason.");
        if (open is null)
            return;
        Hold.That(open.As > 0 && open.RouterId > 0 && open.HoldSeconds is 0 or > 2 && open.Families.Count is > 0 and <= 4, "An OPEN that is taken can be worked with.");
        Hold.That(BgpOpen.TryRead(open.Write().AsSpan(BgpHeader.Length), out var again, out _), "What we write we read.");
        Hold.That(again!.As == open.As || !open.HasLongAs, "It is who it was.");
    }
}
