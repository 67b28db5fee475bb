using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Spf;

namespace Mailreeve.Protocols.Tests.Spf;

public class SpfSuiteTests
{
    [Fact]
    public async Task Every_case_of_the_official_suite_has_its_result_and_its_explanation()
    {
        var cases = SpfSuite.Cases();

        var wrong = new List<string>();
        foreach (var test in cases)
        {
            var verdict = await CheckAsync(test);
            var result = verdict.Result.ToString().ToLowerInvariant();
            if (!test.Results.Contains(result))
                wrong.Add($"{test.Name}: {result} ({verdict.Problem}) and not {string.Join(" or ", test.Results)}");
            else if (test.Explanation is not null && (verdict.Explanation ?? "DEFAULT") != test.Explanation)
                wrong.Add($"{test.Name}: explained as '{verdict.Explanation}' and not '{test.Explanation}'");
        }

        Assert.Empty(wrong);
        Assert.Equal(203, cases.Count);
    }

    private static ValueTask<SpfVerdict> CheckAsync(SpfCase test)
    {
        var at = test.MailFrom.LastIndexOf('@');
        var query = new SpfQuery(
            Address.Parse(test.Host), at < 0 ? "" : test.MailFrom[..at], at < 0 ? test.Helo : test.MailFrom[(at + 1)..], test.Helo,
            "mx.provider.example", 1_700_000_000);
        return SpfCheck.RunAsync(query, test.Zone.AskAsync, explain: true, TestContext.Current.CancellationToken);
    }
}
