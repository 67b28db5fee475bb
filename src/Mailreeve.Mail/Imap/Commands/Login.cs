using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>LOGIN: name and password as they are (RFC 3501 §6.2.3).</summary>
internal static class Login
{
    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Login command) =>
        session.TakesPasswords ? await SignIn.TryAsync(session, command.User, command.Password) : SignIn.PrivacyRequired;
}
