using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Milter;

/// <summary>Reads who has connected to the mail server.</summary>
public static class MilterConnect
{
    // hostname NUL family [ port address NUL ]; family U is unknown, L a Unix socket, 4 and 6 are IP
    /// <summary>Reads the client's address.</summary>
    /// <param name="data">Of <see cref="MilterCommand.Connect"/>.</param>
    /// <param name="client">The address; null for one that has none, as for mail from the server's own command line.</param>
    /// <returns><see langword="false"/> when the packet is malformed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, out Address? client)
    {
        client = null;
        if (!MilterText.TryNext(ref data, out _) || data.IsEmpty)
            return false;
        var family = data[0];
        if (family is (byte)'U' or (byte)'L')
            return true;
        if (family is not ((byte)'4' or (byte)'6') || data.Length < 3)
            return false;

        data = data[3..];
        Span<char> text = stackalloc char[64];
        if (!MilterText.TryNext(ref data, out var address) || address.Length > text.Length
            || Ascii.ToUtf16(address, text, out var length) != OperationStatus.Done
            || !Net.Address.TryParse(text[..length], out var parsed))
            return false;
        client = parsed;
        return true;
    }
}
