using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Demo;

/// <summary>What was observed, told line by line; remembers whether all of it held.</summary>
internal sealed class Observations(TextWriter output, IClock clock)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly InstantPattern Time = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    /// <summary>Whether everything observed so far held.</summary>
    public bool AllHeld { get; private set; } = true;

    /// <summary>Begins a part of the story.</summary>
    public void Chapter(string title) => output.WriteLine($"\n{Time.Format(clock.GetCurrentInstant())}  {title}");

    /// <summary>A line of its own.</summary>
    public void Line(string text) => output.WriteLine($"    {text}");

    /// <summary>Something worth knowing.</summary>
    public void Note(string text) => output.WriteLine($"         {text}");

    /// <summary>Something that must hold.</summary>
    /// <param name="claim">What.</param>
    /// <param name="holds">Whether it does.</param>
    /// <param name="seen">What was seen.</param>
    public void That(string claim, bool holds, string seen = "")
    {
        AllHeld &= holds;
        output.WriteLine($"    {(holds ? "ok  " : "FAIL")} {claim}");
        if (seen.Length > 0)
            Note(seen);
    }

    /// <summary>Something that must come to hold.</summary>
    /// <returns>What was seen last.</returns>
    public async Task<T> UntilAsync<T>(string claim, Func<CancellationToken, Task<T>> look, Func<T, bool> holds, CancellationToken stop)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (long)(PatienceMax.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var seen = await look(stop);
        while (!holds(seen) && TimeProvider.System.GetTimestamp() < deadline)
        {
            await Task.Delay(LookAgain, stop);
            seen = await look(stop);
        }

        That(claim, holds(seen), seen as string ?? "");
        return seen;
    }
}
