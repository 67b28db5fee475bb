namespace Mailreeve.Protocols.Smtp;

/// <summary>When a sender wants to hear of a recipient (RFC 3461 §4.1). None of them is <c>NEVER</c>.</summary>
[Flags]
public enum NotifyWhen
{
    /// <summary>Never.</summary>
    Never = 0,

    /// <summary>When it has arrived.</summary>
    Success = 1,

    /// <summary>When it will not arrive.</summary>
    Failure = 2,

    /// <summary>When it takes long.</summary>
    Delay = 4,
}
