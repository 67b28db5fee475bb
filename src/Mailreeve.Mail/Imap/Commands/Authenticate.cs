using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Sasl;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>AUTHENTICATE PLAIN (RFC 3501 §6.2.2, RFC 4616), with or without an initial response (RFC 4959).</summary>
internal static class Authenticate
{
    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Authenticate command)
    {
        if (command.Mechanism != "PLAIN")
            return ImapReply.No("Only PLAIN is known here", ResponseCode.Cannot);
        if (!session.TakesPasswords)
            return SignIn.PrivacyRequired;
        if (command.InitialResponse is { } initial)
            return await TryAsync(session, initial);

        session.Writer.Continue(""u8);
        var waited = await session.NextAsync(plainLine: true);
        if (waited == ImapSession.Waited.HungUp)
            throw new EndOfStreamException("The client hung up within AUTHENTICATE.");
        if (waited != ImapSession.Waited.Frame)
        {
            session.Bye(waited);
            return null;
        }

        if (session.Frame != ImapFrame.Command)
            return ImapReply.Bad("That is no response");
        if (SaslResponse.IsCancelled(session.Framer.Text))
            return ImapReply.Bad("Cancelled");
        return SaslResponse.TryDecode(session.Framer.Text, out var response)
            ? await TryAsync(session, response!)
            : ImapReply.Bad("That is not base64");
    }

    private static async ValueTask<ImapReply> TryAsync(ImapSession session, byte[] response) =>
        SaslPlain.TryRead(response, out var plain)
            ? await SignIn.TryAsync(session, plain.User, plain.Password)
            : SignIn.Refused(session, "not a response of PLAIN");
}
