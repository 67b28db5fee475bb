using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>STLS: from here on under TLS, and from the beginning (RFC 2595 §4).</summary>
internal static class Stls
{
    /// <returns><see langword="null"/> when TLS has begun: the client speaks next.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed; nothing can be said any more.</exception>
    public static async ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, ReadOnlyMemory<byte> argument)
    {
        if (!argument.IsEmpty)
            return Pop3Reply.ErrBadArgument;
        if (session.Wire.Tls is not null)
            return Pop3Reply.ErrTlsActive;
        if (session.Parts.Tls is not { IsOffered: true } tls)
            return Pop3Reply.ErrNoTls;
        if (session.Wire.HasInjected())
            return Pop3Reply.ErrNotTls;

        Pop3Reply.OkReadyForTls.WriteTo(session.Wire.Output);
        await session.Wire.SecureAsync(tls, session.Parts.Limits.HandshakeTimeout);
        return null;
    }
}
