namespace Mailreeve.Storage.Segments;

/// <summary>The folder of the segments: a sub-folder for each UTC day, and in it the files begun on that day.</summary>
internal sealed class SegmentFolder(string path)
{
    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>Held open by the program that writes here.</summary>
    public string LockPath => System.IO.Path.Combine(path, "lock");

    /// <summary>A file of zeros that becomes the next segment.</summary>
    public string SparePath => System.IO.Path.Combine(path, "spare");

    /// <summary>A segment that is being begun and has no name yet.</summary>
    public string BeginningPath => System.IO.Path.Combine(path, "beginning");

    /// <summary>Where a segment lies.</summary>
    public string PathOf(SegmentId id) => System.IO.Path.Combine(path, id.FileName);

    /// <summary>The segments that are there, oldest first.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public List<SegmentId> List()
    {
        var found = new List<SegmentId>();
        foreach (var day in Directory.EnumerateDirectories(path))
        {
            try
            {
                foreach (var file in Directory.EnumerateFiles(day))
                {
                    if (SegmentId.TryParse($"{System.IO.Path.GetFileName(day)}/{System.IO.Path.GetFileName(file)}", out var id))
                        found.Add(id);
                }
            }
            catch (DirectoryNotFoundException)
            {
                // Another program dropped the day while we looked.
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>The segments that are there, oldest first, and where each ends; that of the last one is not known.</summary>
    /// <remarks>The header of a segment says where the one before it ends. Where that is missing or damaged, the end is not known either.</remarks>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public List<(SegmentId Id, long? End)> Stretches()
    {
        var found = new List<(SegmentId Id, long? End)>();
        var ids = List();
        for (var i = 0; i < ids.Count; i++)
        {
            var after = i + 1 < ids.Count ? TryReadHeader(ids[i + 1]) : null;
            found.Add((ids[i], after is not null && after.Previous.Segment == ids[i] ? after.Previous.Offset : null));
        }

        return found;
    }

    private SegmentHeader? TryReadHeader(SegmentId id)
    {
        try
        {
            using var file = Segment.OpenForReading(PathOf(id));
            return Segment.ReadHeader(file, id, out _);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes the folder of a day when it is missing, so that it is there after a power cut.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public string MakeDayOf(SegmentId id)
    {
        var day = System.IO.Path.GetDirectoryName(PathOf(id))!;
        if (!Directory.Exists(day))
        {
            Directory.CreateDirectory(day);
            Libc.FlushFolder(path);
        }

        return day;
    }
}
