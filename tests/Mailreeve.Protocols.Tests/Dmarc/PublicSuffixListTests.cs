using System.Diagnostics;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Testing;

namespace Mailreeve.Protocols.Tests.Dmarc;

public class PublicSuffixListTests
{
    private const string Path = "/usr/share/publicsuffix/public_suffix_list.dat";

    private const string Rules = """
        // a comment
        example
        co.example

        *.wild.example
        !known.wild.example
        bücher.example
        """;

    [Theory]
    [InlineData("example", "example")]
    [InlineData("a.example", "a.example")]
    [InlineData("B.A.Example.", "a.example")]
    [InlineData("co.example", "co.example")]
    [InlineData("x.y.co.example", "y.co.example")]
    [InlineData("wild.example", "wild.example")]
    [InlineData("x.wild.example", "x.wild.example")]
    [InlineData("z.y.x.wild.example", "y.x.wild.example")]
    [InlineData("a.known.wild.example", "known.wild.example")]
    [InlineData("a.b.xn--bcher-kva.example", "b.xn--bcher-kva.example")]
    [InlineData("a.b.unlisted", "b.unlisted")]
    public void The_longest_rule_decides_and_an_exception_before_all(string domain, string organization) =>
        Assert.Equal(organization, PublicSuffixList.Parse(Rules).OrganizationalDomain(domain));

    [Theory]
    [InlineData("mail.sender.test", "sender.test")]
    [InlineData("a.b.co.uk", "b.co.uk")]
    [InlineData("co.uk", "co.uk")]
    [InlineData("mail.sender.de", "sender.de")]
    public void Without_a_list_the_usual_second_levels_of_countries_are_known(string domain, string organization) =>
        Assert.Equal(organization, PublicSuffixList.BuiltIn.OrganizationalDomain(domain));

    [Fact]
    public async Task On_all_of_debians_list_it_says_what_psl_says()
    {
        var psl = Required.Program("psl", "psl");
        if (!File.Exists(Path))
            throw Required.Missing("The public suffix list", "publicsuffix");
        var text = await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken);
        var list = PublicSuffixList.Parse(text);
        var domains = text.Split('\n').Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal) && l.All(char.IsAscii))
            .Select(l => l.TrimStart('!').Replace("*", "star", StringComparison.Ordinal))
            .SelectMany(rule => new[] { $"one.{rule}", $"two.one.{rule}" })
            .ToList();

        var expected = await AskAsync(psl, domains);

        var wrong = domains.Zip(expected).Where(pair => list.OrganizationalDomain(pair.First) != pair.Second)
            .Select(pair => $"{pair.First}: {list.OrganizationalDomain(pair.First)} and not {pair.Second}").ToList();
        Assert.Empty(wrong);
        Assert.True(domains.Count > 10_000);
    }

    private static async Task<IReadOnlyList<string>> AskAsync(string psl, List<string> domains)
    {
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(psl, ["--load-psl-file", Path, "--batch", "--print-reg-domain"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(stop);
        await process.StandardInput.WriteAsync(string.Join('\n', domains).AsMemory(), stop);
        process.StandardInput.Close();
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(stop);
        Assert.Equal(domains.Count, lines.Length);
        return lines;
    }
}
