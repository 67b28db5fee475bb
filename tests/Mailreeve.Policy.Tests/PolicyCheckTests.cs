using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests;

public class PolicyCheckTests
{
    private static readonly PolicySource Shipped = ShippedPolicy.Source;

    [Fact]
    public void A_notice_that_the_program_sends_must_be_there()
    {
        var check = PolicyCheck.Of(Shipped with { Notices = [.. Shipped.Notices.Where(n => n.Name != "lifted")] });

        Assert.False(check.IsGood);
        Assert.Equal("policy/policy.toml:1:1: There is no notice 'lifted'. Write notices/lifted.md.", check.Lines().First());
        Assert.Equal("1 problem.", check.Lines().Last());
    }

    [Fact]
    public void Mistakes_of_all_files_are_told_together()
    {
        var check = PolicyCheck.Of(Shipped with
        {
            File = Shipped.File with { Text = Shipped.File.Text.Replace("\"24 h\"", "\"24\"", StringComparison.Ordinal) },
            Notices = [.. Shipped.Notices.Select(n => n.Name == "lifted" ? n with { Text = "x" } : n)],
        });

        Assert.Null(check.Policy);
        Assert.Equal(0, check.ScenariosHeld);
        Assert.Contains(check.Problems, p => p.File == "policy/policy.toml");
        Assert.Contains(check.Problems, p => p.File == "policy/notices/lifted.md");
    }

    [Fact]
    public void A_scenario_that_does_not_hold_stops_the_policy()
    {
        var check = PolicyCheck.Of(Shipped with
        {
            File = Shipped.File with { Text = Shipped.File.Text.Replace("\"24 h\"", "\"12 h\"", StringComparison.Ordinal) },
        });

        Assert.NotNull(check.Policy);
        Assert.False(check.IsGood);
        Assert.Contains(check.Problems, p => p.File == "policy/scenarios/unanswered.toml" && p.Message.StartsWith("At 24 h", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("policy/notices/complaint.md", "complaint")]
    [InlineData("complaint", "complaint")]
    [InlineData("a/b.c.md", "b.c")]
    public void A_notice_has_the_name_of_its_file(string path, string name) => Assert.Equal(name, new SourceFile(path, "").Name);
}
