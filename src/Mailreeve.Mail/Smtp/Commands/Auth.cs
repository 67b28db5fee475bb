using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Sasl;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>AUTH: a customer says who they are, by PLAIN or by LOGIN, with the first answer in the command or without (RFC 4954 §4).</summary>
internal static class Auth
{
    private static ReadOnlySpan<byte> Cancel => "*"u8;

    public static async ValueTask<Reply> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        session.CountJunk();
        if (session.Helo is null || !session.Extended)
            return Reply.C503NeedHelo;
        if (session.SignedIn is not null)
            return Reply.C503SignedIn;
        if (session.Transaction is not null)
            return Reply.C503NestedMail;
        if (!session.IsPrivate)
            return Reply.C538NeedTls;
        if (!AuthArgument.TryParse(argument.Span, out var auth))
            return Reply.C501BadAuth;

        ReadOnlyMemory<byte>? response = auth.ResponseAt < 0 ? default(ReadOnlyMemory<byte>?) : argument[auth.ResponseAt..];
        return auth.Mechanism switch
        {
            AuthMechanism.Plain => await PlainAsync(session, response),
            AuthMechanism.Login => await LoginAsync(session, response),
            _ => Reply.C504UnknownMechanism,
        };
    }

    private static async ValueTask<Reply> PlainAsync(SmtpSession session, ReadOnlyMemory<byte>? response)
    {
        var (answer, failed) = response is { } initial ? (initial, null) : await AskAsync(session, Reply.C334);
        if (failed is not null)
            return failed;
        return SaslPlain.TryParse(answer.Span, out var plain)
            ? await SignInAsync(session, plain.User, plain.Password)
            : Refused(session, "not a response of PLAIN");
    }

    private static async ValueTask<Reply> LoginAsync(SmtpSession session, ReadOnlyMemory<byte>? response)
    {
        var (answer, failed) = response is { } initial ? (initial, null) : await AskAsync(session, Reply.C334User);
        if (failed is not null)
            return failed;
        // The password is asked for whatever the name is: the client expects to be asked, and a bad name is told with the password.
        var isName = SaslLogin.TryParse(answer.Span, out var user);
        (answer, failed) = await AskAsync(session, Reply.C334Password);
        if (failed is not null)
            return failed;
        return isName && SaslLogin.TryParse(answer.Span, out var password)
            ? await SignInAsync(session, user!, password)
            : Refused(session, "not a response of LOGIN");
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Answer, Reply? Failed)> AskAsync(SmtpSession session, Reply challenge)
    {
        var (answer, failed) = await session.AnswerToAsync(challenge);
        return failed is null && answer.Span.SequenceEqual(Cancel) ? (default, Reply.C501AuthCancelled) : (answer, failed);
    }

    private static async ValueTask<Reply> SignInAsync(SmtpSession session, string user, string password)
    {
        var door = session.Parts.Submission!;
        // What is known is waited for even when the client has gone: it counts against whoever guesses.
        switch (await door.SignIn(user, password, session.Client, CancellationToken.None))
        {
            case MailSignIn.Accepted(var mailbox) when door.SubmitterOf(mailbox) is { } submitter:
                if (await session.SignInAsync(submitter) is { } tooMany)
                    return tooMany;
                session.Log.SmtpSignedIn(session.Id, $"{mailbox}");
                return Reply.C235SignedIn;
            case MailSignIn.Unavailable(var text):
                session.Log.SmtpSignInRefused(session.Id, text);
                return Reply.C535Unavailable(text);
            case MailSignIn.TryLater(var wait):
                session.Log.SmtpSignInRefused(session.Id, "too many attempts");
                return Reply.C454TooManyAttempts((long)Math.Ceiling(wait.TotalSeconds));
            default:
                return Refused(session, "wrong");
        }
    }

    private static Reply Refused(SmtpSession session, string reason)
    {
        session.Log.SmtpSignInRefused(session.Id, reason);
        if (++session.SignInsRefused < session.Limits.SignInsMax)
            return Reply.C535Wrong;
        session.Wire.Write(Reply.C535Wrong);
        return Reply.C421TooManyPasswords;
    }
}
