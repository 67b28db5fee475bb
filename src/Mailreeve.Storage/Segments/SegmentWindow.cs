using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>A file that is read from front to back, through one buffer.</summary>
internal sealed class SegmentWindow(SafeFileHandle file)
{
    private const int Usual = 128 << 10;

    private byte[] buffer = new byte[Usual];
    private long start;
    private int length;

    /// <summary>What lies at an offset.</summary>
    /// <param name="offset">From the beginning of the file.</param>
    /// <param name="count">Octets wanted; the buffer grows to that, so it must have been checked against the size of the file.</param>
    /// <returns>Fewer where the file ends. Valid until the next call.</returns>
    /// <exception cref="IOException">The disk could not read it.</exception>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        if (offset < start || offset + count > start + length)
            Fill(offset, count);
        var from = (int)(offset - start);
        return buffer.AsSpan(from, Math.Min(count, length - from));
    }

    private void Fill(long offset, int count)
    {
        if (count > buffer.Length)
            buffer = new byte[count];
        start = offset;
        length = 0;
        int read;
        while (length < count && (read = RandomAccess.Read(file, buffer.AsSpan(length), offset + length)) > 0)
            length += read;
    }
}
