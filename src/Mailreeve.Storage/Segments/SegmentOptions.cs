namespace Mailreeve.Storage.Segments;

/// <summary>How messages are kept on disk. Read at start; a change needs a restart.</summary>
public sealed record SegmentOptions
{
    /// <summary>
    /// Bytes after which a segment ends and the next begins. Default 64 MiB: small enough to be read through at start in a tenth of a
    /// second, large enough that a busy day has hundreds of files and not thousands.
    /// </summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Bytes of zeros that a segment begins with when none was prepared, and that are written at once while one is. Default 4 MiB:
    /// ten milliseconds on a disk that writes 400 MB/s.
    /// </summary>
    public int FillStepBytes { get; init; } = 4 << 20;

    /// <summary>Records that share one flush at most. Default 1,000: more than that do not wait at once.</summary>
    public int BatchRecordsMax { get; init; } = 1000;

    /// <summary>Bytes that share one flush at most, unless one record alone is larger. Default 8 MiB: about 20 ms of writing.</summary>
    public long BatchBytesMax { get; init; } = 8L << 20;

    /// <summary>How long appends fail at once after the disk has refused to begin a new segment. Default 1 second.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Segments that are held open for reading. Default 256; the usual limit of a service is 1,024 open files or more.</summary>
    public int OpenSegmentsMax { get; init; } = 256;

    /// <summary>Everything that is wrong with these options: the key as written in the configuration, and why.</summary>
    public IEnumerable<(string Key, string Reason)> Problems()
    {
        if (SegmentBytes is < 65_536 or > 1L << 30)
            yield return ("segments.segmentBytes", $"{SegmentBytes} is outside 64 KiB to 1 GiB.");
        if (FillStepBytes < 4096 || FillStepBytes > SegmentBytes)
            yield return ("segments.fillStepBytes", $"{FillStepBytes} is outside 4 KiB to the size of a segment.");
        if (BatchRecordsMax is < 1 or > 100_000)
            yield return ("segments.batchRecordsMax", $"{BatchRecordsMax} is outside 1 to 100000.");
        if (BatchBytesMax is < 4096 or > 1L << 30)
            yield return ("segments.batchBytesMax", $"{BatchBytesMax} is outside 4 KiB to 1 GiB.");
        if (RetryPause < TimeSpan.Zero || RetryPause > TimeSpan.FromMinutes(1))
            yield return ("segments.retryPause", $"{RetryPause} is outside 0 to 1 minute.");
        if (OpenSegmentsMax is < 1 or > 100_000)
            yield return ("segments.openSegmentsMax", $"{OpenSegmentsMax} is outside 1 to 100000.");
    }
}
