using System.Globalization;

namespace Mailreeve.Protocols.Dmarc;

/// <summary>What a domain wants to be done with mail that is not its own (RFC 7489 §6.3).</summary>
public enum DmarcPolicy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is to be looked at with suspicion.</summary>
    Quarantine,

    /// <summary>It is to be refused.</summary>
    Reject,
}

/// <summary>A DMARC record (RFC 7489 §6.3; <c>np</c> is RFC 9091's).</summary>
public sealed record DmarcRecord
{
    private const int LengthMax = 4096;

    /// <summary>For the domain itself.</summary>
    public required DmarcPolicy Policy { get; init; }

    /// <summary>For its subdomains.</summary>
    public required DmarcPolicy SubdomainPolicy { get; init; }

    /// <summary>For subdomains that do not exist; null when it says nothing about them.</summary>
    public DmarcPolicy? NonExistentPolicy { get; init; }

    /// <summary>Whether the domain of a signature has to be the same, and not only of the same organisation.</summary>
    public bool StrictDkim { get; init; }

    /// <summary>Whether the domain that SPF passes has to be the same, and not only of the same organisation.</summary>
    public bool StrictSpf { get; init; }

    /// <summary>To what share of the messages the policy applies, 0–100.</summary>
    public int Percent { get; init; } = 100;

    // dmarc-record = dmarc-version dmarc-sep *(dmarc-tag dmarc-sep); the version comes first, and in capitals.
    /// <summary>Reads a TXT record.</summary>
    /// <returns><see langword="null"/> when it is no DMARC record, or asks for nothing that is known (RFC 7489 §6.6.3).</returns>
    public static DmarcRecord? ParseOrNull(string text)
    {
        if (text.Length > LengthMax || !IsOne(text))
            return null;
        DmarcPolicy? policy = null;
        DmarcPolicy? subdomains = null;
        DmarcPolicy? nonExistent = null;
        var (strictDkim, strictSpf, percent, asksForReports) = (false, false, 100, false);
        foreach (var range in text.AsSpan().Split(';'))
        {
            var tag = text.AsSpan(range);
            var equals = tag.IndexOf('=');
            if (equals < 0)
                continue;
            var value = tag[(equals + 1)..].Trim();
            switch (tag[..equals].Trim())
            {
                case "p": policy = PolicyOf(value); break;
                case "sp": subdomains = PolicyOf(value); break;
                case "np": nonExistent = PolicyOf(value); break;
                case "adkim": strictDkim = IsStrict(value); break;
                case "aspf": strictSpf = IsStrict(value); break;
                case "pct": percent = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var share) && share <= 100 ? share : 100; break;
                case "rua": asksForReports = value.Contains("mailto:", StringComparison.OrdinalIgnoreCase); break;
            }
        }

        // A domain that only wants reports has no wish.
        if (policy is null && !asksForReports)
            return null;
        return new DmarcRecord
        {
            Policy = policy ?? DmarcPolicy.None,
            SubdomainPolicy = subdomains ?? policy ?? DmarcPolicy.None,
            NonExistentPolicy = nonExistent,
            StrictDkim = strictDkim,
            StrictSpf = strictSpf,
            Percent = percent,
        };
    }

    /// <summary>Whether the text is a DMARC record, good or bad.</summary>
    internal static bool IsOne(string text)
    {
        var end = text.IndexOf(';', StringComparison.Ordinal);
        var first = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
        var equals = first.IndexOf('=');
        return equals > 0 && first[..equals].Trim() is "v" && first[(equals + 1)..].Trim() is "DMARC1";
    }

    private static DmarcPolicy? PolicyOf(ReadOnlySpan<char> value) =>
        value.Equals("none", StringComparison.OrdinalIgnoreCase) ? DmarcPolicy.None
        : value.Equals("quarantine", StringComparison.OrdinalIgnoreCase) ? DmarcPolicy.Quarantine
        : value.Equals("reject", StringComparison.OrdinalIgnoreCase) ? DmarcPolicy.Reject
        : null;

    private static bool IsStrict(ReadOnlySpan<char> value) => value is "s" or "S";
}
