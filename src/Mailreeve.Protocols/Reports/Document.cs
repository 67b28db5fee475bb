using System.Text;

namespace Mailreeve.Protocols.Reports;

/// <summary>A document in a report mail: a text body, an attachment, or a file out of an archive.</summary>
/// <param name="Name">File name; empty for a body.</param>
/// <param name="IsBody">Written to be read by a person.</param>
/// <param name="Bytes">Its content, transfer encoding and packing undone.</param>
/// <param name="Charset">The character set that its part states, or null.</param>
internal sealed record Document(string Name, bool IsBody, ReadOnlyMemory<byte> Bytes, string? Charset)
{
    private string? text;

    /// <summary>Its text; UTF-16 is recognised by its mark, HTML is reduced to what a reader sees.</summary>
    public string Text => text ??= IsHtml ? HtmlText.Read(Decoded) : Decoded;

    /// <summary>Whether the part says that it is HTML.</summary>
    public bool IsHtml { get; init; }

    /// <summary>Lower-case ending of the name without the dot; empty when there is none.</summary>
    public string Ending => Name.LastIndexOf('.') is > 0 and var dot ? Name[(dot + 1)..].ToLowerInvariant() : "";

    private string Decoded => Bytes.Span switch
    {
        [0xFF, 0xFE, .. var little] => Encoding.Unicode.GetString(little),
        [0xFE, 0xFF, .. var big] => Encoding.BigEndianUnicode.GetString(big),
        _ => ClearSigned.Open(MailParts.Decode(Bytes.Span, Charset)),
    };

    /// <summary>The documents of a mail, archives opened, in the order of the mail.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="isInner">The documents of attached messages instead of those of the mail itself.</param>
    /// <param name="findings">Takes what could not be opened.</param>
    /// <param name="isEncrypted">Whether something could not be opened because it is encrypted.</param>
    public static List<Document> Of(MailParts mail, bool isInner, Findings findings, out bool isEncrypted)
    {
        var documents = new List<Document>();
        var unpacking = new Containers(findings);
        isEncrypted = false;
        foreach (var part in mail.Parts.Where(p => p.Level > 0 == isInner && IsDocument(p)))
        {
            var name = part.FileName;
            var content = mail.Content(part, findings.Limits.MessageBytes);
            if (Containers.Recognise(content.Span) is { } kind)
                documents.AddRange(unpacking.Open(kind, name, content));
            else if (part.Is("application", "pgp-encrypted") || part.Is("application", "pkcs7-mime") || part.Is("application", "x-pkcs7-mime"))
                isEncrypted = true;
            else
                documents.Add(new Document(name, IsWritten(part, name), content, part.Type?.Charset) { IsHtml = part.Is("text", "html") });
        }

        isEncrypted |= unpacking.MetEncrypted;
        return documents;
    }

    private static bool IsWritten(MailPart part, string name) =>
        name.Length == 0 && part.Type?.IsMimeType("text", "*") != false && !part.Is("text", "csv") && !part.Is("text", "tab-separated-values")
        && !part.Is("text", "json") && !part.Is("text", "xml");

    private static bool IsDocument(MailPart part)
    {
        if (part.ContentEnd <= part.ContentBegin)
            return false;
        var type = part.Type?.MediaType.ToLowerInvariant() ?? "text";
        return type is not ("multipart" or "message" or "image" or "audio" or "video" or "font")
            && !part.Is("application", "pgp-signature") && !part.Is("application", "pkcs7-signature") && !part.Is("application", "x-pkcs7-signature")
            && !part.Is("application", "pgp-keys") && !part.Is("application", "pdf");
    }
}
