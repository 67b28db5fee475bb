using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>Signing in, whichever command asks for it.</summary>
internal static class SignIn
{
    public static readonly ImapReply PrivacyRequired = ImapReply.No("Passwords are taken under TLS only", ResponseCode.PrivacyRequired);

    // The same for a name that nobody has: who has an account here is not for strangers.
    private static readonly ImapReply Wrong = ImapReply.No("Name or password is wrong", ResponseCode.AuthenticationFailed);

    public static async ValueTask<ImapReply> TryAsync(ImapSession session, string user, string password)
    {
        // What is known is waited for even when the client has gone: it counts against whoever guesses.
        switch (await session.Parts.SignIn(user, password, session.Client, CancellationToken.None))
        {
            case MailSignIn.Accepted(var mailbox):
                if (!session.TrySignIn(mailbox))
                    return ImapReply.No("There are too many connections to this mailbox from there", ResponseCode.Limit);
                await session.ViewAsync();
                session.Log.ImapSignedIn(session.Id, $"{mailbox}");
                return ImapReply.Ok("Signed in", new ResponseCode.Capability(Capabilities.Of(session)));
            case MailSignIn.Unavailable(var text):
                session.Log.ImapSignInRefused(session.Id, text);
                return ImapReply.No(text, ResponseCode.ContactAdmin);
            case MailSignIn.TryLater(var wait):
                session.Log.ImapSignInRefused(session.Id, "too many attempts");
                return ImapReply.No($"Too many attempts; try again in {Math.Ceiling(wait.TotalSeconds)} seconds", ResponseCode.Unavailable);
            default:
                return Refused(session, "wrong");
        }
    }

    public static ImapReply Refused(ImapSession session, string reason)
    {
        session.Log.ImapSignInRefused(session.Id, reason);
        if (++session.SignInsRefused >= session.Limits.SignInsMax)
            session.Bye("Too many wrong passwords");
        return Wrong;
    }
}
