using System.IO.Compression;
using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Abuse reports: a whole one, and what stands in the text of one or is attached to one.</summary>
internal static class AbuseReport
{
    public static readonly string[] Words =
    [
        "From: a@reporter.example\r\n", "Subject: ", "Date: Tue, 5 Mar 2024 07:12:44 +0000\r\n", "Auto-Submitted: auto-replied\r\n", "Content-Type: ", "multipart/report; boundary=b",
        "multipart/mixed; boundary=b", "message/feedback-report", "message/rfc822", "text/rfc822-headers", "text/plain; charset=", "utf-16", "iso-2022-jp", "text/html", "application/zip",
        "application/json", "application/xml", "text/csv", "application/octet-stream; name=\"a.eml\"", "Content-Transfer-Encoding: base64\r\n", "quoted-printable", "--b\r\n", "--b--\r\n",
        "Feedback-Type: abuse\r\n", "Source-IP: 192.0.2.1\r\n", "Arrival-Date: ", "Reported-URI: http://customer.example/x\r\n", "X-XARF: PLAIN\r\n", "Report-Type: ", "Schema-URL: ",
        "{\"xarf_version\":\"4.0.0\",", "\"source_identifier\":\"192.0.2.1\"", "\r\n", "\n", "\r\n\r\n", " ", "\t", "=3D", "=\r\n", "<br>", "&amp;", "\0", "\u00ff",
    ];

    public static readonly string[] TextWords =
    [
        "192.0.2.1", "198.51.100.77:25", "2001:db8::1", "[192.0.2.1]", "192[.]0[.]2[.]1", "192.0.2.0/24", "192.0.2.1 - 192.0.2.9", "http://customer.example/a?b", "hxxps://customer[.]example/",
        "user@customer.example", "user (at) customer.example", "Source IP: ", "Attacker: ", "Victim: ", "Destination: ", "from ", " to ", "port ", "Received: from x ([192.0.2.1]) by y.example; ",
        "Tue, 5 Mar 2024 07:12:44 +0000", "2024-03-05T07:12:44Z", "Mar  5 07:12:44 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2", "05/Mar/2024:07:12:44 +0100", "05.03.2024 07:12",
        "1709622764", "SRC=192.0.2.1 DST=198.51.100.1 PROTO=TCP SPT=1 DPT=22", "GET /wp-login.php HTTP/1.1", "spam", "phishing", "malware", "[SpamCop (192.0.2.1) id:1]", "-- \r\n", "> ", ">>>>", "|", "; ", "=",
        "GMT+8", "CEST", "[.]", "..", "::", "xn--", "%2e", "\u00c3\u00a9", "\r\n", "\n", "\r\n\r\n", "\t", " ", "0", "255", ".", ":", "/", "@", "<", ">", "\0",
    ];

    public static readonly string[] TableWords =
    [
        "ip", "src_ip", "source.ip", "timestamp", "time.source", "port", "url", "domain", "dst_ip", "destination.ip", "classification.type", "asn", "tag", ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r\n",
        "192.0.2.1", "2001:db8::1", "2024-03-05 07:12:44", "2024-03-05T07:12:44+00:00", "http://customer.example/", "22", "", "\u00ef\u00bb\u00bf", "#", "'", "=", "\0",
    ];

    public static readonly string[] TreeWords =
    [
        "{", "}", "[", "]", "\"", ":", ",", "\\u0041", "\\", "null", "true", "1e999", "\"source.ip\":\"192.0.2.1\"", "\"time.source\":\"2024-03-05T07:12:44+00:00\"", "\"classification.type\":\"scanner\"",
        "\"source\":{\"ip\":\"192.0.2.1\"}", "\"url\":", "<?xml version=\"1.0\"?>", "<!DOCTYPE a [<!ENTITY x \"y\">]>", "&x;", "&amp;", "<IODEF-Document version=\"1.00\">", "<Incident purpose=\"reporting\">",
        "<Flow>", "<System category=\"source\">", "<Node>", "<Address category=\"ipv4-addr\">192.0.2.1</Address>", "<StartTime>2024-03-05T07:12:44Z</StartTime>", "<Infringement>", "<IP_Address>192.0.2.1</IP_Address>",
        "<TimeStamp>", "<notification_message>", "<feedback>", "<record><row><source_ip>192.0.2.1</source_ip>", "<policy_published>", "\"policies\":[", "\"organization-name\":", "<![CDATA[", "]]>", "<!--", "-->", "</", "/>", ">", "xmlns=\"urn:x\"", "\n",
    ];

    private static readonly OwnResources Own = OwnResources.Read(["192.0.2.0/24", "2001:db8::/32", "customer.example"], out _);

    /// <summary>A file of any kind.</summary>
    public static void Run(byte[] input)
    {
        Read("report", input);
        Read("report.csv", input);
    }

    /// <summary>The text of a mail, plain and as HTML.</summary>
    public static void RunText(byte[] input)
    {
        Check(ReportReader.Read(Mail("text/plain; charset=utf-8", input), ReportLimits.Default));
        Check(ReportReader.Read(Mail("text/html", input), ReportLimits.Default));
    }

    /// <summary>A table that is attached, also packed.</summary>
    public static void RunTable(byte[] input)
    {
        Read("2024-03-05-scan_x-provider-asn.csv", input);
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("2024-03-05-scan_x.csv", CompressionLevel.NoCompression).Open();
            entry.Write(input);
        }

        Read("x.csv.zip", packed.ToArray());
    }

    /// <summary>JSON or XML that is posted, attached, or stands in a text.</summary>
    public static void RunTree(byte[] input)
    {
        Check(ReportReader.ReadJson(input, ReportLimits.Default));
        Check(ReportReader.Read(Mail("application/json; name=events.json", input), ReportLimits.Default));
        Check(ReportReader.Read(Mail("application/xml; name=iodef.xml", input), ReportLimits.Default));
        Check(ReportReader.Read(Mail("text/plain", [.. "Please see below.\r\n\r\n"u8, .. input]), ReportLimits.Default));
    }

    private static void Read(string name, byte[] input) => Check(ReportFile.Read(name, input, ReportLimits.Default));

    private static byte[] Mail(string type, byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes($"From: a@reporter.example\r\nSubject: Abuse from 192.0.2.1\r\nDate: Tue, 5 Mar 2024 07:12:44 +0000\r\nContent-Type: {type}\r\n\r\n"), .. body,
    ];

    private static void Check(ReportReading reading)
    {
        var limits = ReportLimits.Default;
        Hold.That(reading.NeedsPerson?.Reason != AttentionReason.Unreadable, $"The reader does not fail: {reading.NeedsPerson?.Detail}");
        Hold.That(reading.Observations.Count <= limits.Observations && reading.Problems.Count <= limits.Problems + 1, "Lists are no longer than allowed.");
        Hold.That(reading.Observations.Count > 0 || reading.NeedsPerson is not null, "What says nothing goes to a person.");
        foreach (var o in reading.Observations)
        {
            Hold.That(o.AlsoNamed.Count <= limits.AlsoNamed && o.Candidates.Count <= limits.Hops, "What is named beside it is no more than allowed.");
            Hold.That(new[] { o.Url, o.Domain, o.Mailbox, o.ReportedType, o.Time.Raw }.All(v => v is null || v.Length <= limits.ValueChars), "A value is no longer than allowed.");
            Hold.That(o.Port is null or (> 0 and < 65_536), "A port is one.");
            Hold.That(o.Category.Length > 0 && o.Type.Length > 0, "Each has a type.");
            Hold.That((o.Time.Utc is null) == (o.Time.Confidence == TimeConfidence.None), "A time that was read has a confidence.");
        }

        var all = ReportedEvent.Of(reading, null).Count();
        Hold.That(ReportedEvent.Of(reading, Own).Count() <= all, "What is ours is a part of all.");
    }
}
