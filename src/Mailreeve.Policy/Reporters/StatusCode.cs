using System.Security.Cryptography;
using System.Text;
using Mailreeve.Protocols.Trace;

namespace Mailreeve.Policy.Reporters;

/// <summary>The code with which the sender of a report sees how it stands: made from its number and a secret, and kept nowhere.</summary>
/// <remarks>80 bits, so that nobody finds another's by trying; every mail about the report can name it again (docs/decisions/0016).</remarks>
public static class StatusCode
{
    private const int Bytes = 10;
    private const int LengthMax = 60;

    /// <summary>The code, as people copy it: <c>abcd-efgh-ijkl-mnop</c>.</summary>
    public static string For(ReportId id, ReadOnlySpan<byte> key) => string.Join('-', Letters(id, key).Chunk(4).Select(c => new string(c)));

    /// <summary>Whether this is the code of that report. Case, blanks and dashes do not matter; takes the same time whatever is wrong.</summary>
    public static bool IsRight(string code, ReportId id, ReadOnlySpan<byte> key)
    {
        if (code.Length > LengthMax)
            return false;
        var typed = new string([.. code.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed), Encoding.UTF8.GetBytes(Letters(id, key)));
    }

    private static string Letters(ReportId id, ReadOnlySpan<byte> key) =>
        Base32.Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"status {id}")).AsSpan(0, Bytes));
}
