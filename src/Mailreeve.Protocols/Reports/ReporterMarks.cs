namespace Mailreeve.Protocols.Reports;

/// <summary>By what a report's own header shows who reports: people, hosts on the way, and the systems that number messages.</summary>
public sealed record ReporterMarks
{
    private const int Each = 50;

    /// <summary>Mailboxes in From, Sender, Reply-To and Return-Path.</summary>
    public IReadOnlyList<string> Mailboxes { get; init; } = [];

    /// <summary>Display names before them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Host names, domains and addresses: of Received lines, of the Message-ID, of signatures.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Reads them. Never throws.</summary>
    public static ReporterMarks Of(ReadOnlyMemory<byte> mail, ReportLimits limits)
    {
        var head = MailParts.Read(mail.Length > limits.HeaderBytes ? mail[..limits.HeaderBytes] : mail, limits).Root;
        var people = ((string[])["From", "Sender", "Reply-To", "Return-Path"]).SelectMany(head.AllHeaders).Take(Each).ToList();
        var hosts = new List<string>();
        foreach (var line in head.AllHeaders("Received").Take(limits.Hops))
        {
            if (ReceivedLine.Read(line) is not { } hop)
                continue;
            hosts.Add(hop.Address.ToString());
            if (hop.By is { } by)
                hosts.Add(by);
            hosts.AddRange(FromHosts(line));
        }

        hosts.AddRange(head.AllHeaders("Message-ID").Select(id => Notation.Domain(id[(id.LastIndexOf('@') + 1)..].TrimEnd('>', ' '))).OfType<string>());
        hosts.AddRange(head.AllHeaders("DKIM-Signature").Select(SigningDomain).OfType<string>());
        return new ReporterMarks
        {
            Mailboxes = [.. people.SelectMany(Evidence.Mailboxes).Distinct(StringComparer.OrdinalIgnoreCase).Take(Each)],
            Names = [.. people.Select(Evidence.DisplayName).OfType<string>().Distinct().Take(Each)],
            Hosts = [.. hosts.Distinct(StringComparer.OrdinalIgnoreCase).Take(Each)],
        };
    }

    private static IEnumerable<string> FromHosts(string received)
    {
        var by = received.IndexOf(" by ", StringComparison.OrdinalIgnoreCase);
        var from = received.AsSpan(0, by < 0 ? Math.Min(received.Length, 1000) : Math.Min(by, 1000)).ToString();
        return from.Split([' ', '\t', '(', ')', '[', ']', '=']).Select(Notation.Domain).OfType<string>().Take(5);
    }

    private static string? SigningDomain(string signature)
    {
        foreach (var range in signature.AsSpan().Split(';'))
            if (signature.AsSpan()[range].Trim() is ['d', '=', .. var domain])
                return Notation.Domain(domain.ToString());
        return null;
    }
}
