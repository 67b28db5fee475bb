using System.Text;

namespace Mailreeve.Protocols.Dkim;

/// <summary>The records of public keys as lines of a master file (RFC 1035 §5), to be pasted into a zone.</summary>
public static class KeyZoneLines
{
    // One string of a TXT record has at most 255 octets; a key of RSA needs two.
    private const int StringMax = 250;

    /// <summary>Writes them.</summary>
    /// <param name="keys">The keys of one domain.</param>
    public static string Of(IEnumerable<DkimSigningKey> keys)
    {
        var zone = new StringBuilder("; How receivers can tell that mail is the domain's (DKIM, RFC 6376): the keys that this server signs with.\n");
        foreach (var key in keys)
        {
            var text = key.RecordText;
            zone.Append(key.Name).Append(". 3600 IN TXT");
            for (var at = 0; at < text.Length; at += StringMax)
                zone.Append(" \"").Append(text, at, Math.Min(StringMax, text.Length - at)).Append('"');
            zone.Append('\n');
        }

        return zone.ToString();
    }
}
