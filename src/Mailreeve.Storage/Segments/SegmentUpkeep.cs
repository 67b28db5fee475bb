using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Storage.Segments;

/// <summary>
/// The thread that keeps slow work away from the one that commits: it writes the zeros of the next segment ahead, and cuts off those
/// that a full one did not need.
/// </summary>
/// <remarks>
/// A write into zeros that are on disk changes neither the size nor the extents of the file, so that <c>fdatasync</c> has nothing to put
/// into the file system's own journal: twice the commits a second. The zeros go into a file of their own, because in the file that is
/// being appended to they would be flushed by, and so delay, everyone who waits for a commit.
/// </remarks>
internal sealed class SegmentUpkeep : IDisposable
{
    private const int WriteBytes = 1 << 20;
    private const int FlushBytes = 4 << 20;

    // How long after a spare could not be made the next one is tried: a disk that is full has better things to do.
    private const long RetryMilliseconds = 10_000;

    private readonly SegmentFolder folder;
    private readonly SegmentOptions options;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim work = new(0);
    private readonly Queue<(SafeFileHandle File, long End)> toSeal = new();
    private readonly Thread thread;
    private SafeFileHandle? spare;
    private bool spareIsWanted;
    private long notBefore;
    private volatile bool closing;

    public SegmentUpkeep(SegmentFolder folder, SegmentOptions options)
    {
        (this.folder, this.options) = (folder, options);
        thread = new Thread(Run) { IsBackground = true, Name = "Segment upkeep" };
        thread.Start();
    }

    /// <summary>Whether a file of zeros is ready to become the next segment.</summary>
    public bool HasSpare => Volatile.Read(ref spare) is not null;

    /// <summary>Asks for a spare, unless there is one.</summary>
    public void WantSpare()
    {
        lock (gate)
        {
            if (spare is not null || spareIsWanted || Environment.TickCount64 < notBefore)
                return;
            spareIsWanted = true;
        }

        work.Release();
    }

    /// <summary>Takes the spare, which lies at <see cref="SegmentFolder.SparePath"/>, with <see cref="SegmentOptions.SegmentBytes"/> zeros.</summary>
    public SafeFileHandle? TakeSpare()
    {
        lock (gate)
        {
            var taken = spare;
            spare = null;
            return taken;
        }
    }

    /// <summary>Cuts a file off where its journal ends, and closes it.</summary>
    public void Seal(SafeFileHandle file, long end)
    {
        lock (gate)
            toSeal.Enqueue((file, end));
        work.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        closing = true;
        work.Release();
        thread.Join();
        TakeSpare()?.Dispose();
        TryDelete(folder.SparePath);
        work.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            work.Wait();
            SealAll();
            if (closing)
                return;
            bool wanted;
            lock (gate)
                wanted = spareIsWanted;
            if (wanted)
                MakeSpare();
        }
    }

    private void SealAll()
    {
        while (true)
        {
            (SafeFileHandle File, long End) next;
            lock (gate)
            {
                if (!toSeal.TryDequeue(out next))
                    return;
            }

            using (next.File)
            {
                try
                {
                    RandomAccess.SetLength(next.File, next.End);
                    Libc.Flush(next.File);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It keeps its zeros: the header of the segment after it says where it ends.
                }
            }
        }
    }

    private void MakeSpare()
    {
        SafeFileHandle? made = null;
        try
        {
            // The last of a disk is for messages and for the database, not for zeros.
            if (new DriveInfo(folder.Path).AvailableFreeSpace < 2 * options.SegmentBytes)
                throw new IOException("The disk is nearly full.");
            made = File.OpenHandle(folder.SparePath, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!Fill(made, options.SegmentBytes, () => closing))
            {
                made.Dispose();
                made = null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a spare the next segment is begun the slow way; should that fail too, those who append hear of it.
            made?.Dispose();
            made = null;
            TryDelete(folder.SparePath);
        }

        lock (gate)
        {
            spareIsWanted = false;
            spare = made;
            notBefore = made is null ? Environment.TickCount64 + RetryMilliseconds : 0;
        }
    }

    /// <summary>Fills a new file with zeros that are on disk.</summary>
    /// <returns><see langword="false"/> when it was broken off.</returns>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static bool Fill(SafeFileHandle file, long bytes, Func<bool> breakOff)
    {
        var zeros = new byte[Math.Min(bytes, WriteBytes)];
        for (long written = 0, flushed = 0; written < bytes;)
        {
            if (breakOff())
                return false;
            var part = (int)Math.Min(zeros.Length, bytes - written);
            RandomAccess.Write(file, zeros.AsSpan(0, part), written);
            written += part;
            if (written - flushed >= FlushBytes || written == bytes)
            {
                Libc.Flush(file);
                flushed = written;
            }
        }

        return true;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start, or the next spare, writes over it.
        }
    }
}
