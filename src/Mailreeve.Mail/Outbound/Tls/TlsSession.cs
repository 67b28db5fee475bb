using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>How the demands on TLS were met on one connection.</summary>
/// <param name="Demand">What was demanded.</param>
/// <param name="Cipher">TLS version and cipher; <see langword="null"/> when it was spoken in the clear, or not at all.</param>
/// <param name="Finding">
/// What did not go as the policy wants it; <see langword="null"/> when everything did. With a policy that is only tested, or none, mail
/// may have gone all the same.
/// </param>
public sealed record TlsSession(TlsDecision Demand, string? Cipher, TlsResultType? Finding);
