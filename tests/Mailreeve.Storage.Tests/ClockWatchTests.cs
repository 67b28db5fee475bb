using Microsoft.Extensions.Logging;

namespace Mailreeve.Storage.Tests;

public sealed class ClockWatchTests
{
    private static readonly Instant Wrong = Instant.FromUtc(2040, 1, 1, 0, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_clock_that_leaps_is_not_believed_after_a_restart_either_and_the_operator_is_told_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var said = new List<string>();

        var before = new ClockWatch(test.Database, new Lines(said));
        Assert.True(await before.TrustsAsync(Some.Time, Stop));
        Assert.False(await before.TrustsAsync(Wrong, Stop));
        Assert.False(await before.TrustsAsync(Wrong + Duration.FromHours(1), Stop));
        Assert.True(before.HasLeapt);
        var after = new ClockWatch(test.OpenAnother(), new Lines(said));
        Assert.False(await after.TrustsAsync(Wrong + Duration.FromHours(2), Stop));

        Assert.Contains("nothing is deleted for its age", Assert.Single(said), StringComparison.Ordinal);
        Assert.True(await after.TrustsAsync(Some.Time + Duration.FromHours(3), Stop));
        Assert.False(after.HasLeapt);
        Assert.Contains("is believed again", said[^1], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Of_two_nodes_the_one_whose_clock_is_wrong_deletes_nothing(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var (right, wrong) = (new ClockWatch(test.Database, new Lines([])), new ClockWatch(test.OpenAnother(), new Lines([])));

        for (var hours = 0; hours < 20 * 24; hours += 6)
        {
            Assert.True(await right.TrustsAsync(Some.Time + Duration.FromHours(hours), Stop));
            Assert.False(await wrong.TrustsAsync(Wrong + Duration.FromHours(hours), Stop));
        }
    }

    private sealed class Lines(List<string> said) : ILogger<ClockWatch>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            said.Add(formatter(state, exception));
    }
}
