using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>XML as bytes in UTF-8, without byte order mark, which some clients take for text before the declaration.</summary>
internal static class XmlText
{
    public static byte[] Write(XDocument document)
    {
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n" };
        using (var writer = XmlWriter.Create(bytes, settings))
            document.Save(writer);
        return bytes.ToArray();
    }
}
