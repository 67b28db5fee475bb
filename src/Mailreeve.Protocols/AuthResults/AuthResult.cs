namespace Mailreeve.Protocols.AuthResults;

/// <summary>One result in an Authentication-Results field (RFC 8601 §2.2).</summary>
/// <param name="Method">What was looked at, as in <c>spf</c>.</param>
/// <param name="Result">What came out, as in <c>pass</c>.</param>
public sealed record AuthResult(string Method, string Result)
{
    /// <summary>A few words for people; may come from a stranger.</summary>
    public string? Comment { get; init; }

    /// <summary>What the result is about, as in <c>smtp.mailfrom</c> and <c>sender.example</c>. Values may come from a stranger.</summary>
    public IReadOnlyList<(string Property, string Value)> Properties { get; init; } = [];
}
