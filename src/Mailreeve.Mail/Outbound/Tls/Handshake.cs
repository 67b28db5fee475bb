using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Tls;

/// <summary>One TLS handshake with a mail host, and what is found about its certificate.</summary>
internal sealed class Handshake(DialTarget target, X509Certificate2Collection? roots, TimeProvider ticks)
{
    /// <summary>What did not go as the policy wants it.</summary>
    public TlsResultType? Finding { get; private set; }

    public void Failed(TlsResultType finding) => Finding = finding;

    public TlsSession Session(string? cipher) => new(target.Tls, cipher, Finding);

    public SslClientAuthenticationOptions Options()
    {
        // Where any certificate will do, no root is loaded and no chain sought. Nothing is ever fetched to complete one: that would be
        // a request to an address that the other side chose.
        var needsRoots = target.Tls is TlsDecision.Authority or TlsDecision.Opportunistic { Testing: not null };
        var chain = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = needsRoots && roots is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
            VerificationTime = ticks.GetUtcNow().UtcDateTime,
        };
        if (needsRoots && roots is not null)
            chain.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions
        {
            // The name goes into SNI, so that a host with many can choose its certificate (RFC 7672 §8.1); an address does not.
            TargetHost = Address.TryParse(target.Host, out _) ? "" : target.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = chain,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, built, errors) => IsGood(certificate, built, errors),
            AllowRenegotiation = false,
            // A session that is taken up again shows no chain, in which an authority could be looked for.
            AllowTlsResume = target.Tls is TlsDecision.Opportunistic,
        };
    }

    private bool IsGood(X509Certificate? certificate, X509Chain? built, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            Finding = TlsResultType.ValidationFailure;
            return false;
        }

        Finding = target.Tls switch
        {
            TlsDecision.Authority authority => CertificateCheck.ByAuthority(leaf, authority.Name, built, errors),
            TlsDecision.Opportunistic { Testing: { } sts } => sts.Allows(target.Host)
                ? CertificateCheck.ByAuthority(leaf, target.Host, built, errors)
                : TlsResultType.ValidationFailure,
            TlsDecision.Dane dane => CertificateCheck.ByRecords(leaf, dane, built, ticks.GetUtcNow().UtcDateTime),
            _ => null,
        };
        return Finding is null || target.Tls is TlsDecision.Opportunistic;
    }
}
