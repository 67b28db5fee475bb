using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>Archives, tables, JSON and XML that mean harm or are merely very large.</summary>
public class HostileDocumentTests
{
    private static readonly ReportLimits Limits = ReportLimits.Default;

    [Fact]
    public void Fifty_thousand_rows_are_read_and_the_bad_ones_are_counted()
    {
        var table = new StringBuilder("\"timestamp\",\"ip\",\"port\",\"infection\"\n");
        for (var i = 0; i < 50_000; i++)
            table.Append("\"2024-02-28 01:00:00\",\"").Append(i % 500 == 7 ? "192.0.2.x" : $"2001:db8::{i:x}").Append("\",").Append(1024 + (i % 60_000)).Append(",\"mirai\"\n");

        var reading = ReadAttached("bots.csv", Encoding.UTF8.GetBytes(table.ToString()));

        Assert.Equal(ReportFormat.Csv, reading.Format);
        Assert.Equal(49_900, reading.Observations.Count);
        Assert.Equal(100, reading.Problems.Count);
        Assert.Null(reading.NeedsPerson);
    }

    [Fact]
    public void More_rows_than_observations_are_kept_go_to_a_person_with_the_first_ones()
    {
        var reading = ReadAttached("x.csv", "ip\n192.0.2.1\n192.0.2.2\n192.0.2.3\n"u8.ToArray(), Limits with { Observations = 2 });

        Assert.Equal(2, reading.Observations.Count);
        Assert.Equal(AttentionReason.TooManyObservations, reading.NeedsPerson?.Reason);
    }

    [Theory]
    [InlineData(20 << 20, "swells")]
    [InlineData(200 << 20, "33554432 bytes")]
    public void A_bomb_of_zeros_is_not_unpacked(int size, string problem)
    {
        var bomb = Gzip(new byte[size]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reading = ReadAttached("x.csv.gz", bomb);

        Assert.Contains(reading.Problems, p => p.Contains(problem, StringComparison.Ordinal));
        Assert.Equal(AttentionReason.Truncated, reading.NeedsPerson?.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
    }

    [Fact]
    public void Many_archives_share_one_limit()
    {
        var random = new Random(7);
        var noise = new byte[40_000];
        random.NextBytes(noise);
        var zip = Zip(Enumerable.Range(0, 5).Select(i => ($"{i}.csv", noise)));

        var reading = ReadAttached("x.zip", zip, Limits with { UnpackedBytes = 100_000 });

        Assert.Contains(reading.Problems, p => p.Contains("100000 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_beyond_the_limit_are_not_opened()
    {
        var zip = Zip(Enumerable.Range(0, 300).Select(i => ($"{i}.csv", "ip\n192.0.2.1\n"u8.ToArray())));

        var reading = ReadAttached("x.zip", zip);

        Assert.Equal(Limits.ArchiveEntries, reading.Observations.Count);
        Assert.Contains(reading.Problems, p => p.Contains("100 files", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(95)]
    public void An_archive_cut_or_damaged_anywhere_is_a_problem_and_no_failure(int percent)
    {
        var zip = Zip([("a.csv", "ip,time\n192.0.2.1,2024-02-28T00:00:00Z\n"u8.ToArray())]);

        var cut = ReadAttached("x.zip", zip[..(zip.Length * percent / 100)]);
        zip[zip.Length * percent / 100] ^= 0xFF;
        var damaged = ReadAttached("x.zip", zip);

        Assert.NotEqual(AttentionReason.Unreadable, cut.NeedsPerson?.Reason);
        Assert.NotEqual(AttentionReason.Unreadable, damaged.NeedsPerson?.Reason);
        Assert.NotEmpty(cut.Problems);
    }

    [Fact]
    public void Quotes_that_are_never_closed_cost_one_row_each_and_no_more_time_than_the_text_is_long()
    {
        var table = new StringBuilder("ip,note\n");
        for (var i = 0; i < 200_000; i++)
            table.Append("\"192.0.2.1,\"x\n");

        var reading = ReadAttached("x.csv", Encoding.UTF8.GetBytes(table.ToString()));

        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson?.Reason);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";;;;;;;;;;;;;;;;")]
    [InlineData("| ")]
    [InlineData("\"")]
    [InlineData("1.2.")]
    [InlineData("\n")]
    [InlineData("  ")]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("<Infringement>")]
    [InlineData("<IODEF-Document ")]
    [InlineData("- \n")]
    public void Endless_repetition_is_read_as_nothing(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));

        var attached = ReadAttached("x.csv", Encoding.UTF8.GetBytes(text));
        var written = ReportReader.Read(Encoding.UTF8.GetBytes("From: a@reporter.example\n\n" + text), Limits);

        Assert.Empty(attached.Observations);
        Assert.NotEqual(AttentionReason.Unreadable, attached.NeedsPerson?.Reason);
        Assert.NotEqual(AttentionReason.Unreadable, written.NeedsPerson?.Reason);
    }

    [Fact]
    public void Xml_nested_a_hundred_thousand_deep_is_refused()
    {
        var xml = "<IODEF-Document>" + string.Concat(Enumerable.Repeat("<Incident>", 100_000)) + string.Concat(Enumerable.Repeat("</Incident>", 100_000)) + "</IODEF-Document>";

        var reading = ReadAttached("x.xml", Encoding.UTF8.GetBytes(xml));

        Assert.Equal((ReportFormat.Iodef, AttentionReason.InvalidSchema), (reading.Format, reading.NeedsPerson?.Reason));
    }

    [Fact]
    public void Json_nested_deeper_than_the_limit_is_refused()
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "\"192.0.2.1\"" + new string('}', 10_000);

        Assert.Empty(ReadAttached("x.json", Encoding.UTF8.GetBytes(json)).Observations);
    }

    [Fact]
    public void An_external_entity_is_never_fetched()
    {
        const string xml = "<?xml version=\"1.0\"?><!DOCTYPE feedback [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><feedback><report_metadata><org_name>&x;</org_name></report_metadata></feedback>";

        var reading = ReadAttached("x.xml", Encoding.UTF8.GetBytes(xml));

        Assert.Equal(AttentionReason.InvalidSchema, reading.NeedsPerson?.Reason);
        Assert.Null(reading.Reporter?.Organisation);
    }

    [Fact]
    public void What_is_wrapped_into_a_signature_is_read_as_if_it_were_not()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=CERT", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        var cms = new SignedCms(new ContentInfo("Content-Type: text/csv; name=\"botnet.csv\"\n\nip,time\n192.0.2.5,2024-02-28T00:00:00Z\n"u8.ToArray()));
        cms.ComputeSignature(new CmsSigner(certificate));

        var reading = ReportReader.Read(Encoding.UTF8.GetBytes(
            "From: team@cert.example\nSubject: Bots\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
            + $"Content-Transfer-Encoding: base64\n\n{Convert.ToBase64String(cms.Encode(), Base64FormattingOptions.InsertLineBreaks)}\n"), Limits);

        Assert.Equal(ReportFormat.Csv, reading.Format);
        Assert.Equal("192.0.2.5", Assert.Single(reading.Observations).Address.ToString());
        Assert.Equal("team@cert.example", reading.Sender?.Mailbox);
    }

    [Fact]
    public void An_encrypted_mail_goes_to_a_person_who_is_told_so()
    {
        var reading = ReportReader.Read(
            "From: team@cert.example\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n--b--\n"u8.ToArray(), Limits);

        Assert.Equal(AttentionReason.Encrypted, reading.NeedsPerson?.Reason);
    }

    private static ReportReading ReadAttached(string name, byte[] content, ReportLimits? limits = null) =>
        ReportReader.Read(Encoding.UTF8.GetBytes(
            "From: reports@cert.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nAttached.\n"
            + $"--b\nContent-Type: application/octet-stream; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\n--b--\n"), limits ?? Limits);

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.SmallestSize))
            stream.Write(content);
        return packed.ToArray();
    }

    private static byte[] Zip(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }
}
