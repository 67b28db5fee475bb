using System.Text;
using CsCheck;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.AbuseDesk.Tests.Redaction;

/// <summary>Could the accused find the complainant, a trap or another victim in what is shown of a report? (RFC 6590, and ours beyond it)</summary>
public sealed class CanaryTests
{
    private static readonly string Folder = FindFolder();

    private static readonly Provider Provider = new()
    {
        Name = "Example Internet, Inc.",
        Domains = ["provider.example"],
        HostName = "mx.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24")],
        NeverBlock = [],
    };

    private static readonly CaseEvidence Evidence = new(Provider, new RedactionKey(new byte[32]));

    public static readonly TheoryData<string, string> Reports = [.. CanaryReports.Kinds.SelectMany(k => CanaryReports.Encodings.Select(e => (k, e)))];

    public static readonly TheoryData<string> StoredReports = [.. Stored()];

    [Theory, MemberData(nameof(Reports))]
    public void No_canary_is_found_in_the_evidence(string kind, string encoding)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var canary = Canary.From(seed);
            var (raw, isJson) = CanaryReports.Write(kind, encoding, canary);

            var shown = Evidence.Redact(raw, isJson, canary.Reporter, CanaryReports.Source);

            AssertSafe(shown.Text + string.Join('\n', shown.Removed), canary.All, $"{kind}, {encoding}, seed {seed}");
        }
    }

    [Fact]
    public void Wherever_a_recipient_is_put_it_is_not_found()
    {
        var shapes = new Func<string, string>[]
        {
            t => t, t => t.ToUpperInvariant(), t => $"<{t}>", t => $"mailto:{t}", t => t.Replace('@', '='), Uri.EscapeDataString, t => Uri.EscapeDataString(Uri.EscapeDataString(t)),
            Base64, t => Base64("a" + t), t => Base64("ab" + t).Replace('+', '-').Replace('/', '_'), t => Convert.ToHexString(Encoding.UTF8.GetBytes(t)),
            t => new string([.. t.Reverse()]), t => $"https://alder.example/{t}/x", t => $"https://alder.example/?q={Base64(t)}", t => $"\"{t}\"",
        };
        var kinds = CanaryReports.Kinds;

        Gen.Select(Gen.Int[0, kinds.Count - 1], Gen.Int[0, shapes.Length - 1], Gen.Int[1, 1000], Gen.Double[0, 1]).Sample(
            (kind, shape, seed, place) =>
            {
                var canary = Canary.From(seed);
                var (raw, isJson) = CanaryReports.Write(kinds[kind], "plain", canary);
                // A document is changed in a value, or it would be none.
                var text = Encoding.UTF8.GetString(raw);
                var spaces = Enumerable.Range(0, text.Length).Where(i => text[i] == ' ').ToList();
                if (spaces.Count == 0)
                    return;
                var put = isJson ? shapes[shape](canary.Mailbox).Replace("\"", "", StringComparison.Ordinal) : shapes[shape](canary.Mailbox);
                var changed = text.Insert(spaces[(int)(place * (spaces.Count - 1))], " " + put);

                var shown = Evidence.Redact(Encoding.UTF8.GetBytes(changed), isJson, canary.Reporter, CanaryReports.Source);

                // The insertion may make another canary's header unreadable, so only the inserted one is looked for.
                AssertSafe(shown.Text, [canary.Local, canary.Domain], $"{kinds[kind]}, shape {shape}");
            },
            iter: 400);
    }

    [Theory, MemberData(nameof(StoredReports))]
    public void No_stored_report_shows_its_recipients_or_its_reporter(string name)
    {
        var raw = File.ReadAllBytes(Path.Combine(Folder, name));
        var isJson = name.EndsWith(".json", StringComparison.Ordinal);
        var reading = isJson ? ReportReader.ReadJson(raw, ReportLimits.Default) : ReportReader.Read(raw, ReportLimits.Default);
        foreach (var seen in reading.Observations.Take(5))
        {
            var resource = seen.Address?.ToString() ?? seen.Domain ?? "nothing.example";

            var shown = Evidence.Redact(raw, isJson, null, resource).Text;

            var secrets = reading.OriginalRecipients.Append(reading.Reporter?.Mailbox).Append(reading.Sender?.Mailbox).OfType<string>()
                .Where(m => m.Contains('@') && !Provider.Owns(m[(m.LastIndexOf('@') + 1)..]));
            AssertSafe(shown, [.. secrets], name);
        }
    }

    [Theory]
    [InlineData("arf")]
    [InlineData("jmrp")]
    [InlineData("xarf-v4")]
    [InlineData("forwarded")]
    public void What_the_customer_needs_to_act_is_kept(string kind)
    {
        var (raw, isJson) = CanaryReports.Write(kind, "plain", Canary.From(1));

        var shown = Evidence.Redact(raw, isJson, null, CanaryReports.Source).Text;

        Assert.Contains($"Received: from [{CanaryReports.Source}] by smtp.provider.example; ", shown, StringComparison.Ordinal);
        Assert.Contains("<offers@alder.example>", shown, StringComparison.Ordinal);
        Assert.Contains("Date: 2026-03-02T08:59:58Z", shown, StringComparison.Ordinal);
        Assert.Contains("half price for", shown, StringComparison.Ordinal);
        Assert.Contains("http://garden.alder.example/spring/trimmers?lang=en", shown, StringComparison.Ordinal);
        Assert.Contains("http://garden.alder.example/u/redacted-", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text-log", "sshd[771]: Failed password for ")]
    [InlineData("x-arf", "sshd[771]: Failed password for ")]
    [InlineData("xarf-v4-log", "sshd[771]: Failed password for ")]
    [InlineData("csv", "\"2026-03-02 09:00:00\",\"192.0.2.7\",25,")]
    [InlineData("text", "at Mon, 2 Mar 2026 09:00:00 +0000")]
    public void Of_a_report_without_a_message_the_lines_about_the_resource_are_shown(string kind, string line)
    {
        var (raw, isJson) = CanaryReports.Write(kind, "plain", Canary.From(1));

        var shown = Evidence.Redact(raw, isJson, null, CanaryReports.Source).Text;

        Assert.Contains(line, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.77", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_of_the_victims_is_hidden_however_many_words_it_has()
    {
        var (raw, isJson) = CanaryReports.Write("x-arf", "plain", Canary.From(14));
        var text = Encoding.UTF8.GetString(raw).Replace("password for ", "password for invalid user oakshed backroom ", StringComparison.Ordinal);

        var shown = Evidence.Redact(Encoding.UTF8.GetBytes(text), isJson, null, CanaryReports.Source).Text;

        Assert.Contains("Failed password for invalid user redacted-", shown, StringComparison.Ordinal);
        Assert.Contains($" from {CanaryReports.Source} port 4711", shown, StringComparison.Ordinal);
        AssertSafe(shown, [Canary.From(14).Local, "oakshed", "backroom"], "x-arf");
    }

    [Fact]
    public void Recipients_of_one_reporter_can_be_told_apart_and_not_be_followed_to_another()
    {
        var canary = Canary.From(1);
        var other = Canary.From(2) with { Local = canary.Local, Domain = canary.Domain };

        string Shown(Canary c) => ToLine(Evidence.Redact(CanaryReports.Write("jmrp", "plain", c).Raw, false, null, CanaryReports.Source).Text);

        Assert.Equal(Shown(canary), Shown(canary with { Token = "Qm8812pLt0456" }));
        Assert.NotEqual(Shown(canary), Shown(canary with { Local = "somebody.else7" }));
        Assert.NotEqual(Shown(canary), Shown(other));
    }

    private static string ToLine(string shown) => shown.Split('\n').First(l => l.StartsWith("To: redacted-", StringComparison.Ordinal));

    private static void AssertSafe(string shown, IReadOnlyList<string> secrets, string what)
    {
        foreach (var secret in secrets)
            foreach (var form in Canary.FormsOf(secret))
                Assert.False(shown.Contains(form, StringComparison.OrdinalIgnoreCase), $"{what}: '{form}' is in:\n{shown}");
        var letters = string.Concat(shown.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        foreach (var secret in secrets.Where(s => s.Contains('.', StringComparison.Ordinal) && s.Length > 9 && s.Any(char.IsLetter)))
            Assert.DoesNotContain(string.Concat(secret.Where(char.IsLetterOrDigit)).ToLowerInvariant(), letters, StringComparison.Ordinal);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Stored() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".eml", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal);

    private static string FindFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, "tests", "cases", "reports")))
                return Path.Combine(folder, "tests", "cases", "reports");
        throw new DirectoryNotFoundException("tests/cases/reports");
    }
}
