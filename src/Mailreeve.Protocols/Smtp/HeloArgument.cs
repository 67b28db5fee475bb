using System.Text;

namespace Mailreeve.Protocols.Smtp;

/// <summary>The name a client gives itself in EHLO or HELO (RFC 5321 §4.1.1.1).</summary>
public static class HeloArgument
{
    // ehlo = "EHLO" SP ( Domain / address-literal ). A wrong name is no reason to refuse (§4.1.4), and many are wrong.
    /// <summary>Reads the name. It may be nonsense, but it is printable ASCII in one word.</summary>
    /// <returns><see langword="false"/> when there is no name, more than one, or it has something that must not reach a header or a log.</returns>
    public static bool TryParse(ReadOnlySpan<byte> argument, out string name)
    {
        name = "";
        if (argument.Length is 0 or > SmtpPath.DomainBytesMax || argument.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return false;

        name = Encoding.ASCII.GetString(argument);
        return true;
    }
}
