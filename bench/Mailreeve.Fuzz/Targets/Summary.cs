using Mailreeve.Protocols.Messages;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A kept summary that a disk or a mistake has changed.</summary>
internal static class Summary
{
    public static readonly string[] Words = ["\u0001\u0000", "\u0001\u0003", "\u0080\u0001", "\u00ff\u00ff\u00ff\u00ff\u0007", "\u00ff\u00ff\u00ff\u00ff\u000f", "\u0080\u0080\u0080\u0080\u0010", "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0001", "\u0000\u0000\u0000\u0000", "(", ")"];

    // Search is tried on messages up to this; a summary may say that it is of one of 2 GiB.
    private const int MessageBytesMax = 64 << 10;

    private static readonly SearchNeedle[] Needles = [.. new[] { "x", "\u00e9" }.Select(SearchNeedle.Of)];

    public static void Run(byte[] input)
    {
        if (MessageSummary.FromBytes(input) is not { } summary)
            return;
        Hold.That(summary.LengthBytes >= 0 && summary.HeaderBytes >= 0 && summary.HeaderBytes <= summary.LengthBytes, "Lengths are possible ones.");
        Hold.That(summary.ToBytes().Span.SequenceEqual(input), "What is kept is kept as it is.");
        Message.Touch(summary, summary.LengthBytes);
        foreach (var length in (int[])[0, 10, Math.Min(summary.LengthBytes, MessageBytesMax)])
        {
            var message = new byte[length];
            message.AsSpan().Fill((byte)'=');
            foreach (var needle in Needles)
                SearchText.IsInMessage(message, summary, needle);
        }
    }
}
