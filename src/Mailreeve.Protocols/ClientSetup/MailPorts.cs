namespace Mailreeve.Protocols.ClientSetup;

/// <summary>The ports at which customers reach one service. TLS is never optional: what is not at a port here is not offered.</summary>
/// <param name="ImplicitTls">Port where TLS comes first (RFC 8314 §3.3); <see langword="null"/> when there is none.</param>
/// <param name="StartTls">Port where STARTTLS is demanded before anyone signs in; <see langword="null"/> when there is none.</param>
public sealed record MailPorts(int? ImplicitTls, int? StartTls)
{
    /// <summary>The service is not offered.</summary>
    public static MailPorts None { get; } = new(null, null);

    /// <summary>Whether there is a port at all.</summary>
    public bool IsOffered => ImplicitTls is not null || StartTls is not null;

    /// <summary>
    /// The ports, the one to be tried first in front. Implicit TLS is first (RFC 8314 §3): nobody between client and server can
    /// keep it from being asked for.
    /// </summary>
    public IEnumerable<MailPort> InOrder
    {
        get
        {
            if (ImplicitTls is { } implicitTls)
                yield return new MailPort(implicitTls, IsImplicitTls: true);
            if (StartTls is { } startTls)
                yield return new MailPort(startTls, IsImplicitTls: false);
        }
    }

    /// <summary>The port to be tried first; <see langword="null"/> when the service is not offered.</summary>
    public MailPort? First => InOrder.FirstOrDefault();
}

/// <summary>One port of a service.</summary>
/// <param name="Number">Its number.</param>
/// <param name="IsImplicitTls">Whether TLS comes first; otherwise STARTTLS is needed.</param>
public sealed record MailPort(int Number, bool IsImplicitTls);
