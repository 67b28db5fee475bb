using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Policy.Relay;

/// <summary>One way in which a mail server may be led to relay (C7): an envelope that a closed server does not take.</summary>
/// <param name="Name">Lower-case letters and hyphens. Stored with every run, so it never changes its meaning.</param>
/// <param name="From">What stands between the brackets of MAIL FROM, with places as <see cref="RelayNames"/> fills them.</param>
/// <param name="To">What stands between the brackets of RCPT TO.</param>
public sealed record RelayTest(string Name, string From, string To)
{
    /// <summary>The name given in EHLO, with places; <see langword="null"/> for our own.</summary>
    public string? Helo { get; init; }

    /// <summary>Whether RCPT TO is said without brackets, as only servers that read loosely take it.</summary>
    public bool IsBare { get; init; }

    /// <summary>The same test in other collections, so that results can be compared.</summary>
    public IReadOnlyList<string> SameAs { get; init; } = [];

    /// <summary>The lines that carry the test out.</summary>
    /// <returns><see langword="false"/> when it needs a name that is not known.</returns>
    public bool TryFill(RelayNames names, [NotNullWhen(true)] out RelayEnvelope? envelope)
    {
        envelope = null;
        if (names.Fill(From) is not { } from || names.Fill(To) is not { } to)
            return false;
        string? helo = null;
        if (Helo is not null && (helo = names.Fill(Helo)) is null)
            return false;
        envelope = new RelayEnvelope(helo, $"MAIL FROM:<{from}>", IsBare ? $"RCPT TO: {to}" : $"RCPT TO:<{to}>");
        return true;
    }
}

/// <summary>A test as it is said, without line ends.</summary>
/// <param name="Helo">The name for EHLO; <see langword="null"/> for our own.</param>
/// <param name="Mail">The MAIL command.</param>
/// <param name="Rcpt">The RCPT command.</param>
public sealed record RelayEnvelope(string? Helo, string Mail, string Rcpt);
