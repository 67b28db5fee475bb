using CsCheck;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Scenarios;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Scenarios;

public class ScenarioTests
{
    private const string Story = """
        title = "A story"
        kind = "spam"
        resource = "192.0.2.7"

        [[step]]
        at = "0 h"
        happened = "complaint"
        expect = ["notify complaint", "propose-charge 500.00 USD under C3"]

        [[step]]
        at = "0 h"
        happened = "notice-accepted"
        expect = []

        [[step]]
        at = "24 h"
        happened = "time-passes"
        expect = ["block 192.0.2.7", "notify blocked"]
        """;

    public static TheoryData<string> Shipped => new(ShippedPolicy.Source.Scenarios.Select(s => s.Path));

    [Theory, MemberData(nameof(Shipped))]
    public void Every_shipped_scenario_holds(string path)
    {
        var file = ShippedPolicy.Source.Scenarios.Single(s => s.Path == path);
        var scenario = Assert.IsType<ScenarioReading.Good>(ScenarioFile.Read(path, file.Text)).Scenario;

        Assert.Empty(ScenarioRun.Play(ShippedPolicy.Policy, scenario).Select(p => p.ToString()));
    }

    [Fact]
    public void A_policy_that_gives_more_time_fails_the_story_at_the_step_it_changes()
    {
        var terms = ShippedPolicy.Policy.Terms;
        var slower = ShippedPolicy.Policy with
        {
            Ladders = [.. ShippedPolicy.Policy.Ladders.Select(l => l with { AnswerWithin = terms.AnswerWithin with { Value = Duration.FromHours(25) } })],
        };

        var problem = Assert.Single(ScenarioRun.Play(slower, Read(Story)));

        Assert.Equal((15, "story.toml"), (problem.Line, problem.File));
        Assert.Equal("At 24 h the policy requires: nothing. Expected was: block 192.0.2.7; notify blocked.", problem.Message);
    }

    [Theory]
    [InlineData("500.00 USD", "400.00 USD", 5, "requires: notify complaint under C4; propose-charge 500.00 USD under C3.")]
    [InlineData("under C3", "under C4", 5, "Expected was: notify complaint; propose-charge 500.00 USD under C4.")]
    [InlineData("\"notify complaint\", ", "", 5, "requires: notify complaint under C4;")]
    [InlineData("at = \"24 h\"", "at = \"23 h 59 min 59 s\"", 15, "At 23 h 59 min 59 s the policy requires: nothing.")]
    [InlineData("\"time-passes\"", "\"answer-accepted\"", 15, "No answer waits")]
    [InlineData("\"time-passes\"", "\"check-failed\"", 15, "Nothing of this kind is checked by us")]
    [InlineData("\"time-passes\"", "\"notice-accepted\"", 15, "No notice waits")]
    [InlineData("\"time-passes\"", "\"block-expired\"", 15, "No block is in force")]
    [InlineData("\"time-passes\"", "\"confirmed\"\nrung = \"block-unanswered\"", 15, "Nobody was asked about 'block-unanswered'")]
    public void What_goes_otherwise_is_told_with_its_step(string old, string changed, int line, string message)
    {
        var problem = Assert.Single(ScenarioRun.Play(ShippedPolicy.Policy, Read(Story.Replace(old, changed, StringComparison.Ordinal))));

        Assert.Equal(line, problem.Line);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind = \"spam\"", "kind = \"spma\"", 2, "'spma' is not known here.")]
    [InlineData("\"192.0.2.7\"\n", "\"192.0.2.x\"\n", 3, "is not an address")]
    [InlineData("at = \"24 h\"", "at = \"tomorrow\"", 16, "is not a duration")]
    [InlineData("\"time-passes\"", "\"time-flies\"", 17, "is not known here")]
    [InlineData("\"time-passes\"", "\"confirmed\"", 15, "Which question")]
    [InlineData("\"time-passes\"", "\"more-time\"", 15, "How much time")]
    [InlineData("happened = \"complaint\"", "happened = \"answered\"", 5, "A case begins with a complaint, or with a check or a sensor of ours.")]
    [InlineData("kind = \"spam\"", "kind = \"postmaster\"", 3, "is not a domain")]
    [InlineData("expect = []", "expekt = []", 10, "This key is missing.")]
    [InlineData("[[step]]\nat = \"0 h\"\nhappened = \"notice", "[block]\nprefixes = [\"192.0.2.0/x\"]\n[[step]]\nat = \"0 h\"\nhappened = \"notice", 11, "is not an address or prefix")]
    public void A_mistake_in_a_story_is_told_with_its_line(string old, string changed, int line, string message)
    {
        var text = Story.ReplaceLineEndings("\n").Replace(old, changed, StringComparison.Ordinal);

        var bad = Assert.IsType<ScenarioReading.Bad>(ScenarioFile.Read("story.toml", text));

        Assert.Contains(bad.Problems, p => p.Line == line && p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_out_of_order_are_told()
    {
        var bad = Assert.IsType<ScenarioReading.Bad>(ScenarioFile.Read("s.toml", Story.Replace("at = \"0 h\"\nhappened = \"complaint\"", "at = \"1 h\"\nhappened = \"complaint\"", StringComparison.Ordinal)));

        Assert.Contains(bad.Problems, p => p.Line == 11 && p.Message == "This is before the step above.");
    }

    [Fact]
    public void No_story_takes_a_measure_twice_or_blocks_before_the_time_is_over()
    {
        var events = Enum.GetValues<ScenarioEvent>();
        var kinds = Enum.GetValues<CaseKind>();
        var step = Gen.Select(Gen.Int[0, events.Length - 1], Gen.Int[0, 40 * 3600]);

        Gen.Select(Gen.Int[0, kinds.Length - 1], step.List[0, 15]).Sample((kind, steps) =>
        {
            var at = Duration.Zero;
            var told = new List<ScenarioStep> { Step(at, ScenarioEvent.Complaint, 1) };
            foreach (var (happened, seconds) in steps)
            {
                at += Duration.FromSeconds(seconds);
                told.Add(Step(at, events[happened], told.Count + 1));
            }

            var problems = ScenarioRun.PlayThrough(ShippedPolicy.Policy, Read(Story) with { Kind = kinds[kind], Steps = told });
            return !problems.Any(p => p.Message.Contains("taken twice", StringComparison.Ordinal))
                && !problems.Any(p => p.Message.Contains("requires: block", StringComparison.Ordinal) && !MayBlock(told, p.Line));
        });
    }

    // Without an accepted notice, more time, a refused answer or an operator's yes before it, nothing may be blocked.
    private static bool MayBlock(List<ScenarioStep> told, int line) => told.Take(line).Any(s => s.Happened
        is ScenarioEvent.NoticeAccepted or ScenarioEvent.MoreTime or ScenarioEvent.AnswerRefused or ScenarioEvent.Confirmed);

    private static ScenarioStep Step(Duration at, ScenarioEvent happened, int line) =>
        new(at, happened, "block-unanswered", Duration.FromHours(1), ["something else"], line, 1);

    private static Scenario Read(string text) => Assert.IsType<ScenarioReading.Good>(ScenarioFile.Read("story.toml", text)).Scenario;
}
