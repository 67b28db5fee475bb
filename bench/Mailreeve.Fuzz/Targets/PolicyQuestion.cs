using Mailreeve.Protocols.PolicyDelegation;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Requests of policy delegation, as they come over a connection.</summary>
internal static class PolicyQuestion
{
    public static readonly string[] Words =
    [
        "request=smtpd_access_policy\n", "protocol_state=", "RCPT\n", "END-OF-MESSAGE\n", "DATA\n", "client_address=", "192.0.2.7\n", "2001:db8::7\n", "sender=",
        "recipient=", "recipient_count=", "size=", "sasl_username=", "instance=", "\n", "\n\n", "=", "-1", "9223372036854775807", "9223372036854775808", "\0", "\r\n",
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
        var held = Array.Empty<byte>();
        foreach (var piece in Pieces.Of(input, way))
        {
            held = [.. held, .. piece.Span];
            var status = PolicyFramer.Next(held, out var length);
            for (; status == PolicyFrameStatus.Request; status = PolicyFramer.Next(held, out length))
            {
                Hold.That(length < held.Length && held[length] == '\n', "A request ends in an empty line.");
                seen.Add(Parse(held.AsSpan(0, length)));
                held = held[(length + 1)..];
            }

            if (status == PolicyFrameStatus.TooLong)
            {
                seen.Add("too long");
                return seen;
            }

            Hold.That(held.Length < PolicyRequest.BytesMax, "No more is held than a request may have.");
        }

        return seen;
    }

    private static string Parse(ReadOnlySpan<byte> text)
    {
        if (!PolicyRequest.TryParse(text, out var request))
            return "none";
        Hold.That(request.SizeBytes >= 0 && request.RecipientCount >= 0, "Nothing is counted below zero.");
        Hold.That(request.Sender.IndexOf((byte)'\n') < 0 && request.Recipient.IndexOf((byte)'\n') < 0, "A value has no line end in it.");
        Hold.That(request.Sender.IsEmpty || text.Overlaps(request.Sender), "A value lies in its request.");
        return $"{request.Stage} {request.SizeBytes} {request.RecipientCount} {request.Sender.Length} {request.Recipient.Length} {request.Instance.Length}";
    }
}
