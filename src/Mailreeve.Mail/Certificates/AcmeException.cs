using Mailreeve.Protocols.Acme;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>An authority did not do what it was asked.</summary>
/// <param name="problem">Why.</param>
/// <param name="wait">How long it wants not to be asked again; null when it did not say.</param>
internal sealed class AcmeException(AcmeProblem problem, Duration? wait = null) : Exception($"{problem}")
{
    public AcmeException(string why)
        : this(new AcmeProblem("", why))
    {
    }

    public AcmeProblem Problem => problem;

    public Duration? Wait => wait;
}
