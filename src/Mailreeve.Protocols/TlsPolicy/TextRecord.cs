namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>The form that the TXT records of MTA-STS and TLS-RPT share: a version, and fields between semicolons.</summary>
internal static class TextRecord
{
    private const int FieldsMax = 20;

    /// <summary>The fields behind the version.</summary>
    /// <returns><see langword="null"/> when the record is of another kind or no list of fields.</returns>
    public static IReadOnlyList<(string Name, string Value)>? FieldsOrNull(string record, string version)
    {
        var parts = record.Split(';', FieldsMax + 1, StringSplitOptions.TrimEntries);
        if (parts.Length > FieldsMax || parts[0] != version)
            return null;
        var fields = new List<(string, string)>();
        foreach (var part in parts.Skip(1).Where(p => p.Length > 0))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                return null;
            fields.Add((part[..equals].Trim(), part[(equals + 1)..].Trim()));
        }

        return fields;
    }
}
