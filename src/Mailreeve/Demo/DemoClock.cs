using NodaTime;

namespace Mailreeve.Demo;

/// <summary>The real time, and as much as the demonstration has let pass.</summary>
internal sealed class DemoClock : IClock
{
    private long passedTicks;

    /// <inheritdoc/>
    public Instant GetCurrentInstant() => SystemClock.Instance.GetCurrentInstant() + Duration.FromTicks(Interlocked.Read(ref passedTicks));

    /// <summary>Lets time pass.</summary>
    public void Pass(Duration time) => Interlocked.Add(ref passedTicks, (long)time.TotalTicks);

    /// <summary>Lets time pass until this moment, if it still lies ahead.</summary>
    public void PassUntil(Instant moment)
    {
        var ahead = moment - GetCurrentInstant();
        if (ahead > Duration.Zero)
            Pass(ahead);
    }
}
