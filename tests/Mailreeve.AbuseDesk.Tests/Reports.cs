using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>Reports as they arrive by mail.</summary>
internal static class Reports
{
    private static readonly InstantPattern Rfc5322 =
        InstantPattern.CreateWithInvariantCulture("ddd, dd MMM uuuu HH:mm:ss '+0000'");

    private static long messages;

    /// <summary>An ARF report (RFC 5965).</summary>
    /// <param name="address">The source.</param>
    /// <param name="at">When it happened; null to leave it out.</param>
    /// <param name="reporter">From whom.</param>
    /// <param name="time">The time as it is to stand there, instead of <paramref name="at"/>.</param>
    /// <param name="messageId">Of the evidence; null for one that no other report has.</param>
    /// <param name="header">Further header fields, each with its line end.</param>
    /// <param name="kind">The feedback type.</param>
    /// <param name="original">The message complained about; null for one of its own.</param>
    /// <param name="agent">The program that wrote it.</param>
    public static string Arf(
        string? address, Instant? at = null, string reporter = "fbl@reporter.example", string? time = null, string? messageId = null,
        string header = "", string kind = "abuse", string? original = null, string agent = "Loop/1.0") =>
        Arf([address], time ?? (at is { } i ? Rfc5322.Format(i) : null), reporter, messageId, header, kind, original, agent);

    /// <summary>A message as it is complained about.</summary>
    public static string Evidence(string messageId) => $"""
        From: Garden Offers <offers@alder.example>
        To: Wanda <wanda@reporter.example>
        Subject: Half price hedge trimmers
        Message-ID: <{messageId}>
        Date: Mon, 2 Mar 2026 09:00:00 +0000

        Order today.

        """;

    /// <summary>An ARF report about several sources.</summary>
    public static string Arf(
        IReadOnlyList<string?> addresses, string? time, string reporter = "fbl@reporter.example", string? messageId = null,
        string header = "", string kind = "abuse", string? original = null, string agent = "Loop/1.0")
    {
        var id = messageId ?? string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref messages)}@alder.example");
        var sources = new StringBuilder();
        foreach (var address in addresses.OfType<string>())
            sources.Append("Source-IP: ").Append(address).Append('\n');
        return $"""
            From: Reporter <{reporter}>
            To: abuse@provider.example
            Subject: Complaint
            Message-ID: <r-{id}>
            Date: Mon, 2 Mar 2026 10:00:00 +0000
            {header}MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="cut-here"

            --cut-here
            Content-Type: text/plain

            A user complained about the attached message.

            --cut-here
            Content-Type: message/feedback-report

            Feedback-Type: {kind}
            User-Agent: {agent}
            Version: 1
            {sources}{(time is null ? "" : $"Arrival-Date: {time}\n")}
            --cut-here
            Content-Type: message/rfc822

            {original ?? Evidence(id)}
            --cut-here--

            """;
    }
}
