namespace Mailreeve.Protocols.Smtp;

/// <summary>Walks the parameters behind a path: <c>SP keyword [ "=" value ]</c>, any number of times.</summary>
internal ref struct EsmtpParameters(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> rest = rest;

    /// <summary>The keyword, as sent.</summary>
    public ReadOnlySpan<byte> Keyword { get; private set; }

    /// <summary>The value; empty when there was none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the walk ended because of something that is no parameter.</summary>
    public bool Malformed { get; private set; }

    // esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-"); esmtp-value = 1*(%d33-60 / %d62-126)
    public bool MoveNext()
    {
        var trimmed = rest.TrimStart((byte)' ');
        if (trimmed.IsEmpty)
            return false;
        if (trimmed.Length == rest.Length)
            return Stop();

        var end = trimmed.IndexOf((byte)' ');
        var item = end < 0 ? trimmed : trimmed[..end];
        rest = trimmed[item.Length..];
        var equals = item.IndexOf((byte)'=');
        Keyword = equals < 0 ? item : item[..equals];
        Value = equals < 0 ? default : item[(equals + 1)..];
        if (equals >= 0 && (Value.IsEmpty || Value.Contains((byte)'=')))
            return Stop();
        if (Keyword.IsEmpty || Keyword[0] == '-')
            return Stop();
        foreach (var b in Keyword)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '-')
                return Stop();
        }

        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> keyword) => System.Text.Ascii.EqualsIgnoreCase(Keyword, keyword);

    private bool Stop()
    {
        Malformed = true;
        return false;
    }
}
