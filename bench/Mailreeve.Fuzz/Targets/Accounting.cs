using Mailreeve.Protocols.Radius;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Datagrams that come to the port for RADIUS accounting.</summary>
internal static class Accounting
{
    private static readonly RadiusSecret Secret = new("a shared secret"u8.ToArray());

    public static readonly string[] Words =
    [
        "\x04\x07\x00\x20", "\x28\x06\x00\x00\x00\x01", "\x28\x06\x00\x00\x00\x02", "\x28\x06\x00\x00\x00\x07", "\x2c\x04s1", "\x01\x05kim", "\x08\x06\xc6\x33\x64\x07",
        "\x61\x04\x00\x40", "\x7b\x0a\x00\x38\x20\x01\x0d\xb8\x00\x07", "\x16\x10198.51.100.0/29", "\x50\x12", "\x21\x03p", "\x00\x00", "\x01\x01", "\xff\xff",
    ];

    public static void Run(byte[] input)
    {
        if (!RadiusPacket.TryRead(input, out var packet))
            return;
        Hold.That(packet.Octets.Length is >= RadiusPacket.HeaderLength and <= RadiusPacket.LengthMax && packet.Octets.Length <= input.Length, "A packet is as long as it says.");
        Hold.That(packet.Attributes.Sum(a => a.Value.Length + 2) == packet.Octets.Length - RadiusPacket.HeaderLength, "Attributes fill a packet.");
        Secret.IsGenuineRequest(packet);
        Secret.Check(packet, default);
        if (AccountingRequest.Read(packet) is not { } request)
            return;
        Hold.That(request.Session.Length > 0 || request.Status is AccountingStatus.On or AccountingStatus.Off, "What is about a session names it.");
        Hold.That(request.Prefixes.All(p => p.Length > 0), "Nobody has all addresses.");

        // What is answered has to fit, whatever was asked.
        var answer = new RadiusWriter(RadiusCode.AccountingResponse, packet.Identifier);
        foreach (var state in packet.Attributes.Where(a => a.Type == RadiusType.ProxyState))
            answer.Add(RadiusType.ProxyState, state.Value.Span);
        Hold.That(RadiusPacket.TryRead(answer.ToAnswer(Secret, packet.Authenticator.Span), out var read) && Secret.IsGenuineAnswer(read, packet.Authenticator.Span), "What we write we read.");
    }
}
