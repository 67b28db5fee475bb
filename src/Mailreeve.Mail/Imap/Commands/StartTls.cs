using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>STARTTLS: from here on under TLS (RFC 3501 §6.2.1). Nothing that was said before it is kept, for there is nothing to keep.</summary>
internal static class StartTls
{
    /// <returns><see langword="null"/> when TLS has begun: the client speaks next.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed; nothing can be said any more.</exception>
    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.StartTls command)
    {
        if (session.Wire.Tls is not null)
            return ImapReply.Bad("TLS is on already");
        if (session.Parts.Tls is not { IsOffered: true } tls)
            return ImapReply.No("There is no certificate here");
        if (session.Wire.HasInjected())
        {
            session.Bye("Something was sent behind STARTTLS");
            return ImapReply.Bad("Nothing may be sent behind STARTTLS");
        }

        session.Writer.Reply(command.Tag, ImapReply.Ok("Begin"));
        await session.Wire.SecureAsync(tls, session.Limits.HandshakeTimeout);
        return null;
    }
}
