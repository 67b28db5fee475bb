namespace Mailreeve.EndToEnd;

/// <summary><c>mailreeve demo --once</c></summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demonstration_ends_with_0_because_every_observation_held()
    {
        var demo = await Program.RunAsync(TestContext.Current.CancellationToken, "demo", "--once");

        Assert.True(demo.ExitCode == 0, demo.Output + demo.Errors);
        Assert.DoesNotContain("FAIL ", demo.Output, StringComparison.Ordinal);
        Assert.NotEmpty(demo.Output);
    }
}
