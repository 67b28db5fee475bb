using System.Text;
using CsCheck;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

public class HostileReportTests
{
    private static readonly ReportLimits Limits = ReportLimits.Default;

    [Fact]
    public void A_mail_cut_at_any_byte_is_still_read()
    {
        foreach (var name in ReportCases.Names().Where(n => n.EndsWith(".eml", StringComparison.Ordinal)))
        {
            var bytes = ReportCases.Bytes(name);
            for (var length = 0; length < bytes.Length; length += 7)
                AssertWithinLimits(ReportReader.Read(bytes.AsMemory(0, length), Limits), Limits);
        }
    }

    [Theory]
    [InlineData("multipart/mixed")]
    [InlineData("message/rfc822")]
    public void A_thousand_levels_of_nesting_stop_at_the_limit(string type)
    {
        var text = new StringBuilder("From: a@reporter.example\n");
        for (var i = 0; i < 1000; i++)
            text.Append("Content-Type: ").Append(type).Append("; boundary=b").Append(i).Append("\n\n")
                .Append(type[1] == 'u' ? $"--b{i}\n" : "");
        text.Append("\nhello\n");

        var reading = Read(text.ToString());

        Assert.NotNull(reading);
        AssertWithinLimits(reading, Limits);
        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson?.Reason);
    }

    [Fact]
    public void A_header_larger_than_the_limit_is_truncated_not_refused()
    {
        var reading = Read("From: a@reporter.example\nX-Large: " + new string('a', 3_000_000) + "\n\nhello\n");

        Assert.Equal(AttentionReason.Truncated, reading.NeedsPerson?.Reason);
        Assert.Contains(reading.Problems, p => p.Contains("header", StringComparison.Ordinal));
    }

    [Fact]
    public void Endless_header_fields_are_cut_off()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
            text.Append("X-").Append(i).Append(": a\n");

        Assert.Equal(AttentionReason.Truncated, Read(text + "\nhello\n").NeedsPerson?.Reason);
    }

    [Fact]
    public void A_mail_larger_than_the_limit_is_read_up_to_it()
    {
        var limits = Limits with { MessageBytes = 2_000 };
        var bytes = ReportCases.Bytes("arf/all-fields.eml").Concat(new byte[100_000]).ToArray();

        var reading = ReportReader.Read(bytes, limits);

        Assert.Single(reading.Observations);
        Assert.Contains(reading.Problems, p => p.Contains("2000", StringComparison.Ordinal));
    }

    [Fact]
    public void Ten_thousand_addresses_give_the_first_thousand_and_a_person()
    {
        var fields = new StringBuilder("Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\n");
        for (var i = 0; i < 10_000; i++)
            fields.Append("Source-IP: 2001:db8::").Append(i.ToString("x")).Append('\n');

        var reading = ReportReader.Read(Encoding.UTF8.GetBytes(Arf(fields.ToString())), Limits with { Observations = 1_000 });

        Assert.Equal(1_000, reading.Observations.Count);
        Assert.Equal(AttentionReason.TooManyObservations, reading.NeedsPerson?.Reason);
    }

    [Fact]
    public void Ten_thousand_bad_addresses_give_a_short_list_of_problems()
    {
        var fields = new StringBuilder("Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\n");
        for (var i = 0; i < 10_000; i++)
            fields.Append("Source-IP: x.x.x.").Append(i).Append('\n');

        var reading = Read(Arf(fields.ToString()));

        Assert.Equal(Limits.Problems + 1, reading.Problems.Count);
        Assert.Contains("9900 further", reading.Problems[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_parts_stop_at_the_limit()
    {
        var text = new StringBuilder("From: a@reporter.example\nContent-Type: multipart/mixed; boundary=b\n\n");
        for (var i = 0; i < 5_000; i++)
            text.Append("--b\nContent-Type: message/rfc822\n\nReceived: from x ([192.0.2.1]) by y.example; Tue, 5 Mar 2024 07:12:44 +0000\n\na\n");

        var reading = Read(text.ToString());

        AssertWithinLimits(reading, Limits);
        Assert.InRange(reading.Observations.Count, 1, Limits.Parts);
    }

    [Theory]
    [InlineData("charset=utf-7")]
    [InlineData("charset=no-such-thing")]
    [InlineData("charset=\"\"")]
    [InlineData("charset=utf-16")]
    public void A_wrong_character_set_never_stops_the_reading(string charset)
    {
        var mail = Arf("Feedback-Type: abuse\nSource-IP: 192.0.2.25\n").Replace("feedback-report\n", $"feedback-report; {charset}\n", StringComparison.Ordinal);

        var reading = Read(mail);

        Assert.Equal(ReportFormat.Arf, reading.Format);
        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson?.Reason);
    }

    [Fact]
    public void Nul_bytes_and_a_byte_order_mark_are_passed_over()
    {
        var mail = "\uFEFFFrom mailbox Tue Mar  5 07:12:44 2024\n" + Arf("Feedback-Type: abuse\0\nSource-IP: 192.0.2.25\nReported-Domain: \0\n");

        var reading = Read(mail.Replace("\uFEFF", "", StringComparison.Ordinal));
        var marked = ReportReader.Read(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(mail[1..])).ToArray(), Limits);

        Assert.Equal("192.0.2.25", Assert.Single(reading.Observations).Address.ToString());
        Assert.Equal("192.0.2.25", Assert.Single(marked.Observations).Address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"xarf_version\"")]
    [InlineData("{\"xarf_version\": 4}")]
    [InlineData("{\"xarf_version\": \"\\ud800\", \"report_id\": \"\\udfff\"}")]
    [InlineData("{\"Version\": 1e999, \"Report\": {\"ReportType\": [], \"ReportClass\": {}}}")]
    [InlineData("{\"Version\": \"3\", \"Report\": [1,2,3]}")]
    [InlineData("{\"Version\": {\"a\": 1}, \"ReporterInfo\": 5, \"Report\": {\"ReportType\": \"x\", \"Source\": 7, \"Account\": [], \"Samples\": [1, null, {\"ContentType\": 5}]}}")]
    [InlineData("{\"Version\": \"3\", \"ReporterInfo\": {}, \"Report\": {\"SourcePort\": 99999999999999999999999999, \"ASN\": 1e400, \"Samples\": [{}]}}")]
    public void Malformed_json_is_never_an_exception_and_never_an_observation_with_a_resource(string json)
    {
        var reading = ReportReader.ReadJson(Encoding.UTF8.GetBytes(json), Limits);

        Assert.NotNull(reading.NeedsPerson);
        Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson.Reason);
        Assert.DoesNotContain(reading.Observations, o => o.HasResource);
    }

    [Fact]
    public void Deeply_nested_json_is_invalid()
    {
        var json = "{\"xarf_version\":" + new string('[', 100_000) + new string(']', 100_000) + "}";

        Assert.Equal(AttentionReason.InvalidSchema, ReportReader.ReadJson(Encoding.UTF8.GetBytes(json), Limits).NeedsPerson?.Reason);
    }

    [Fact]
    public void Json_in_another_encoding_is_invalid_and_says_which_is_wanted()
    {
        var text = Encoding.UTF8.GetString(ReportCases.Bytes("xarf-v4/spam.json"));
        byte[][] encodings =
        [
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], Encoding.Unicode.GetBytes(text),
            Encoding.BigEndianUnicode.GetBytes(text), [.. Encoding.UTF8.GetBytes("{\"a\":\""), 0xC3, 0x28],
        ];

        foreach (var bytes in encodings)
        {
            var reading = ReportReader.ReadJson(bytes, Limits);

            Assert.Equal(AttentionReason.InvalidSchema, reading.NeedsPerson?.Reason);
            Assert.Contains("UTF-8", Assert.Single(reading.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_with_a_byte_order_mark_is_read()
    {
        byte[] bytes = [.. Encoding.UTF8.GetPreamble(), .. ReportCases.Bytes("xarf-v4/spam.json")];

        Assert.Single(ReportReader.ReadJson(bytes, Limits).Observations);
    }

    [Fact]
    public void Changed_bytes_never_throw_and_stay_within_the_limits()
    {
        var cases = ReportCases.Names().Select(n => (n, ReportCases.Bytes(n))).ToArray();
        var change = Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte, Gen.Int[0, 3]).Array[1, 12];

        Gen.Select(Gen.Int[0, cases.Length - 1].Select(i => cases[i]), change).Sample(
            (original, changes) =>
            {
                var bytes = changes.Aggregate(original.Item2, Apply);

                var reading = ReportCases.Read(original.n, bytes);

                AssertWithinLimits(reading, Limits);
                Assert.NotEqual(AttentionReason.Unreadable, reading.NeedsPerson?.Reason);
            },
            iter: 3_000);
    }

    [Fact]
    public void The_memory_for_a_hostile_mail_grows_with_its_size_and_not_faster()
    {
        // Four times the bytes: quadratic work would allocate 16 times as much.
        var shapes = new Func<int, string>[]
        {
            n => Arf("Feedback-Type: abuse\n" + new string(' ', n) + "\n"),
            n => Arf("Feedback-Type: abuse\nX: a\n" + string.Concat(Enumerable.Repeat(" a\n", n / 3))),
            n => "From: a@reporter.example\n\n\"xarf_version\"" + new string('{', n),
            n => "From: a@reporter.example\nContent-Type: multipart/mixed; boundary=b\n\n" + new string('-', n),
        };

        foreach (var shape in shapes)
        {
            var small = Cost(shape(200_000));
            var large = Cost(shape(800_000));

            Assert.True(large < small * 6, $"{small} → {large}");
        }
    }

    private static long Cost(string mail)
    {
        var bytes = Encoding.UTF8.GetBytes(mail);
        ReportReader.Read(bytes, Limits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReportReader.Read(bytes, Limits);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Apply(byte[] bytes, (int At, byte Value, int How) change)
    {
        var at = bytes.Length == 0 ? 0 : change.At % bytes.Length;
        return change.How switch
        {
            0 when bytes.Length > 0 => [.. bytes[..at], change.Value, .. bytes[(at + 1)..]],
            1 when bytes.Length > 0 => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], change.Value, .. bytes[at..]],
            _ => [.. bytes[..at], .. bytes.AsSpan(at, Math.Min(200, bytes.Length - at)), .. bytes[at..]],
        };
    }

    private static void AssertWithinLimits(ReportReading reading, ReportLimits limits)
    {
        Assert.InRange(reading.Observations.Count, 0, limits.Observations);
        Assert.InRange(reading.Problems.Count, 0, limits.Problems + 1);
        Assert.True(reading.OriginalRecipients.Count <= 300);
        Assert.All(reading.Observations, o => Assert.True((o.Url?.Length ?? 0) <= limits.ValueChars && o.AlsoNamed.Count <= limits.AlsoNamed));
        Assert.True(reading.Observations.Count > 0 || reading.NeedsPerson is not null);
    }

    private static ReportReading Read(string mail) => ReportReader.Read(Encoding.UTF8.GetBytes(mail), Limits);

    private static string Arf(string fields) =>
        "From: fbl@reporter.example\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\nhello\n"
        + $"--b\nContent-Type: message/feedback-report\n\n{fields}\n--b--\n";
}
