namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>The TXT record that says where the reports of a domain go (RFC 8460 §3).</summary>
public static class TlsReportRecord
{
    private const int UrisMax = 10;

    // tlsrpt-record = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]; tlsrpt-rua = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
    /// <summary>Where the reports go.</summary>
    /// <param name="records">The texts of all TXT records at <c>_smtp._tls.DOMAIN</c>.</param>
    /// <returns><c>mailto:</c> and <c>https:</c> addresses; empty when no reports are wanted, or there is not exactly one good record.</returns>
    public static IReadOnlyList<Uri> AddressesOf(IEnumerable<string> records)
    {
        var known = records.Where(r => r.StartsWith("v=TLSRPTv1", StringComparison.Ordinal)).ToList();
        if (known.Count != 1 || TextRecord.FieldsOrNull(known[0], "v=TLSRPTv1") is not { } fields)
            return [];
        return
        [
            .. fields.Where(f => f.Name == "rua")
                .SelectMany(f => f.Value.Split(',', StringSplitOptions.TrimEntries))
                .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "mailto" or "https" ? uri : null)
                .OfType<Uri>()
                .Take(UrisMax),
        ];
    }

    /// <summary>The mailbox of a <c>mailto:</c> address; <see langword="null"/> when it has none that mail can go to.</summary>
    public static Smtp.Mailbox? MailboxOf(Uri uri)
    {
        var text = uri.OriginalString["mailto:".Length..];
        var query = text.IndexOf('?', StringComparison.Ordinal);
        return Smtp.Mailbox.ParseOrNull(Uri.UnescapeDataString(query < 0 ? text : text[..query]));
    }
}
