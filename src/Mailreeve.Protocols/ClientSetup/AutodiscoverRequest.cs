using System.Xml;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>What Outlook posts to <c>/autodiscover/autodiscover.xml</c> (MS-OXDSCLI §2.2.3.1).</summary>
/// <param name="Address">The address whose settings are asked for.</param>
/// <param name="WantsMailSettings">
/// Whether the answer may be of the kind that <see cref="Autodiscover"/> writes; a telephone that looks for Exchange ActiveSync asks for another.
/// </param>
public sealed record AutodiscoverRequest(Mailbox Address, bool WantsMailSettings)
{
    /// <summary>Largest request in bytes. Outlook's have about 400.</summary>
    public const int BytesMax = 16 * 1024;

    /// <summary>Reads a request.</summary>
    /// <param name="xml">The body, at most <see cref="BytesMax"/>.</param>
    /// <returns><see langword="null"/> when it is none: no XML, a document type in it, too large, or without an address.</returns>
    public static AutodiscoverRequest? ParseOrNull(ReadOnlyMemory<byte> xml)
    {
        if (xml.Length is 0 or > BytesMax)
            return null;
        try
        {
            using var bytes = new MemoryStream(xml.ToArray(), writable: false);
            using var reader = XmlReader.Create(bytes, Strict);
            return Read(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    // No document types: with them come entities that grow a thousandfold, and files of ours that somebody wants to see.
    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = BytesMax,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    // By local name: clients write the namespace of the request in several ways, and none of them means anything else.
    private static AutodiscoverRequest? Read(XmlReader reader)
    {
        string? address = null;
        string? schema = null;
        while (reader.Read())
        {
            // Autodiscover/Request/EMailAddress is all that we look for; a document much deeper is aimed at a parser.
            if (reader.Depth > 8)
                return null;
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "EMailAddress")
                address ??= Text(reader);
            else if (reader.LocalName == "AcceptableResponseSchema")
                schema ??= Text(reader);
        }

        if (SetupAddress.ParseOrNull(address) is not { } mailbox)
            return null;
        return new AutodiscoverRequest(mailbox, schema is null || schema.Trim() == Autodiscover.SettingsSchema);
    }

    private static string Text(XmlReader reader)
    {
        if (reader.IsEmptyElement)
            return "";
        var text = "";
        while (reader.Read() && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            text += reader.Value;
        return text;
    }
}
