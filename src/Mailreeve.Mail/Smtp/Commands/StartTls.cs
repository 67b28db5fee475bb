using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>STARTTLS: from here on under TLS, and from the beginning (RFC 3207 §4).</summary>
internal static class StartTls
{
    /// <returns><see langword="null"/> when TLS has begun: the client speaks next.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed; nothing can be said any more.</exception>
    public static async ValueTask<Reply?> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (!argument.IsEmpty)
            return Reply.C501NoArgument;
        if (session.Wire.Tls is not null)
            return Reply.C503TlsActive;
        if (session.Parts.Tls is not { IsOffered: true } tls)
            return Reply.C502NotImplemented;
        if (session.SignedIn is not null)
            return Reply.C503TlsTooLate;
        if (session.Wire.HasInjected())
            return Reply.C554NotTls;

        session.ForgetEverything();
        session.Wire.Write(Reply.C220ReadyForTls);
        await session.Wire.SecureAsync(tls, session.Limits.HandshakeTimeout);
        return null;
    }
}
