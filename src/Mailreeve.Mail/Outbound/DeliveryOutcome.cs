namespace Mailreeve.Mail.Outbound;

/// <summary>How an attempt to hand a message over ended.</summary>
/// <param name="Reply">What the remote server said, or what we have to say.</param>
public abstract record DeliveryOutcome(string Reply)
{
    /// <summary>The remote server took responsibility.</summary>
    public sealed record Accepted(string Reply) : DeliveryOutcome(Reply);

    /// <summary>It did not, and may do so later.</summary>
    public sealed record TryLater(string Reply) : DeliveryOutcome(Reply);

    /// <summary>It never will.</summary>
    public sealed record Refused(string Reply) : DeliveryOutcome(Reply);

    /// <summary>The whole message was sent and no answer came. It may have arrived, so it is not sent again by itself.</summary>
    public sealed record InDoubt(string Reply) : DeliveryOutcome(Reply);

    /// <summary>No conversation came about: the next host may be tried.</summary>
    public sealed record NoContact(string Reply) : DeliveryOutcome(Reply);
}
