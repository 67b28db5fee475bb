using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;

namespace Mailreeve.Protocols.TlsPolicy;

/// <summary>What a domain is told about TLS with its hosts on one day (RFC 8460 §4).</summary>
public sealed record TlsReport
{
    /// <summary>Who reports: the provider's name.</summary>
    public required string Organization { get; init; }

    /// <summary>The domain of the address in From, which stands for us.</summary>
    public required string Submitter { get; init; }

    /// <summary>Whom to ask about it, as an address.</summary>
    public required string Contact { get; init; }

    /// <summary>The domain that is reported to.</summary>
    public required string Domain { get; init; }

    /// <summary>The day; it begins and ends at midnight UTC.</summary>
    public required LocalDate Day { get; init; }

    /// <summary>What was seen, by policies.</summary>
    public required IReadOnlyList<TlsReportPolicy> Policies { get; init; }

    /// <summary>Its name among all reports, and that of its file without an ending. The same for the same day and domain, so that twice is once.</summary>
    public string Id => $"{Day:uuuu'-'MM'-'dd}.{Domain}";

    /// <summary>Its file, as RFC 8460 §5.1 names it.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Submitter}!{Domain}!{Begin.ToUnixTimeSeconds()}!{End.ToUnixTimeSeconds()}.json.gz");

    private Instant Begin => Day.AtMidnight().InUtc().ToInstant();

    private Instant End => Begin + Duration.FromDays(1) - Duration.FromSeconds(1);

    /// <summary>The report as JSON, compressed.</summary>
    public byte[] ToGzip()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(ToJson());
        return compressed.ToArray();
    }

    /// <summary>The report as JSON (RFC 8460 §4.4).</summary>
    public byte[] ToJson()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("organization-name", Organization);
            json.WriteStartObject("date-range");
            json.WriteString("start-datetime", $"{Begin:uuuu-MM-dd'T'HH:mm:ss'Z'}");
            json.WriteString("end-datetime", $"{End:uuuu-MM-dd'T'HH:mm:ss'Z'}");
            json.WriteEndObject();
            json.WriteString("contact-info", Contact);
            json.WriteString("report-id", $"{Id}@{Submitter}");
            json.WriteStartArray("policies");
            foreach (var policy in Policies)
                policy.WriteTo(json, Domain);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The report as a message (RFC 8460 §5.3), not signed.</summary>
    /// <param name="from">Its sender, at <see cref="Submitter"/>.</param>
    /// <param name="to">Its recipient.</param>
    /// <param name="now">When it is written.</param>
    public byte[] ToMessage(string from, string to, Instant now)
    {
        var boundary = $"=_{Id}";
        var text = new StringBuilder()
            .Append("From: <").Append(from).Append(">\r\n")
            .Append("To: <").Append(to).Append(">\r\n")
            .Append("Date: ").Append(now.ToDateTimeUtc().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)).Append("\r\n")
            .Append("Subject: Report Domain: ").Append(Domain).Append("\r\n Submitter: ").Append(Submitter).Append("\r\n Report-ID: <").Append(Id).Append('@').Append(Submitter).Append(">\r\n")
            .Append("Message-ID: <").Append(Id).Append('@').Append(Submitter).Append(">\r\n")
            .Append("TLS-Report-Domain: ").Append(Domain).Append("\r\n")
            .Append("TLS-Report-Submitter: ").Append(Submitter).Append("\r\n")
            .Append("TLS-Required: No\r\n")
            .Append("Auto-Submitted: auto-generated\r\n")
            .Append("MIME-Version: 1.0\r\n")
            .Append("Content-Type: multipart/report; report-type=tlsrpt;\r\n boundary=\"").Append(boundary).Append("\"\r\n\r\n")
            .Append("--").Append(boundary).Append("\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n")
            .Append("This is an aggregate TLS report from ").Append(Submitter).Append(" for ").Append(Domain).Append(".\r\n\r\n")
            .Append("--").Append(boundary).Append("\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n")
            .Append("Content-Disposition: attachment;\r\n filename=\"").Append(FileName).Append("\"\r\n\r\n")
            .Append(Convert.ToBase64String(ToGzip(), Base64FormattingOptions.InsertLineBreaks)).Append("\r\n--").Append(boundary).Append("--\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>What was seen under one policy.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Lines">What it says.</param>
/// <param name="Hosts">The mail hosts that it names, or of which it is.</param>
/// <param name="Good">Sessions that did what it demands.</param>
/// <param name="Failures">Those that did not.</param>
public sealed record TlsReportPolicy(TlsPolicyType Type, IReadOnlyList<string> Lines, IReadOnlyList<string> Hosts, long Good, IReadOnlyList<TlsReportFailure> Failures)
{
    internal void WriteTo(Utf8JsonWriter json, string domain)
    {
        json.WriteStartObject();
        json.WriteStartObject("policy");
        json.WriteString("policy-type", Type.Word());
        WriteList(json, "policy-string", Lines);
        json.WriteString("policy-domain", Type == TlsPolicyType.Tlsa && Hosts.Count > 0 ? Hosts[0] : domain);
        WriteList(json, "mx-host", Hosts);
        json.WriteEndObject();
        json.WriteStartObject("summary");
        json.WriteNumber("total-successful-session-count", Good);
        json.WriteNumber("total-failure-session-count", Failures.Sum(f => f.Sessions));
        json.WriteEndObject();
        if (Failures.Count > 0)
        {
            json.WriteStartArray("failure-details");
            foreach (var failure in Failures)
                failure.WriteTo(json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

/// <summary>Sessions that failed the same way.</summary>
/// <param name="Result">In the words of RFC 8460 §4.3.</param>
/// <param name="Host">The mail host.</param>
/// <param name="Address">Its address.</param>
/// <param name="Source">Our address; empty when it is not known.</param>
/// <param name="Sessions">How many.</param>
public sealed record TlsReportFailure(string Result, string Host, string Address, string Source, long Sessions)
{
    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("result-type", Result);
        if (Source.Length > 0)
            json.WriteString("sending-mta-ip", Source);
        json.WriteString("receiving-mx-hostname", Host);
        json.WriteString("receiving-ip", Address);
        json.WriteNumber("failed-session-count", Sessions);
        json.WriteEndObject();
    }
}
