using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Pop3;
using Mailreeve.Protocols.Sasl;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>AUTH: signs in with SASL, of which PLAIN is offered (RFC 5034 §4).</summary>
internal static class Auth
{
    // "AUTH" SP mechanism [SP initial-response]; initial-response = base64 / "="
    public static async ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, ReadOnlyMemory<byte> argument)
    {
        if (argument.IsEmpty)
            return ListMechanisms(session);
        if (!session.TakesPasswords)
            return Pop3Reply.ErrNeedTls;

        var space = argument.Span.IndexOf((byte)' ');
        if (!Ascii.EqualsIgnoreCase(space < 0 ? argument.Span : argument.Span[..space], "PLAIN"u8))
            return Pop3Reply.ErrUnknownMechanism;

        var response = space < 0 ? await AskAsync(session) : argument[space..].Trim((byte)' ');
        if (response is { Length: 1 } && response.Value.Span[0] == '*')
            return Pop3Reply.ErrCancelled;
        return response is { } sent && SaslPlain.TryParse(sent.Span, out var plain)
            ? await session.SignInAsync(plain.User, plain.Password)
            : Pop3Reply.ErrBadCredentials;
    }

    // An empty challenge: PLAIN has nothing to ask.
    private static async ValueTask<ReadOnlyMemory<byte>?> AskAsync(Pop3Session session)
    {
        session.Wire.Output.Write("+ \r\n"u8);
        return await session.AnswerToChallengeAsync() is { } answer ? answer : null;
    }

    // AUTH alone stands in no RFC; Outlook and others ask so what there is, from the time before CAPA.
    private static Pop3Reply? ListMechanisms(Pop3Session session)
    {
        Pop3Reply.OkListFollows.WriteTo(session.Wire.Output);
        session.Wire.Output.Write(session.TakesPasswords ? "PLAIN\r\n.\r\n"u8 : ".\r\n"u8);
        return null;
    }
}
