using System.Text;
using System.Text.Json;

namespace Mailreeve.AbuseDesk.Tests.Redaction;

/// <summary>Reports of every kind about 192.0.2.7, with canaries at every place where a recipient or a reporter can stand.</summary>
internal static class CanaryReports
{
    public const string Source = "192.0.2.7";

    public static readonly IReadOnlyList<string> Kinds =
    [
        "arf", "arf-headers", "arf-redacted", "jmrp", "x-arf", "xarf-v3", "xarf-v4", "xarf-v4-log", "forwarded", "text", "text-html", "text-log", "csv", "json",
    ];

    public static readonly IReadOnlyList<string> Encodings = ["plain", "base64", "quoted-printable", "html", "upper", "raw-quoted-printable"];

    public static (byte[] Raw, bool IsJson) Write(string kind, string encoding, Canary c)
    {
        var text = kind switch
        {
            "arf" => Arf(c, Spam(c, encoding), "message/rfc822"),
            "arf-headers" => Arf(c, Spam(c, encoding).Split("\n\n")[0] + "\n", "text/rfc822-headers"),
            "arf-redacted" => Arf(c, Spam(c with { Local = "x" }, encoding).Replace($"<x@{c.Domain}>", "<x>", StringComparison.Ordinal)
                .Replace($"x@{c.Domain}", c.Mailbox, StringComparison.Ordinal), "message/rfc822"),
            "jmrp" => $"{Head(c)}Subject: complaint about message from {Source}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"o-u-t\"\n\n"
                + $"--o-u-t\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: {c.Mailbox}\n{Spam(c, encoding)}\n--o-u-t--\n",
            "x-arf" => XArf(c),
            "xarf-v3" => XarfV3(c, Spam(c, encoding)),
            "xarf-v4" => XarfV4(c, "message/rfc822", Spam(c, encoding)),
            "xarf-v4-log" => XarfV4(c, "text/plain", Log(c)),
            "forwarded" => $"{Head(c)}Subject: Fwd: spam for {c.Mailbox}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"o-u-t\"\n\n"
                + $"--o-u-t\nContent-Type: text/plain\n\nMy name is {c.First} {c.Last}. See {c.Mailbox}.\n--o-u-t\nContent-Type: message/rfc822; name=\"{c.Mailbox}.eml\"\n\n"
                + $"{Spam(c, encoding)}\n--o-u-t--\n",
            "text" => $"{Head(c)}Subject: Spam from {Source} to {c.Mailbox}\nMIME-Version: 1.0\n{Encoded(Letter(c), encoding)}",
            "text-html" => $"{Head(c)}Subject: Spam from {Source}\nMIME-Version: 1.0\n{Encoded(Letter(c), "html")}",
            "text-log" => $"{Head(c)}Subject: Abuse from {Source}\nMIME-Version: 1.0\n{Encoded($"Hello,\n\nthe address {Source} attacks {c.VictimHost}.{c.Domain}:\n\n{Log(c)}\n-- \n{c.First} {c.Last}, {c.Reporter}\n", encoding)}",
            "csv" => $"{Head(c)}Subject: Report {c.Number}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"o-u-t\"\n\n--o-u-t\nContent-Type: text/plain\n\nSee the file.\n"
                + $"--o-u-t\nContent-Type: text/csv; name=\"{c.Mailbox}.csv\"\nContent-Disposition: attachment; filename=\"{c.Mailbox}.csv\"\n\n{Csv(c)}\n--o-u-t--\n",
            "json" => $"{Head(c)}Subject: Report\nMIME-Version: 1.0\nContent-Type: application/json; name=\"events.json\"\n\n{EventsJson(c)}\n",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return (Encoding.UTF8.GetBytes(text), kind is "xarf-v3" or "xarf-v4" or "xarf-v4-log");
    }

    private static string Head(Canary c) => $"""
        Return-Path: <{c.Reporter}>
        Received: from out.{c.ReporterDomain} (out.{c.ReporterDomain} [{c.HopAddress}])
         by mx.provider.example with ESMTPS id 77 for <abuse@provider.example>; Mon, 2 Mar 2026 10:00:01 +0000
        DKIM-Signature: v=1; a=rsa-sha256; d={c.ReporterDomain}; s=a; h=from; bh=x; b=y
        From: "{c.First} {c.Last}" <{c.Reporter}>
        To: abuse@provider.example
        Message-ID: <{c.Number}@out.{c.ReporterDomain}>
        Date: Mon, 2 Mar 2026 10:00:00 +0000

        """.ReplaceLineEndings("\n");

    private static string Arf(Canary c, string original, string type) => Head(c) + $"""
        Subject: Complaint of {c.Mailbox}
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="cut-here"

        --cut-here
        Content-Type: text/plain

        {c.First} {c.Last} ({c.Mailbox}) complained.

        --cut-here
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: {c.ReporterLocal}/1.0
        Version: 1
        Source-IP: {Source}
        Original-Rcpt-To: <{c.Mailbox}>
        Original-Mail-From: <bounce-{c.Number}-{c.Local}={c.Domain}@alder.example>
        Reporting-MTA: dns; mx.{c.Domain}
        Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0000

        --cut-here
        Content-Type: {type}

        {original}
        --cut-here--

        """.ReplaceLineEndings("\n");

    private static string XArf(Canary c) => Head(c) + $"""
        Subject: abuse report about {Source}
        X-XARF: PLAIN
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="o-u-t"

        --o-u-t
        Content-Type: text/plain

        {c.First} of {c.ReporterDomain} reports.
        --o-u-t
        Content-Type: text/plain; name="report.txt"

        ---
        Reported-From: {c.Reporter}
        Report-ID: {c.Number}@{c.ReporterDomain}
        Category: abuse
        Report-Type: login-attack
        Service: ssh
        User-Agent: {c.ReporterLocal}
        Date: Mon, 02 Mar 2026 09:00:00 +0000
        Source: {Source}
        Source-Type: ip-address
        Port: 22
        Schema-URL: http://{c.ReporterDomain}/schema/abuse_login-attack_0.1.2.json
        Attachment: text/plain

        --o-u-t
        Content-Type: text/plain; name="{c.Mailbox}.log"

        {Log(c)}
        --o-u-t--

        """.ReplaceLineEndings("\n");

    private static string XarfV3(Canary c, string sample) => JsonSerializer.Serialize(new
    {
        Version = "3.0.0",
        ReporterInfo = new { ReporterOrg = $"{c.First} {c.Last}", ReporterOrgDomain = c.ReporterDomain, ReporterOrgEmail = c.Reporter },
        Disclosure = true,
        Report = new
        {
            ReportClass = "Activity",
            ReportType = "Spam",
            Date = "2026-03-02T09:00:00Z",
            SourceIp = Source,
            SmtpMailFromAddress = "offers@alder.example",
            SmtpRcptToAddress = c.Mailbox,
            Samples = new[] { new { ContentType = "message/rfc822", Base64Encoded = true, Description = c.Mailbox, Payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(sample)) } },
        },
    });

    private static string XarfV4(Canary c, string type, string evidence) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["xarf_version"] = "4.2.0",
        ["report_id"] = "5d1b6f1e-8a4f-4f62-9c43-0e6a7f3f1a11",
        ["timestamp"] = "2026-03-02T09:00:00Z",
        ["reporter"] = new Dictionary<string, string> { ["org"] = $"{c.First} {c.Last}", ["contact"] = c.Reporter, ["domain"] = c.ReporterDomain },
        ["sender"] = new Dictionary<string, string> { ["org"] = c.Last, ["contact"] = c.Reporter, ["domain"] = c.ReporterDomain },
        ["source_identifier"] = Source,
        ["source_port"] = 4711,
        ["category"] = "messaging",
        ["type"] = "spam",
        ["protocol"] = "smtp",
        ["smtp_from"] = "offers@alder.example",
        ["smtp_to"] = c.Mailbox,
        ["subject"] = $"For {c.First}",
        ["tags"] = new[] { c.Token, c.Mailbox },
        ["description"] = $"{Source} wrote to {c.Mailbox} at {c.VictimAddress}",
        ["evidence"] = new[]
        {
            new Dictionary<string, string> { ["content_type"] = type, ["description"] = c.Mailbox, ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(evidence)) },
        },
    });

    private static string Letter(Canary c) => $"""
        Dear abuse desk,

        {c.Mailbox} got spam from {Source} at Mon, 2 Mar 2026 09:00:00 +0000 through {c.VictimHost}.{c.Domain} ({c.VictimAddress}).
        {Source} also wrote to {c.Second} and to {c.First} {c.Last}, id {c.Token}.
        Received: from mail.alder.example ({Source}) by mx.{c.Domain} ({c.VictimAddress}) for <{c.Mailbox}>; Mon, 2 Mar 2026 09:00:00 +0000
        The sender {Source} says to click http://alder.example/u/{c.Token}?e={Uri.EscapeDataString(c.Mailbox)}&n={c.Number}

        {c.First} {c.Last}
        {c.Reporter}
        """.ReplaceLineEndings("\n");

    private static string Log(Canary c) => $"""
        Mar  2 09:00:01 {c.VictimHost} sshd[771]: Failed password for {c.Local} from {Source} port 4711 ssh2
        Mar  2 09:00:02 {c.VictimHost} postfix/smtpd[772]: NOQUEUE: reject: RCPT from unknown[{Source}]: 554 5.7.1; from=<offers@alder.example> to=<{c.Mailbox}> proto=ESMTP helo=<mail.alder.example>
        Mar  2 09:00:03 {c.VictimHost} sshd[773]: Failed password for {c.Local} from 203.0.113.9 port 4711 ssh2
        {Source} - - [02/Mar/2026:09:00:04 +0000] "POST http://{c.VictimHost}.{c.Domain}/wp-login.php?u={Uri.EscapeDataString(c.Mailbox)} HTTP/1.1" 200 17
        2026-03-02T09:00:05Z SRC={Source} DST={c.VictimAddress} PROTO=TCP DPT=22
        """.ReplaceLineEndings("\n");

    private static string Csv(Canary c) => $"""
        "timestamp","ip","port","dst_ip","hostname","account"
        "2026-03-02 09:00:00","203.0.113.8",25,"{c.VictimAddress}","{c.VictimHost}.{c.Domain}","{c.Second}"
        "2026-03-02 09:00:00","{Source}",25,"{c.VictimAddress}","{c.VictimHost}.{c.Domain}","{c.Mailbox}"
        "2026-03-02 09:00:00","{Source}",26,"{c.VictimAddress}","{c.ReporterDomain}","{c.Mailbox}"
        "2026-03-02 09:00:00","192.0.2.77",25,"{c.VictimAddress}","{c.VictimHost}.{c.Domain}","{c.Mailbox}"
        """.ReplaceLineEndings("\n");

    private static string EventsJson(Canary c) => JsonSerializer.Serialize(new[]
    {
        new Dictionary<string, object>
        {
            ["source.ip"] = Source, ["time.source"] = "2026-03-02T09:00:00+00:00", ["destination.ip"] = c.VictimAddress, ["destination.account"] = c.Mailbox,
            ["classification.type"] = "brute-force", ["raw"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Log(c))), ["comment"] = $"{Source} to {c.Mailbox}",
        },
    });

    /// <summary>The message complained about.</summary>
    private static string Spam(Canary c, string encoding) => $"""
        Return-Path: <bounce-{c.Number}-{c.Local}={c.Domain}@alder.example>
        Delivered-To: {c.Mailbox}
        X-Original-To: {c.Mailbox}
        Received: from mail.alder.example ([{Source}]) by mx.{c.Domain} ({c.VictimAddress})
         with ESMTPS id {c.Token} for <{c.Mailbox}>; Mon, 2 Mar 2026 09:00:00 +0000
        Received: from pc ([{Source}]) by smtp.provider.example with ESMTPSA id 9
         for <{c.Mailbox}>; Mon, 2 Mar 2026 08:59:59 +0000 ({c.Last})
        X-Spam-Report: for {c.First} {c.Last}
        X-Forwarded-For: {c.Mailbox} {c.Second}
        List-Id: <list-{c.Number}.alder.example>
        List-Unsubscribe: <https://alder.example/u/{c.Token}>, <mailto:leave-{c.Number}@alder.example>
        Feedback-ID: a:{c.Number}:b
        From: Garden Offers for {c.First} <offers@alder.example>
        To: "{c.First} {c.Last}" <{c.Mailbox}>, {c.Second}
        Cc: {c.Second}
        Subject: {c.First}, half price for {c.Mailbox} ({c.Token})
        Message-ID: <{c.Number}.generated@mx.{c.Domain}>
        Date: Mon, 2 Mar 2026 08:59:58 +0000 ({c.Last})
        MIME-Version: 1.0

        """.ReplaceLineEndings("\n") + Encoded($"""
        Dear {c.First} {c.Last},

        hedge trimmers at http://garden.alder.example/spring/trimmers?lang=en
        Sent to {c.Mailbox}, {c.Local}, {c.Second}. Not to {c.Mailbox.ToUpperInvariant()}.
        Leave: http://garden.alder.example/leave?e={Uri.EscapeDataString(c.Mailbox)}&id={c.Number}
        Or: http://garden.alder.example/u/{c.Token}/{c.Number}
        Pixel: http://garden.alder.example/p/{Convert.ToBase64String(Encoding.UTF8.GetBytes(c.Mailbox))}.gif
        Pixel: http://garden.alder.example/p/{Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + c.Mailbox))}
        Code {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(c.Mailbox))} x{Convert.ToBase64String(Encoding.UTF8.GetBytes("..." + c.Mailbox))}
        Mirrored {new string([.. c.Mailbox.Reverse()])}
        Mail bounce+{c.Local}={c.Domain}@alder.example
        """.ReplaceLineEndings("\n"), encoding);

    private static string Encoded(string text, string encoding) => encoding switch
    {
        "base64" => "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            + Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks) + "\n",
        "quoted-printable" => "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + QuotedPrintable(text) + "\n",
        "raw-quoted-printable" => "Content-Type: text/plain; charset=utf-8\n\n" + QuotedPrintable(text) + "\n",
        "html" => "Content-Type: text/html; charset=utf-8\n\n<html><body><!-- not shown --><p>"
            + text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\n", "<br>\n", StringComparison.Ordinal) + "</p></body></html>\n",
        "upper" => "Content-Type: text/plain; charset=utf-8\n\n" + text.ToUpperInvariant() + "\n",
        _ => "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n",
    };

    // Lines broken in the middle of words, as programs do it at 76 characters.
    private static string QuotedPrintable(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select((b, i) => (b is >= 48 and <= 57 or >= 97 and <= 122 ? $"{(char)b}" : $"={b:X2}") + (i % 23 == 22 ? "=\n" : "")));
}
