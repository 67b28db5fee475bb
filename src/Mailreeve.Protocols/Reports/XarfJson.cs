using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Mailreeve.Protocols.Reports;

/// <summary>Finds XARF JSON documents and opens them safely. The version decides who reads on.</summary>
internal static class XarfJson
{
    private const int PastedTries = 5;

    /// <summary>The documents in the mail: parts, attached under any type, or else one that is pasted into the text.</summary>
    public static List<ReadOnlyMemory<byte>> Find(MailParts mail)
    {
        var attached = new List<ReadOnlyMemory<byte>>();
        foreach (var part in mail.Parts.Where(p => p.Level == 0))
        {
            // Some senders label the document multipart/report and give it a .json name.
            var named = part.Is("application", "json") || part.Is("application", "xarf+json") || part.Is("text", "json")
                || part.FileName.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || part.FileName.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
                || part.Is("application", "x-ndjson") || part.Is("application", "jsonl");
            if (named && LooksLikeXarf(mail.Content(part).Span))
                attached.Add(mail.Content(part));
        }

        if (attached.Count > 0)
            return attached;
        foreach (var part in mail.Parts.Where(p => p.Level == 0 && p.Type?.IsMimeType("text", "*") != false))
        {
            var content = mail.Content(part);
            if (LooksLikeXarf(content.Span) && Pasted(content) is { } document)
                return [document];
        }

        return [];
    }

    /// <summary>Reads all of them: one mail may carry a document for each event. What is said about the report as a whole, the first says.</summary>
    public static ReportReading ReadAll(IReadOnlyList<ReadOnlyMemory<byte>> documents, Findings findings)
    {
        var readings = documents.SelectMany(Single).Take(findings.Limits.Observations).Select(d => Read(d, findings, isByMail: true)).ToList();
        return readings.Find(r => r.NeedsPerson is null) ?? readings[0];
    }

    /// <summary>Reads one document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="findings">Takes what it says and what is wrong with it.</param>
    /// <param name="isByMail">
    /// Whether nobody can be told to send it again. Then what breaks the schema goes to a person with the facts that can be read in it.
    /// </param>
    public static ReportReading Read(ReadOnlyMemory<byte> json, Findings findings, bool isByMail = false)
    {
        var format = json.Span.IndexOf("\"xarf_version\""u8) >= 0 ? ReportFormat.XarfV4
            : json.Span.IndexOf("\"ReporterInfo\""u8) >= 0 ? ReportFormat.XarfV3
            : ReportFormat.None;
        try
        {
            if (Opening(json, findings) is not { } text)
                return Invalid(format);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                MaxDepth = findings.Limits.JsonDepth,
                AllowDuplicateProperties = false,
            });
            var root = document.RootElement;
            format = FormatOf(root);
            return format switch
            {
                ReportFormat.XarfV4 => XarfV4.Read(root, findings, isByMail),
                ReportFormat.None => new ReportReading
                {
                    NeedsPerson = new Attention(AttentionReason.UnknownFormat, "JSON, but not an XARF report: no xarf_version and no Report."),
                },
                _ => XarfV3.Read(root, format, findings, isByMail),
            };
        }
        catch (JsonException e)
        {
            findings.Problem($"The JSON cannot be read: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            // A text with half a surrogate pair passes the parser and fails here.
            findings.Problem($"A JSON text is not valid Unicode: {e.Message}");
        }

        return Invalid(format);
    }

    public static ReportReading Invalid(ReportFormat format) => new()
    {
        Format = format,
        NeedsPerson = new Attention(AttentionReason.InvalidSchema, "The report breaks the rules of its format; the problems say where."),
    };

    /// <summary>Evidence payload that is said to be base64; null when it is not.</summary>
    public static byte[]? FromBase64(string payload, ReportLimits limits)
    {
        if (payload.Length / 4 * 3 > limits.PartBytes)
            return null;
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(payload.Length) + 3];
        return Convert.TryFromBase64String(payload, bytes, out var length) ? bytes[..length] : null;
    }

    private static ReadOnlyMemory<byte>? Opening(ReadOnlyMemory<byte> json, Findings findings)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        if (json.Length > findings.Limits.MessageBytes)
            findings.CutOff($"The JSON has {json.Length} bytes; the limit is {findings.Limits.MessageBytes}.");
        else if (json.Length > 1 && (json.Span[0] is 0 or 0xFF or 0xFE || json.Span[1] == 0))
            findings.Problem("The JSON is UTF-16 or UTF-32; it must be UTF-8 (RFC 8259 §8.1).");
        else if (!Utf8.IsValid(json.Span))
            findings.Problem("The JSON is not valid UTF-8 (RFC 8259 §8.1).");
        else
            return json;
        return null;
    }

    private static ReportFormat FormatOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return ReportFormat.None;
        if (root.TryGetProperty("xarf_version", out _)
            || (root.TryGetProperty("source_identifier", out _) && root.TryGetProperty("category", out _)))
            return ReportFormat.XarfV4;
        if (!root.TryGetProperty("ReporterInfo", out _) && !root.TryGetProperty("Report", out _) && !root.TryGetProperty("Version", out _))
            return ReportFormat.None;
        var version = root.TryGetProperty("Version", out var v) ? v.ToString() : "";
        return version.StartsWith('1') || version.StartsWith("0.1", StringComparison.Ordinal) ? ReportFormat.XarfV1
            : version.StartsWith('2') || version.StartsWith("0.2", StringComparison.Ordinal) ? ReportFormat.XarfV2
            : ReportFormat.XarfV3;
    }

    /// <summary>Whether the bytes have keys that only XARF documents have.</summary>
    public static bool LooksLikeXarf(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOf("\"xarf_version\""u8) >= 0 || bytes.IndexOf("\"ReporterInfo\""u8) >= 0
        || (bytes.IndexOf("\"source_identifier\""u8) >= 0 && bytes.IndexOf("\"report_id\""u8) >= 0);

    /// <summary>Whether the bytes have a key of XARF, be it a valid document or not.</summary>
    public static bool IsXarf(ReadOnlySpan<byte> bytes) =>
        LooksLikeXarf(bytes) || bytes.IndexOf("\"ReportClass\""u8) >= 0 || bytes.IndexOf("\"ReportType\""u8) >= 0
        || bytes.IndexOf("\"source_identifier\""u8) >= 0;

    // A list of documents, one on each line, or a list in a wrapper: one incident each, as the format wants it.
    private static IEnumerable<ReadOnlyMemory<byte>> Single(ReadOnlyMemory<byte> document)
    {
        var list = new List<ReadOnlyMemory<byte>>();
        var span = document.Span;
        var depthMax = span.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'[', ..] ? 1 : 2;
        try
        {
            var start = span.StartsWith("\uFEFF"u8) ? 3 : 0;
            var reader = new Utf8JsonReader(span[start..], new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 64 });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject || reader.CurrentDepth > depthMax)
                    continue;
                var from = (int)reader.TokenStartIndex;
                var inside = reader;
                inside.Skip();
                var length = (int)inside.BytesConsumed - from;
                if (!HasOwnKey(span.Slice(start + from, length)))
                    continue;
                list.Add(document.Slice(start + from, length));
                reader = inside;
            }
        }
        catch (JsonException)
        {
            // Whoever reads it as one document says what is wrong with it.
            return [document];
        }

        return list.Count > 0 ? list : [document];
    }

    // Whether the object itself, and not one in it, is a document of XARF.
    private static bool HasOwnKey(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("xarf_version"u8) || reader.ValueTextEquals("ReporterInfo"u8) || reader.ValueTextEquals("source_identifier"u8) || reader.ValueTextEquals("Report"u8))
                return true;
            reader.Skip();
        }

        return false;
    }

    // The document is the first balanced object that holds a key of XARF; what surrounds it is prose.
    private static ReadOnlyMemory<byte>? Pasted(ReadOnlyMemory<byte> content)
    {
        var at = 0;
        for (var tries = 0; tries < PastedTries; tries++)
        {
            var open = content.Span[at..].IndexOf((byte)'{');
            if (open < 0)
                return null;
            at += open;
            if (ObjectAt(content.Span[at..]) is { } length && LooksLikeXarf(content.Span.Slice(at, length)))
                return content.Slice(at, length);
            at++;
        }

        return null;
    }

    private static int? ObjectAt(ReadOnlySpan<byte> span)
    {
        try
        {
            var reader = new Utf8JsonReader(span, isFinalBlock: false, default);
            return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
