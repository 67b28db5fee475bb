using System.Runtime.InteropServices;
using System.Text;
using MimeKit;
using MimeKit.IO.Filters;

namespace Mailreeve.Protocols.Reports;

/// <summary>One MIME part of a report mail: its header and where its content lies.</summary>
internal sealed class MailPart
{
    public required int Parent { get; init; }

    /// <summary>How many attached messages this part lies in: 0 for the report itself.</summary>
    public required int Level { get; init; }

    public List<Header> Headers { get; } = [];

    public ContentType? Type { get; set; }

    public int ContentBegin { get; set; }

    public int ContentEnd { get; set; }

    public string MediaType => Type is null ? "text/plain" : Type.MimeType;

    public bool Is(string type, string subtype) => Type is null ? type == "text" && subtype == "plain" : Type.IsMimeType(type, subtype);

    /// <summary>The name from Content-Disposition, else from Content-Type; empty when there is none.</summary>
    public string FileName
    {
        get
        {
            var disposition = Header("Content-Disposition");
            return disposition is not null && ContentDisposition.TryParse(disposition, out var parsed) && parsed.FileName is { } name
                ? name
                : Type?.Name ?? "";
        }
    }

    /// <summary>First field of that name, unfolded and decoded; null when there is none.</summary>
    public string? Header(string name)
    {
        foreach (var header in Headers)
            if (header.Field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return header.Value;
        return null;
    }

    public IEnumerable<string> AllHeaders(string name)
    {
        foreach (var header in Headers)
            if (header.Field.Equals(name, StringComparison.OrdinalIgnoreCase))
                yield return header.Value;
    }
}

/// <summary>
/// Splits a mail into its parts in one pass, with offsets into the bytes as received: nothing is copied, and a damaged or hostile
/// message yields the parts up to the damage.
/// </summary>
internal sealed class MailParts : MimeReader
{
    // Most of what is not UTF-8 and says nothing else. Null only where .NET lacks its code pages.
    private static readonly Encoding? Western = TryEncoding("windows-1252");

    private readonly ReportLimits limits;
    private readonly ReadOnlyMemory<byte> raw;
    private readonly List<MailPart> parts = [];
    private readonly Stack<int> open = new();
    private readonly HashSet<int> closed = [];
    private List<Header> pending = [];
    private int level;
    private int headerBytes;
    private int headerFields;

    private MailParts(ReadOnlyMemory<byte> raw, Stream stream, ReportLimits limits)
        : base(OptionsFor(limits), stream, MimeFormat.Entity)
    {
        this.raw = raw;
        this.limits = limits;
    }

    public IReadOnlyList<MailPart> Parts => parts;

    public MailPart Root => parts[0];

    /// <summary>Why the reading stopped early, or null.</summary>
    public string? Stopped { get; private set; }

    /// <summary>A multipart was not closed: the end of the mail is missing.</summary>
    public bool Unclosed { get; private set; }

    public static MailParts Read(ReadOnlyMemory<byte> raw, ReportLimits limits)
    {
        var bytes = SkipMarks(raw);
        var segment = MemoryMarshal.TryGetArray(bytes, out var array) ? array : new ArraySegment<byte>(bytes.ToArray());
        using var stream = new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false);
        var reader = new MailParts(bytes, stream, limits);
        try
        {
            reader.ReadMessage();
        }
        catch (LimitReached reached)
        {
            reader.Stopped = reached.Message;
        }
        catch (FormatException e)
        {
            reader.Stopped = $"Not a mail message: {e.Message}";
        }

        reader.CloseOpenParts();
        return reader;
    }

    /// <summary>The content of a part with its transfer encoding undone, at most <see cref="ReportLimits.PartBytes"/>.</summary>
    public ReadOnlyMemory<byte> Content(MailPart part) => Content(part, limits.PartBytes);

    /// <summary>The content of a part with its transfer encoding undone, at most so many bytes of the encoded content.</summary>
    public ReadOnlyMemory<byte> Content(MailPart part, int bytesMax)
    {
        var slice = raw[part.ContentBegin..Math.Max(part.ContentBegin, part.ContentEnd)];
        if (slice.Length > bytesMax)
            slice = slice[..bytesMax];
        var encoding = part.Header("Content-Transfer-Encoding")?.Trim();
        return encoding is null || encoding.Length == 0 || encoding[0] is '7' or '8' ? slice : Decode(slice, encoding);
    }

    /// <summary>The content of a text part as characters. Unknown character sets are read as UTF-8, then as Windows-1252.</summary>
    public string Text(MailPart part) => ClearSigned.Open(Decode(Content(part).Span, part.Type?.Charset));

    public ReadOnlyMemory<byte> Slice(MailPart part) => raw[part.ContentBegin..Math.Max(part.ContentBegin, part.ContentEnd)];

    public IEnumerable<MailPart> ChildrenOf(MailPart parent)
    {
        var index = parts.IndexOf(parent);
        return parts.Where(p => p.Parent == index);
    }

    /// <summary>Bytes as characters; never fails.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        if (charset is { Length: > 0 } && !charset.StartsWith("us", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && TryEncoding(charset) is { } encoding)
            return encoding.GetString(bytes);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : (Western ?? Encoding.Latin1).GetString(bytes);
    }

    /// <inheritdoc/>
    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        headerBytes += header.RawField.Length + header.RawValue.Length;
        if (headerBytes > limits.HeaderBytes || ++headerFields > limits.HeaderFields)
            throw new LimitReached($"The header fields exceed {limits.HeaderBytes} bytes or {limits.HeaderFields} fields.");
        pending.Add(header);
    }

    /// <inheritdoc/>
    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType);

    /// <inheritdoc/>
    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken) => End(headersEndOffset, endOffset);

    /// <inheritdoc/>
    protected override void OnMimePartContentBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        parts[open.Peek()].ContentBegin = (int)beginOffset;

    /// <inheritdoc/>
    protected override void OnMimePartContentEnd(
        long beginOffset, int beginLineNumber, long endOffset, int lines, NewLineFormat? newLineFormat,
        CancellationToken cancellationToken) => parts[open.Peek()].ContentEnd = (int)endOffset;

    /// <inheritdoc/>
    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType);

    /// <inheritdoc/>
    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken)
    {
        var part = parts[open.Pop()];
        part.ContentBegin = (int)headersEndOffset;
        part.ContentEnd = (int)endOffset;
        Unclosed |= !closed.Remove(parts.IndexOf(part)) && contentType.Boundary is not null;
    }

    /// <inheritdoc/>
    protected override void OnMultipartEndBoundaryEnd(
        long beginOffset, int beginLineNumber, long endOffset, CancellationToken cancellationToken) => closed.Add(open.Peek());

    /// <inheritdoc/>
    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        Begin(contentType);
        level++;
    }

    /// <inheritdoc/>
    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken)
    {
        level--;
        End(headersEndOffset, endOffset);
    }

    private void Begin(ContentType type)
    {
        if (parts.Count >= limits.Parts)
            throw new LimitReached($"The mail has more than {limits.Parts} parts.");
        var part = new MailPart { Parent = open.Count == 0 ? -1 : open.Peek(), Level = level, Type = type };
        part.Headers.AddRange(pending);
        pending = [];
        open.Push(parts.Count);
        parts.Add(part);
    }

    private void End(long headersEnd, long end)
    {
        var part = parts[open.Pop()];
        if (part.ContentBegin == 0)
            part.ContentBegin = (int)headersEnd;
        if (part.ContentEnd == 0)
            part.ContentEnd = (int)end;
    }

    // When a limit stopped the reader, parts still open reach to the end of what there is.
    private void CloseOpenParts()
    {
        while (open.TryPop(out var index))
        {
            parts[index].ContentEnd = raw.Length;
            if (parts[index].ContentBegin == 0)
                parts[index].ContentBegin = raw.Length;
        }

        if (parts.Count == 0)
        {
            var root = new MailPart { Parent = -1, Level = 0 };
            root.Headers.AddRange(pending);
            parts.Add(root);
        }
    }

    private static ParserOptions OptionsFor(ReportLimits limits)
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = limits.MimeDepth;
        options.MaxAddressGroupDepth = 2;
        options.RespectContentLength = false;
        options.CharsetEncoding = Encoding.Latin1;
        return options;
    }

    // A byte order mark or an mbox "From " line before the header occurs in mail that went through a file.
    private static ReadOnlyMemory<byte> SkipMarks(ReadOnlyMemory<byte> raw)
    {
        if (raw.Span.StartsWith("\uFEFF"u8))
            raw = raw[3..];
        if (raw.Span.StartsWith("From "u8))
            raw = raw[(raw.Span.IndexOf((byte)'\n') + 1)..];
        return raw;
    }

    private static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> slice, string encoding)
    {
        var decoder = encoding.ToLowerInvariant() switch
        {
            "base64" => DecoderFilter.Create(ContentEncoding.Base64),
            "quoted-printable" => DecoderFilter.Create(ContentEncoding.QuotedPrintable),
            "uuencode" or "x-uuencode" or "x-uue" => DecoderFilter.Create(ContentEncoding.UUEncode),
            _ => null,
        };
        if (decoder is null)
            return slice;
        var input = slice.ToArray();
        var output = decoder.Flush(input, 0, input.Length, out var at, out var length);
        return output.AsMemory(at, length);
    }

    // What is called Latin-1 is Windows-1252 wherever the two differ, and GB 2312 is a part of GB 18030, which programs write under its name.
    private static Encoding? TryEncoding(string charset)
    {
        var name = charset.Trim().Trim('"', '\'').ToLowerInvariant();
        name = name switch
        {
            "iso-8859-1" or "iso8859-1" or "latin1" or "ansi" => "windows-1252",
            "gb2312" or "gbk" or "gb_2312-80" or "x-gbk" => "gb18030",
            "ks_c_5601-1987" or "euc-kr" or "x-windows-949" => "ks_c_5601-1987",
            "windows-31j" or "x-sjis" or "ms932" or "cp932" or "sjis" => "shift_jis",
            "cp1250" or "cp1251" or "cp1252" or "cp1253" or "cp1254" or "cp1255" or "cp1257" or "cp1258" => $"windows-{name[2..]}",
            "iso-8859-8-i" => "iso-8859-8",
            "utf8" => "utf-8",
            _ => name,
        };
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed class LimitReached(string message) : Exception(message);
}
