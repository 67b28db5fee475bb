using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mailreeve.Testing;

/// <summary>Waits on a condition, so that a test depends on what happens and not on how fast the machine is.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the condition holds; fails the test when it does not within three minutes: a busy machine may stand still for one.</summary>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), text);

    /// <summary>Returns when the condition holds; fails the test when it does not within three minutes: a busy machine may stand still for one.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var stop = TestContext.Current.CancellationToken;
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                Assert.Fail($"Still not so after {Deadline.TotalSeconds:0} s: {text}");
            await Task.Delay(Pause, stop);
        }
    }
}
