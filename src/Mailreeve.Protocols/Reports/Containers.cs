using System.IO.Compression;

namespace Mailreeve.Protocols.Reports;

/// <summary>Kinds of archives that are opened, chosen by their first bytes and never by their names.</summary>
internal enum Container
{
    /// <summary>PKZIP.</summary>
    Zip,

    /// <summary>RFC 1952.</summary>
    Gzip,
}

/// <summary>
/// Opens zip and gzip archives of one report. An archive in an archive stays closed; what swells too much, is too large or is too
/// many is left out and noted.
/// </summary>
internal sealed class Containers(Findings findings)
{
    private const int Block = 64 << 10;

    // Honest tables shrink to a thirtieth. Below the floor a ratio says nothing.
    private const int RatioMax = 200;
    private const int RatioFloorBytes = 1 << 20;

    private long unpacked;
    private int entries;

    /// <summary>An entry could not be opened because it is encrypted.</summary>
    public bool MetEncrypted { get; private set; }

    /// <summary>The kind of archive that begins like this, or null.</summary>
    public static Container? Recognise(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("PK\u0003\u0004"u8) ? Container.Zip
        : bytes.Length > 10 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8 ? Container.Gzip
        : null;

    /// <summary>The files in an archive.</summary>
    public List<Document> Open(Container kind, string name, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return kind == Container.Zip ? OpenZip(name, bytes) : OpenGzip(name, bytes);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException or ArgumentException)
        {
            findings.Problem($"The archive '{Notation.Shorten(name)}' is damaged or of a kind that is not read.");
            return [];
        }
    }

    private List<Document> OpenZip(string name, ReadOnlyMemory<byte> bytes)
    {
        var documents = new List<Document>();
        using var archive = new ZipArchive(new MemoryStream(bytes.ToArray(), writable: false), ZipArchiveMode.Read);
        foreach (var entry in archive.Entries.Where(e => e.Name.Length > 0))
        {
            if (++entries > findings.Limits.ArchiveEntries)
            {
                findings.CutOff($"The archives have more than {findings.Limits.ArchiveEntries} files; the rest was not read.");
                break;
            }

            if (entry.IsEncrypted)
            {
                MetEncrypted = true;
                findings.Problem($"'{Notation.Shorten(entry.Name)}' in '{Notation.Shorten(name)}' is encrypted.");
                continue;
            }

            using var stream = entry.Open();
            Add(documents, entry.Name, stream, Math.Max(entry.CompressedLength, 1));
        }

        return documents;
    }

    private List<Document> OpenGzip(string name, ReadOnlyMemory<byte> bytes)
    {
        var documents = new List<Document>();
        using var stream = new GZipStream(new MemoryStream(bytes.ToArray(), writable: false), CompressionMode.Decompress);
        Add(documents, name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name, stream, bytes.Length);
        return documents;
    }

    private void Add(List<Document> documents, string name, Stream stream, long packed)
    {
        using var content = new MemoryStream();
        var block = new byte[Block];
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            unpacked += read;
            content.Write(block, 0, read);
            if (unpacked > findings.Limits.UnpackedBytes)
            {
                findings.CutOff($"The archives hold more than {findings.Limits.UnpackedBytes} bytes; the rest was not read.");
                break;
            }

            if (content.Length > RatioFloorBytes && content.Length / packed > RatioMax)
            {
                findings.CutOff($"'{Notation.Shorten(name)}' swells to more than {RatioMax} times its size and was not read.");
                return;
            }
        }

        var bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
        if (Recognise(bytes.Span) is not null)
            findings.Problem($"'{Notation.Shorten(name)}' is an archive in an archive and was not opened.");
        else
            documents.Add(new Document(name, IsBody: false, bytes, Charset: null));
    }
}
