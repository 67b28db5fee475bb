using System.Buffers.Text;

namespace Mailreeve.Protocols.Smtp;

/// <summary>What stands behind <c>BDAT</c> (RFC 3030 §2).</summary>
/// <param name="SizeBytes">Octets that follow the command line.</param>
/// <param name="Last">Whether they end the message.</param>
public readonly record struct BdatArgument(long SizeBytes, bool Last)
{
    // bdat-cmd = "BDAT" SP chunk-size [ SP "LAST" ] CR LF; chunk-size = 1*DIGIT
    /// <summary>Reads the argument of BDAT.</summary>
    /// <returns><see langword="false"/> when it is none: how many octets follow is then unknown, and the connection must end.</returns>
    public static bool TryParse(ReadOnlySpan<byte> argument, out BdatArgument bdat)
    {
        bdat = default;
        var space = argument.IndexOf((byte)' ');
        var digits = space < 0 ? argument : argument[..space];
        var rest = space < 0 ? default : argument[space..].Trim((byte)' ');
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        if (!Utf8Parser.TryParse(digits, out long size, out var used) || used != digits.Length)
            return false;
        if (!rest.IsEmpty && !System.Text.Ascii.EqualsIgnoreCase(rest, "LAST"u8))
            return false;

        bdat = new BdatArgument(size, !rest.IsEmpty);
        return true;
    }
}
