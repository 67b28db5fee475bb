using Mailreeve.Mail.Outbound.Tls;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>What came of calling a host.</summary>
public abstract record Dialled
{
    private Dialled()
    {
    }

    /// <summary>A connection on which messages can be sent.</summary>
    /// <param name="Connection">It; whoever gets it closes it.</param>
    /// <param name="Tls">How the demands on TLS were met.</param>
    public sealed record Open(SmtpClientConnection Connection, TlsSession Tls) : Dialled;

    /// <summary>None. The next address or host may be tried.</summary>
    /// <param name="Outcome">Why.</param>
    /// <param name="Tls">How the demands on TLS were not met; <see langword="null"/> when it did not come to that.</param>
    /// <param name="HandshakeFailed">Whether a handshake was begun, and failed.</param>
    public sealed record Failed(DeliveryOutcome.NoContact Outcome, TlsSession? Tls, bool HandshakeFailed = false) : Dialled;
}
