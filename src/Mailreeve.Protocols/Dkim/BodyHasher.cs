using System.Buffers;
using System.Security.Cryptography;

namespace Mailreeve.Protocols.Dkim;

/// <summary>
/// Hashes a body in the form that is signed (RFC 6376 §3.4.3, §3.4.4) with SHA-256 as it goes by, in pieces of any size. Keeps a window
/// of a few KiB and never the body.
/// </summary>
public sealed class BodyHasher : IDisposable
{
    private const int WindowBytes = 8 << 10;

    // Looked through at once. A hostile body has a break at every second octet; it must not be looked through to its end at each.
    private const int RunBytesMax = 256;

    private readonly Canonicalization form;
    private readonly long limit;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    private int filled;
    private long hashed;

    // What is held back until it is known whether it counts: line ends, which the end of the body swallows, white space, and a CR.
    private long lineEnds;
    private bool isSpace;
    private bool isCr;
    private bool hasLine;

    /// <summary>Begins with an empty body.</summary>
    /// <param name="form">Which form.</param>
    /// <param name="limit">Octets of that form which are hashed (<c>l=</c>); null for all.</param>
    public BodyHasher(Canonicalization form, long? limit = null) => (this.form, this.limit) = (form, limit ?? long.MaxValue);

    /// <summary>Octets of the canonical form so far; all of them after <see cref="Finish"/>.</summary>
    public long Length { get; private set; }

    /// <summary>The hash of a whole body.</summary>
    public static byte[] Of(ReadOnlySequence<byte> body, Canonicalization form)
    {
        using var hasher = new BodyHasher(form);
        foreach (var piece in body)
            hasher.Append(piece.Span);
        return hasher.Finish();
    }

    /// <summary>Takes the next octets.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if (isCr)
            {
                isCr = false;
                if (octets[0] == '\n')
                {
                    EndLine();
                    octets = octets[1..];
                    continue;
                }

                Text("\r"u8);
            }

            var run = PlainRun(octets[..Math.Min(octets.Length, RunBytesMax)]);
            if (run > 0)
            {
                Text(octets[..run]);
                octets = octets[run..];
                continue;
            }

            if (octets[0] == '\r')
                isCr = true;
            else
                isSpace = true;
            octets = octets[1..];
        }
    }

    /// <summary>Ends the body.</summary>
    /// <returns>The hash, 32 octets.</returns>
    public byte[] Finish()
    {
        if (isCr)
            Text("\r"u8);
        // What was held back goes. An empty body is an empty line in the simple form and nothing at all in the relaxed one.
        if (hasLine || form == Canonicalization.Simple)
            Emit("\r\n"u8);
        Flush();
        return hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hash.Dispose();
        ArrayPool<byte>.Shared.Return(window);
    }

    // How many octets stay as they are: a line at a time for most of what people write, since one space between words is one in both forms.
    private int PlainRun(ReadOnlySpan<byte> octets)
    {
        if (form == Canonicalization.Simple)
            return octets.IndexOf((byte)'\r') is >= 0 and var cr ? cr : octets.Length;
        var end = octets.IndexOfAny((byte)'\r', (byte)'\t');
        var line = end < 0 ? octets : octets[..end];
        if (line.IsEmpty || line[0] == ' ')
            return 0;
        if (line.IndexOf("  "u8) is >= 0 and var spaces)
            return spaces;
        return line[^1] == ' ' ? line.Length - 1 : line.Length;
    }

    private void EndLine()
    {
        // White space at the end of a line goes.
        isSpace = false;
        lineEnds++;
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        for (; lineEnds > 0; lineEnds--)
            Emit("\r\n"u8);
        if (isSpace)
            Emit(" "u8);
        isSpace = false;
        hasLine = true;
        Emit(text);
    }

    private void Emit(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        if (octets.Length > limit - hashed)
            octets = octets[..(int)(limit - hashed)];
        hashed += octets.Length;
        while (!octets.IsEmpty)
        {
            if (filled == WindowBytes)
                Flush();
            var part = Math.Min(octets.Length, WindowBytes - filled);
            octets[..part].CopyTo(window.AsSpan(filled));
            filled += part;
            octets = octets[part..];
        }
    }

    private void Flush()
    {
        hash.AppendData(window, 0, filled);
        filled = 0;
    }
}
