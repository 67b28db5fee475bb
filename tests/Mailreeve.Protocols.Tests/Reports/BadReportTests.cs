using System.IO.Compression;
using System.Text;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>
/// Input that was made to cost much, or to break something. What the reader allocates is the measure of its work: it says the same on any
/// machine.
/// </summary>
public class BadReportTests
{
    private static readonly ReportLimits Limits = ReportLimits.Default;

    /// <summary>Texts that grow, and what each tries.</summary>
    public static TheoryData<string> Baits => [.. BaitOf.Keys];

    private static readonly Dictionary<string, string> BaitOf = new()
    {
        ["digits and dots"] = "192.0.2.1.",
        ["dots"] = ".",
        ["digits"] = "1",
        ["opening brackets"] = "<",
        ["tags that never end"] = "<a href=\"",
        ["comments that never end"] = "<!--",
        ["header names"] = "received: ",
        ["quoted quotes"] = ">>>> > ",
        ["colons"] = "::",
        ["at signs"] = "a@",
        ["schemes"] = "http://",
        ["defanged schemes"] = "hxxp[:]//",
        ["addresses without end"] = "192[.]0[.]2[.]",
        ["log lines"] = "Mar  5 07:12:44 mx sshd[1]: Failed password for root from 192.0.2.7 port 1 ssh2\n",
        ["labels"] = "Source IP: ",
        ["entities"] = "&amp;",
        ["escaped octets"] = "=3D",
        ["blanks"] = " ",
        ["line ends"] = "\r\n",
        ["bars"] = "|",
        ["commas"] = ",",
        ["quotes"] = "\"",
        ["opening braces"] = "{",
        ["opening squares"] = "[",
        ["clock"] = "12:12:",
        ["signed message begins"] = "-----BEGIN PGP SIGNED MESSAGE-----\n",
        ["xml begins"] = "<?xml version=\"1.0\"?>",
        ["json keys"] = "\"xarf_version\":",
    };

    [Theory, MemberData(nameof(Baits))]
    public void Work_grows_no_faster_than_the_text(string bait)
    {
        // Four times the text: work that is quadratic would allocate sixteen times as much.
        foreach (var type in new[] { "text/plain", "text/html", "text/csv; name=a.csv", "application/json; name=a.json", "application/xml; name=a.xml" })
        {
            var small = Cost(Mail(type, Repeated(BaitOf[bait], 100_000)));
            var large = Cost(Mail(type, Repeated(BaitOf[bait], 400_000)));

            Assert.True(large < (small * 6) + 1_000_000, $"{type}: {small} → {large} bytes allocated");
        }
    }

    [Theory, MemberData(nameof(Baits))]
    public void Twenty_megabytes_of_text_are_read_within_the_limits(string bait)
    {
        var reading = Read(Mail("text/plain", Repeated(BaitOf[bait], 20_000_000)));

        Hold(reading);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void An_archive_that_unpacks_to_gigabytes_is_not_unpacked(int entries)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < entries; i++)
            {
                using var entry = zip.CreateEntry($"{i}.csv", CompressionLevel.Fastest).Open();
                for (var megabytes = 0; megabytes < 400 / entries; megabytes++)
                    entry.Write(zeros);
            }
        }

        var mail = Attached("application/zip; name=a.zip", packed.ToArray());

        Assert.InRange(Cost(mail), 0, 12 * (long)Limits.MessageBytes);
        Hold(Read(mail));
    }

    [Fact]
    public void An_archive_within_an_archive_and_one_that_is_cut_off_are_no_failure()
    {
        var inner = Packed("a.csv", "ip,timestamp\n192.0.2.1,2024-03-05 07:12:44\n"u8.ToArray());
        for (var depth = 0; depth < 50; depth++)
            inner = Packed("a.zip", inner);

        Hold(Read(Attached("application/zip; name=a.zip", inner)));
        for (var length = 0; length < 400; length += 7)
            Hold(Read(Attached("application/zip; name=a.zip", inner[..Math.Min(inner.Length, length)])));
    }

    [Fact]
    public void Gzip_of_nothing_but_zeros_is_bounded()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 400; i++)
                gzip.Write(zeros);
        }

        var mail = Attached("application/gzip; name=a.csv.gz", packed.ToArray());

        Assert.InRange(Cost(mail), 0, 12 * (long)Limits.MessageBytes);
        Hold(Read(mail));
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"192.0.2.1\">]><IODEF-Document>&x;</IODEF-Document>")]
    [InlineData("<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;\">]><IODEF-Document>&d;</IODEF-Document>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><IODEF-Document/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><Infringement>&x;</Infringement>")]
    public void Entities_of_xml_are_never_expanded(string xml)
    {
        var reading = Read(Attached("application/xml; name=a.xml", Encoding.UTF8.GetBytes("<?xml version=\"1.0\"?>" + xml)));

        Hold(reading);
        Assert.NotNull(reading.NeedsPerson);
        Assert.DoesNotContain(reading.Observations, o => o.HasResource);
    }

    [Theory]
    [InlineData("<a>", "</a>")]
    [InlineData("<IODEF-Document><Incident>", "")]
    [InlineData("{\"a\":", "}")]
    [InlineData("[", "]")]
    [InlineData("<div>", "</div>")]
    public void A_hundred_thousand_levels_of_nesting_are_no_failure(string begin, string end)
    {
        var text = string.Concat(Enumerable.Repeat(begin, 100_000)) + string.Concat(Enumerable.Repeat(end, 100_000));

        foreach (var type in new[] { "application/xml; name=a.xml", "application/json; name=a.json", "text/html", "text/plain" })
            Hold(Read(Mail(type, text)));
    }

    [Fact]
    public void A_message_that_holds_itself_again_and_again_stops_at_the_limit()
    {
        var text = "From: a@reporter.example\nContent-Type: message/rfc822\n\n";
        for (var i = 0; i < 1_000; i++)
            text += "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n";

        Hold(ReportReader.Read(Encoding.ASCII.GetBytes(text), Limits));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1252")]
    [InlineData("iso-2022-jp")]
    [InlineData("x-unknown")]
    public void A_character_set_that_is_not_the_one_named_is_no_failure(string named)
    {
        byte[][] texts =
        [
            Encoding.Unicode.GetBytes("Source IP: 192.0.2.1"), Encoding.UTF8.GetBytes("Quelle: 192.0.2.1 — Müll"), Encoding.Latin1.GetBytes("Müll von 192.0.2.1"), [0xFF, 0xFE, 0x00], [0xC3],
        ];

        foreach (var text in texts)
        {
            Hold(Read(Attached($"text/plain; charset={named}", text)));
            Hold(Read(Mail($"text/plain; charset={named}", Encoding.Latin1.GetString(text))));
        }
    }

    [Fact]
    public void Of_fifty_thousand_rows_the_good_ones_count_and_the_bad_ones_are_listed()
    {
        var rows = new StringBuilder("timestamp,ip,port\n");
        for (var i = 0; i < 50_000; i++)
            rows.Append(i % 10 == 0 ? $"2024-03-05 07:12:44,192.0.2.x,{i}\n" : $"2024-03-05 07:12:44,2001:db8::{i:x},25\n");

        var reading = Read(Attached("text/csv; name=rows.csv", Encoding.ASCII.GetBytes(rows.ToString())));

        Hold(reading);
        Assert.Equal(45_000, reading.Observations.Count(o => o.Address is { IsIPv4: false }));
        Assert.InRange(reading.Problems.Count, Limits.Problems, Limits.Problems + 1);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    [InlineData("iso-8859-1")]
    public void A_text_is_read_in_its_character_set(string charset)
    {
        var text = Encoding.GetEncoding(charset).GetBytes("Spam from your network.\r\n\r\nSource IP: 192.0.2.1\r\n");

        var reading = Read(Attached($"text/plain; charset={charset}", text));

        Assert.Contains(reading.Observations, o => o.Address?.ToString() == "192.0.2.1");
    }

    private static void Hold(ReportReading reading)
    {
        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson?.Reason);
        Assert.InRange(reading.Observations.Count, 0, Limits.Observations);
        Assert.InRange(reading.Problems.Count, 0, Limits.Problems + 1);
        Assert.True(reading.Observations.Count > 0 || reading.NeedsPerson is not null);
    }

    private static string Repeated(string text, int length) => new StringBuilder(length + text.Length).Insert(0, text, (length / text.Length) + 1).ToString();

    private static byte[] Packed(string name, byte[] content)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Mail(string type, string body) => Encoding.Latin1.GetBytes(
        $"From: a@reporter.example\nSubject: Abuse\nDate: Tue, 5 Mar 2024 07:12:44 +0000\nContent-Type: {type}\n\n{body}");

    private static byte[] Attached(string type, byte[] content) => Encoding.ASCII.GetBytes(
        "From: a@reporter.example\nSubject: Abuse\nDate: Tue, 5 Mar 2024 07:12:44 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the file.\n"
        + $"--b\nContent-Type: {type}\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\n--b--\n");

    private static ReportReading Read(byte[] mail) => ReportReader.Read(mail, Limits);

    private static long Cost(byte[] mail)
    {
        Read(mail);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(mail);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
