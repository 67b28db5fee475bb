namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>The TXT record that says that a domain has an MTA-STS policy, and which (RFC 8461 §3.1).</summary>
public static class StsRecord
{
    private const int IdLengthMax = 32;

    // sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]; sts-version = %s"v=STSv1"
    // sts-id = %s"id=" 1*32(ALPHA / DIGIT)
    /// <summary>The id of the policy.</summary>
    /// <param name="records">The texts of all TXT records at <c>_mta-sts.DOMAIN</c>.</param>
    /// <returns><see langword="null"/> when there is no record, more than one, or one that is malformed: then there is no policy.</returns>
    public static string? IdOrNull(IEnumerable<string> records)
    {
        string? only = null;
        foreach (var record in records)
        {
            if (TextRecord.FieldsOrNull(record, "v=STSv1") is null)
                continue;
            if (only is not null)
                return null;
            only = record;
        }

        if (only is null)
            return null;
        var ids = TextRecord.FieldsOrNull(only, "v=STSv1")!.Where(f => f.Name == "id").ToList();
        return ids is [{ Value: { Length: > 0 and <= IdLengthMax } id }] && id.All(char.IsAsciiLetterOrDigit) ? id : null;
    }
}
