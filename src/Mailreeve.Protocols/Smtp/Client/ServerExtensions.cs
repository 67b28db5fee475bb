using System.Globalization;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>What a server said in its answer to EHLO that it can (RFC 5321 §4.1.1.1).</summary>
public sealed record ServerExtensions
{
    /// <summary>Nothing: what a server can that was greeted with HELO.</summary>
    public static readonly ServerExtensions None = new();

    /// <summary>Whether commands may be sent without waiting for each reply (RFC 2920).</summary>
    public bool Pipelining { get; private init; }

    /// <summary>Whether it takes octets above 127 in the content (RFC 6152).</summary>
    public bool EightBitMime { get; private init; }

    /// <summary>Whether it takes addresses outside ASCII (RFC 6531).</summary>
    public bool SmtpUtf8 { get; private init; }

    /// <summary>Whether it offers STARTTLS (RFC 3207).</summary>
    public bool StartTls { get; private init; }

    /// <summary>Whether it takes what a sender asks for about notifications (RFC 3461).</summary>
    public bool Dsn { get; private init; }

    /// <summary>Whether it reads SIZE (RFC 1870).</summary>
    public bool Size { get; private init; }

    /// <summary>Largest message in octets; <see langword="null"/> when it does not say.</summary>
    public long? SizeBytesMax { get; private init; }

    /// <summary>Whether it takes AUTH PLAIN (RFC 4954, RFC 4616).</summary>
    public bool AuthPlain { get; private init; }

    /// <summary>Whether it takes AUTH LOGIN.</summary>
    public bool AuthLogin { get; private init; }

    // ehlo-ok-rsp = ( "250" SP Domain [ SP ehlo-greet ] CRLF ) / ( "250-" … *( "250-" ehlo-line CRLF ) "250" SP ehlo-line CRLF )
    /// <summary>Reads the answer to EHLO. What is not known, or malformed, is passed over.</summary>
    public static ServerExtensions Read(RemoteReply reply)
    {
        var known = None;
        var isGreeting = true;
        foreach (var line in reply.Text.AsSpan().EnumerateLines())
        {
            if (!isGreeting)
                known = known.With(line.Trim());
            isGreeting = false;
        }

        return known;
    }

    // ehlo-line = ehlo-keyword *( SP ehlo-param )
    private ServerExtensions With(ReadOnlySpan<char> line)
    {
        var blank = line.IndexOf(' ');
        var keyword = blank < 0 ? line : line[..blank];
        var parameters = blank < 0 ? default : line[(blank + 1)..].Trim();
        if (Is(keyword, "PIPELINING"))
            return this with { Pipelining = true };
        if (Is(keyword, "8BITMIME"))
            return this with { EightBitMime = true };
        if (Is(keyword, "SMTPUTF8"))
            return this with { SmtpUtf8 = true };
        if (Is(keyword, "STARTTLS"))
            return this with { StartTls = true };
        if (Is(keyword, "DSN"))
            return this with { Dsn = true };
        if (Is(keyword, "SIZE"))
            return this with { Size = true, SizeBytesMax = Limit(parameters) };
        if (Is(keyword, "AUTH"))
            return WithMechanisms(parameters);
        // Servers of the last century wrote "AUTH=LOGIN", and some still do beside the right form.
        return keyword.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase) ? WithMechanisms(line[5..]) : this;
    }

    private ServerExtensions WithMechanisms(ReadOnlySpan<char> mechanisms)
    {
        var known = this;
        foreach (var range in mechanisms.Split(' '))
        {
            if (Is(mechanisms[range], "PLAIN"))
                known = known with { AuthPlain = true };
            else if (Is(mechanisms[range], "LOGIN"))
                known = known with { AuthLogin = true };
        }

        return known;
    }

    // 0 means that there is no fixed limit (RFC 1870 §4).
    private static long? Limit(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit : null;

    private static bool Is(ReadOnlySpan<char> keyword, string name) => keyword.Equals(name, StringComparison.OrdinalIgnoreCase);
}
