using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Policy.Relay;

/// <summary>Which test of which run a message in the collector is of, and that it is one of ours.</summary>
/// <param name="Run">The run.</param>
/// <param name="Test">The number of the test in it.</param>
/// <remarks>
/// <c>r17-3-8f3a…</c>: lower-case letters, digits and hyphens, because it has to bear what servers do to a local part, and short enough for one
/// with a domain in it. Without the keyed digest anyone could make a server look open, or fill the collector.
/// </remarks>
public readonly record struct RelayToken(long Run, int Test)
{
    private const int DigestBytes = 8;

    /// <summary>The local part that the test is for.</summary>
    public string Write(ReadOnlySpan<byte> key) => string.Create(CultureInfo.InvariantCulture, $"r{Run}-{Test}-{Digest(key)}");

    /// <summary>The local part of a sender, to which a bounce comes.</summary>
    public string WriteProbe(ReadOnlySpan<byte> key) => string.Create(CultureInfo.InvariantCulture, $"p{Run}-{Test}-{Digest(key)}");

    /// <summary>Reads a local part.</summary>
    /// <param name="localPart">As received.</param>
    /// <param name="key">The server's secret.</param>
    /// <param name="token">Which test it is of.</param>
    /// <param name="isProbe">Whether it is that of a sender.</param>
    /// <returns><see langword="false"/> when we never wrote that.</returns>
    public static bool TryRead(string localPart, ReadOnlySpan<byte> key, out RelayToken token, out bool isProbe)
    {
        token = default;
        isProbe = localPart.StartsWith('p') || localPart.StartsWith('P');
        if (localPart.Length is < 4 or > 64 || (!isProbe && localPart[0] is not ('r' or 'R')) || localPart.Split('-') is not [var run, var test, _])
            return false;
        if (!long.TryParse(run.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var runNumber)
            || !int.TryParse(test, NumberStyles.None, CultureInfo.InvariantCulture, out var testNumber))
            return false;
        token = new RelayToken(runNumber, testNumber);
        // The whole of it, with its numbers as we write them: each token is one local part, and not another with every zero before a number.
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(localPart[1..].ToLowerInvariant()), Encoding.UTF8.GetBytes(token.Write(key)[1..]));
    }

    private string Digest(ReadOnlySpan<byte> key)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"relay {Run} {Test}"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, text).AsSpan(0, DigestBytes));
    }
}
