namespace Mailreeve.Protocols.Messages;

/// <summary>Reads Message-IDs and makes those that mean the same look the same (RFC 5256 §3, RFC 5322 §3.6.4).</summary>
internal ref struct MessageIds(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> rest = value;

    /// <summary>Reads the next one in angle brackets.</summary>
    /// <param name="id">Takes it without brackets, white space and the quotes of its left side.</param>
    public bool Next(ref OctetWriter id)
    {
        while (true)
        {
            var start = rest.IndexOf((byte)'<');
            if (start < 0)
                return false;
            rest = rest[(start + 1)..];
            var end = rest.IndexOfAny((byte)'<', (byte)'>');
            if (end < 0)
                return false;
            var content = rest[..end];
            rest = rest[end..];
            id.Clear();
            Normalize(content, ref id);
            if (rest[0] == '>' && id.Length > 0)
                return true;
        }
    }

    /// <summary>Reads the only one; brackets may be missing.</summary>
    public static void Single(ReadOnlySpan<byte> value, ref OctetWriter id)
    {
        var ids = new MessageIds(value);
        if (ids.Next(ref id))
            return;
        id.Clear();
        if (!value.ContainsAny((byte)'<', (byte)'>'))
            Normalize(value, ref id);
    }

    private static void Normalize(ReadOnlySpan<byte> content, ref OctetWriter id)
    {
        var isQuoted = false;
        for (var at = 0; at < content.Length; at++)
        {
            var octet = content[at];
            if (octet == '"')
                isQuoted = !isQuoted;
            else if (octet == '\\' && isQuoted && at + 1 < content.Length)
                id.Write(content[++at]);
            else if (isQuoted || octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0))
                id.Write(octet);
        }
    }
}
