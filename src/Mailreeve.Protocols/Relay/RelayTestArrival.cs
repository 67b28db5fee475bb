using System.Text;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Relay;

/// <summary>What the header of a message says that came to the collector of relay tests.</summary>
/// <param name="Token">The token of its mark; <see langword="null"/> when the message is not marked, as a bounce is not.</param>
/// <param name="Hops">Addresses that the servers on its way say it came from, the last hand-over first; local ones are left out.</param>
public sealed record RelayTestArrival(string? Token, IReadOnlyList<Address> Hops)
{
    /// <summary>Most Received fields that are read; a message that has more is in a loop.</summary>
    public const int HopsMax = 50;

    /// <summary>Reads a message, or its header alone.</summary>
    public static RelayTestArrival Read(ReadOnlySpan<byte> message)
    {
        string? token = null;
        var hops = new List<Address>();
        var reader = new HeaderReader(message, 0);
        while (reader.Next(out var field))
        {
            var name = field.Name(message);
            if (token is null && Is(name, RelayTestMessage.MarkField))
                token = Encoding.Latin1.GetString(field.Value(message));
            else if (hops.Count < HopsMax && Is(name, "Received") && ReceivedLine.Read(Unfolded(field.Value(message))) is { } hop)
                hops.Add(hop.Address);
        }

        return new RelayTestArrival(token, hops);
    }

    private static bool Is(ReadOnlySpan<byte> name, string other) =>
        name.Length == other.Length && Ascii.EqualsIgnoreCase(name, other.AsSpan());

    private static string Unfolded(ReadOnlySpan<byte> value) =>
        Encoding.Latin1.GetString(value).Replace("\r\n", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
