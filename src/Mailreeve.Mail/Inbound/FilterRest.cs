using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>Lets a filter that does not answer alone for a while: mail must not wait for it message after message.</summary>
internal sealed class FilterRest(IClock clock)
{
    private static readonly Duration Length = Duration.FromSeconds(30);

    private Instant until = Instant.MinValue;

    /// <summary>Whether it is left alone now.</summary>
    public bool IsResting => clock.GetCurrentInstant() < until;

    /// <summary>It did not answer.</summary>
    public void Begin() => until = clock.GetCurrentInstant() + Length;
}
