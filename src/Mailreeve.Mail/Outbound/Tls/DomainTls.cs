using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>What a domain demands of those who send it mail, as far as it is the same for all its hosts.</summary>
/// <param name="Domain">The domain in lower case.</param>
/// <param name="MxSecure">Whether a validating resolver that we trust vouches for its MX records.</param>
/// <param name="Sts">Its MTA-STS policy; <see langword="null"/> when none is in force.</param>
/// <param name="StsFailure">Why its newest MTA-STS policy cannot be had; <see langword="null"/> when there is nothing wrong.</param>
public sealed record DomainTls(string Domain, bool MxSecure, StsPolicy? Sts, TlsResultType? StsFailure = null);
