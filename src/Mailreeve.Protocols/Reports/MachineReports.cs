using NodaTime;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Reports that are documents: tables, JSON events and XML, attached, packed or in the text. Tried from the most explicit on: a
/// document that names its own format, then what only looks like a list of events.
/// </summary>
internal static class MachineReports
{
    private const int TextCharsMax = 4 << 20;
    private const int ProseCharsMax = 4_000;

    /// <summary>Reads the documents of the mail, or of the messages attached to it.</summary>
    /// <returns>Null when none is a report.</returns>
    public static ReportReading? Read(MailParts mail, bool isInner, Findings findings)
    {
        var documents = Document.Of(mail, isInner, findings, out var isEncrypted);
        var around = Surroundings.Of(mail, documents);
        return ReadXml(documents, around, findings)
            ?? ReadJson(documents, around, findings)
            ?? ReadLines(documents, around, findings)
            ?? ReadTables(documents, around, findings)
            ?? ReadOtherXml(documents, around, findings)
            ?? (isEncrypted && !isInner
                ? new ReportReading { NeedsPerson = new Attention(AttentionReason.Encrypted, "What it reports is encrypted: ask the reporter for the password, or decrypt it.") }
                : null);
    }

    private static ReportReading? ReadXml(List<Document> documents, Surroundings around, Findings findings)
    {
        ReportReading? reading = null;
        foreach (var document in documents.Where(d => LooksLikeXml(d)))
        {
            var text = document.Text;
            // The same notice often stands in the text and in an attachment.
            if (reading is null or { Format: ReportFormat.Iodef or ReportFormat.DmarcAggregate })
                reading = ReadXml(text, around.Of(document.Name), findings) ?? reading;
        }

        return reading;
    }

    private static ReportReading? ReadXml(string text, EventContext context, Findings findings)
    {
        if (XmlNode.TryFind(text, Acns.Root, findings, out var notice))
            return notice is null ? XarfJson.Invalid(ReportFormat.Acns) : Acns.Read(notice, findings);
        if (XmlNode.TryFind(text, Iodef.Root, findings, out var incidents))
            return incidents is null ? XarfJson.Invalid(ReportFormat.Iodef) : Iodef.Read(incidents, context, findings);
        if (XmlNode.TryFind(text, SafeBrowsing.Root, findings, out var alert))
        {
            var before = findings.Observations.Count;
            var read = alert is null ? XarfJson.Invalid(ReportFormat.SafeBrowsing) : SafeBrowsing.Read(alert, findings);
            return alert is null || findings.Observations.Count > before ? read : null;
        }

        if (!XmlNode.TryFind(text, DmarcAggregate.Root, findings, out var feedback))
            return null;
        return feedback is null ? XarfJson.Invalid(ReportFormat.DmarcAggregate) : DmarcAggregate.Read(feedback, findings);
    }

    private static ReportReading? ReadJson(List<Document> documents, Surroundings around, Findings findings)
    {
        ReportReading? reading = null;
        foreach (var document in documents.Where(d => !d.IsBody && !d.IsHtml))
        {
            if (XarfJson.LooksLikeXarf(document.Bytes.Span))
                reading ??= XarfJson.ReadAll([document.Bytes], findings);
            else
                reading = JsonEvents.Read(document.Bytes, around.Of(document.Name), findings) ?? reading;
        }

        foreach (var body in documents.Where(d => d.IsBody && !d.IsHtml))
            reading ??= JsonEvents.ReadPasted(body.Text, around.Of(""), findings);
        return reading;
    }

    private static ReportReading? ReadLines(List<Document> documents, Surroundings around, Findings findings)
    {
        var read = 0;
        // Of the same text as plain and as HTML the plain one is enough.
        foreach (var document in documents.Where(d => d.IsBody || (d.Ending is "txt" or "log" or "csv" or "" && IsTabular(d))).OrderBy(d => d.IsHtml))
            read += (read > 0 && document.IsHtml) || document.Bytes.Span.IndexOf((byte)'=') < 0 ? 0 : KeyValueLines.Read(Beginning(document.Text), around.Of(document.Name), findings);
        return read > 0 ? new ReportReading { Format = ReportFormat.LogExcerpt } : null;
    }

    // After all that is known by name, and tables beside it.
    private static ReportReading? ReadOtherXml(List<Document> documents, Surroundings around, Findings findings)
    {
        ReportReading? reading = null;
        foreach (var document in documents.Where(d => !d.IsBody && !d.IsHtml && d.Bytes.Span.IndexOf("<?xml"u8) is >= 0 and < 8))
            reading = XmlEvents.Read(document.Text, around.Of(document.Name), findings) ?? reading;
        return reading;
    }

    private static ReportReading? ReadTables(List<Document> documents, Surroundings around, Findings findings)
    {
        var isTable = false;
        foreach (var document in documents.Where(d => !d.IsBody && !d.IsHtml && IsTabular(d)))
            isTable |= Table.TryReadFile(document.Text, around.Of(document.Name), findings);
        if (isTable)
            return new ReportReading { Format = ReportFormat.Csv };

        // Of the same text as plain and as HTML the plain one is enough.
        foreach (var body in documents.Where(d => (d.IsBody || d.Ending is "txt" or "log" or "") && d.Bytes.Length > 0).OrderBy(d => d.IsHtml))
        {
            if (Table.ReadText(Beginning(body.Text), around.Of(body.Name), findings) > 0)
                return new ReportReading { Format = ReportFormat.TextTable };
        }

        return null;
    }

    private static string Beginning(string text) => (text.Length > TextCharsMax ? text[..TextCharsMax] : text).Replace('\u2212', '-');

    // By what it holds, except that what is surely something else is not looked at.
    private static bool IsTabular(Document document) =>
        document.Ending is not ("pdf" or "png" or "jpg" or "gif" or "doc" or "docx" or "xlsx" or "xls" or "eml" or "html" or "htm" or "asc" or "sig" or "pem" or "pcap" or "js" or "exe")
        && (!document.Bytes.Span[..Math.Min(document.Bytes.Length, 512)].Contains((byte)0) || document.Bytes.Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]);

    private static bool LooksLikeXml(Document document)
    {
        var bytes = document.Bytes.Span;
        return bytes.IndexOf((byte)'<') >= 0
            && (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
                || bytes.IndexOf("<Infringement"u8) >= 0 || bytes.IndexOf("IODEF-Document"u8) >= 0
                || bytes.IndexOf("notification_message"u8) >= 0 || bytes.IndexOf("<feedback"u8) >= 0 || bytes.IndexOf(":feedback"u8) >= 0);
    }

    /// <summary>What the mail says around its documents.</summary>
    private sealed record Surroundings(string Subject, Instant? SentAt, string? Zone, string Prose)
    {
        public static Surroundings Of(MailParts mail, List<Document> documents)
        {
            var bodies = documents.Where(d => d.IsBody).OrderBy(d => d.IsHtml).ToList();
            return new Surroundings(
                mail.Root.Header("Subject") ?? "",
                ReportedTime.Read(mail.Root.Header("Date")).Utc,
                bodies.Select(d => Cells.ZoneInWords(Beginning(d.Text))).FirstOrDefault(z => z is not null),
                bodies.Count == 0 ? "" : bodies[0].Text is var text && text.Length > ProseCharsMax ? text[..ProseCharsMax] : bodies[0].Text);
        }

        public EventContext Of(string name) => EventContext.Of(name, Subject, Zone, SentAt, Prose);
    }
}
