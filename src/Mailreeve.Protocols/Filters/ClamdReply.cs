namespace Mailreeve.Protocols.Filters;

/// <summary>What clamd says about a message that was sent to it with INSTREAM.</summary>
public abstract record ClamdReply
{
    private ClamdReply()
    {
    }

    /// <summary>Nothing that it knows.</summary>
    public sealed record Clean : ClamdReply;

    /// <summary>Something that it knows.</summary>
    /// <param name="Signature">By what name; letters, digits and <c>.-_</c>.</param>
    public sealed record Malware(string Signature) : ClamdReply;

    /// <summary>It could not look.</summary>
    /// <param name="Why">What it said.</param>
    public sealed record Failed(string Why) : ClamdReply;

    // "stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR"
    /// <summary>Reads a reply, without the NUL at its end.</summary>
    public static ClamdReply Read(string reply)
    {
        var text = reply.Trim();
        if (text.EndsWith(": OK", StringComparison.Ordinal))
            return new Clean();
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        if (colon < 0 || !text.EndsWith(" FOUND", StringComparison.Ordinal))
            return new Failed(text.Length > 100 ? text[..100] : text);
        var name = text.AsSpan(colon + 2, text.Length - colon - 2 - " FOUND".Length);
        Span<char> clean = stackalloc char[Math.Min(name.Length, 100)];
        for (var i = 0; i < clean.Length; i++)
            clean[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '.' or '-' or '_' ? name[i] : '?';
        return new Malware(clean.ToString());
    }
}
