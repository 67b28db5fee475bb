using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Protocols.Bgp;

/// <summary>Who one is, and what one can (RFC 4271 §4.2, RFC 5492 §4).</summary>
public sealed record BgpOpen
{
    /// <summary>What stands for a number of more than two octets where only two have room (RFC 6793 §9).</summary>
    public const ushort AsTrans = 23456;

    private const byte Version = 4;
    private const byte CapabilitiesParameter = 2;
    private const byte ExtendedParameters = 255;
    private const byte FamilyCapability = 1;
    private const byte RouteRefreshCapability = 2;
    private const byte GracefulRestartCapability = 64;
    private const byte LongAsCapability = 65;

    /// <summary>The number of the autonomous system, 1 to 4,294,967,295.</summary>
    public required uint As { get; init; }

    /// <summary>How long one waits for a word from the other, in seconds: 0 for ever, or at least 3.</summary>
    public required ushort HoldSeconds { get; init; }

    /// <summary>What tells routers of a network apart; usually an IPv4 address. Not 0.</summary>
    public required uint RouterId { get; init; }

    /// <summary>What kinds of routes one takes, as far as they are known here. Who speaks of none takes IPv4 routes (RFC 4760 §8).</summary>
    public required IReadOnlyList<BgpFamily> Families { get; init; }

    /// <summary>Whether numbers of autonomous systems are written with four octets (RFC 6793 §3).</summary>
    public bool HasLongAs { get; init; } = true;

    /// <summary>For how many seconds the other is to keep routes when the connection breaks, 0–4095 (RFC 4724 §3); null when one knows nothing of that.</summary>
    public ushort? RestartSeconds { get; init; }

    /// <summary>Writes the message.</summary>
    public byte[] Write()
    {
        List<byte> capabilities = [];
        foreach (var family in Families)
            capabilities.AddRange([FamilyCapability, 4, 0, AfiOf(family), 0, SafiOf(family)]);
        // All routes are told again when asked (RFC 2918 §2). Nobody here asks, so what the other can is passed over.
        capabilities.AddRange([RouteRefreshCapability, 0]);
        if (RestartSeconds is { } seconds)
        {
            // Restart State, so that nobody waits for our End-of-RIB before they speak; and Forwarding State for each family, for without it
            // the other would drop what it kept as soon as we are back (§4.2).
            capabilities.AddRange([GracefulRestartCapability, (byte)(2 + (4 * Families.Count)), (byte)(0x80 | ((seconds >> 8) & 0x0F)), (byte)seconds]);
            foreach (var family in Families)
                capabilities.AddRange([0, AfiOf(family), SafiOf(family), 0x80]);
        }

        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, As);
        if (HasLongAs)
            capabilities.AddRange([LongAsCapability, 4, .. number]);
        Span<byte> fixedPart = stackalloc byte[9];
        fixedPart[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[1..], As > ushort.MaxValue ? AsTrans : (ushort)As);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[3..], HoldSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart[5..], RouterId);
        return BgpHeader.Write(
            BgpMessage.Open, [.. fixedPart, (byte)(2 + capabilities.Count), CapabilitiesParameter, (byte)capabilities.Count, .. capabilities]);
    }

    /// <summary>Reads the body of a message.</summary>
    /// <param name="body">What follows the header.</param>
    /// <param name="open">What it says; what nobody here knows is passed over (RFC 5492 §3).</param>
    /// <param name="wrong">What the peer is told when it cannot be right.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out BgpOpen? open, out BgpNotification wrong)
    {
        (open, wrong) = (null, new BgpNotification(BgpError.Open, 0));
        if (body.Length < 10)
            return false;
        if (body[0] != Version)
        {
            wrong = new BgpNotification(BgpError.Open, 1, new byte[] { 0, Version });
            return false;
        }

        var read = new BgpOpen
        {
            As = BinaryPrimitives.ReadUInt16BigEndian(body[1..]),
            HoldSeconds = BinaryPrimitives.ReadUInt16BigEndian(body[3..]),
            RouterId = BinaryPrimitives.ReadUInt32BigEndian(body[5..]),
            Families = [],
            HasLongAs = false,
        };
        if (!TryParameters(body[9..], ref read, ref wrong))
            return false;
        if (read.Families.Count == 0)
            read = read with { Families = [BgpFamily.UnicastIPv4] };
        var subcode = (byte)(read.As == 0 ? 2 : read.RouterId == 0 ? 3 : read.HoldSeconds is 1 or 2 ? 6 : 0);
        if (subcode != 0)
        {
            wrong = new BgpNotification(BgpError.Open, subcode);
            return false;
        }

        (open, wrong) = (read, BgpNotification.None);
        return true;
    }

    // Beyond 254 octets of them, lengths have two octets (RFC 9072 §2).
    private static bool TryParameters(ReadOnlySpan<byte> octets, ref BgpOpen open, ref BgpNotification wrong)
    {
        var isExtended = octets.Length >= 4 && octets[0] == ExtendedParameters && octets[1] == ExtendedParameters;
        int length = isExtended ? BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) : octets[0];
        var rest = octets[(isExtended ? 4 : 1)..];
        if (rest.Length != length)
            return false;
        var headLength = isExtended ? 3 : 2;
        while (rest.Length > 0)
        {
            if (rest.Length < headLength)
                return false;
            var type = rest[0];
            int of = isExtended ? BinaryPrimitives.ReadUInt16BigEndian(rest[1..]) : rest[1];
            rest = rest[headLength..];
            if (of > rest.Length)
                return false;
            if (type != CapabilitiesParameter)
            {
                wrong = new BgpNotification(BgpError.Open, 4);
                return false;
            }

            if (!TryCapabilities(rest[..of], ref open))
                return false;
            rest = rest[of..];
        }

        return true;
    }

    private static bool TryCapabilities(ReadOnlySpan<byte> rest, ref BgpOpen open)
    {
        while (rest.Length > 0)
        {
            if (rest.Length < 2 || rest.Length < 2 + rest[1])
                return false;
            var code = rest[0];
            var value = rest.Slice(2, rest[1]);
            rest = rest[(2 + value.Length)..];
            switch (code)
            {
                case FamilyCapability when value.Length == 4:
                    var family = (BgpFamily)((BinaryPrimitives.ReadUInt16BigEndian(value) << 8) | value[3]);
                    if (Enum.IsDefined(family) && !open.Families.Contains(family))
                        open = open with { Families = [.. open.Families, family] };
                    break;
                case GracefulRestartCapability when value.Length >= 2:
                    open = open with { RestartSeconds = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value) & 0x0FFF) };
                    break;
                case LongAsCapability when value.Length == 4:
                    open = open with { As = BinaryPrimitives.ReadUInt32BigEndian(value), HasLongAs = true };
                    break;
                case FamilyCapability or GracefulRestartCapability or LongAsCapability:
                    return false;
            }
        }

        return true;
    }

    private static byte AfiOf(BgpFamily family) => (byte)((int)family >> 8);

    private static byte SafiOf(BgpFamily family) => (byte)family;
}
