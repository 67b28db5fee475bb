using System.Text;
using System.Text.Unicode;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>PASS: the password of the one that USER named (RFC 1939 §7).</summary>
internal static class Pass
{
    public static async ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, string? user, ReadOnlyMemory<byte> argument)
    {
        if (!session.TakesPasswords)
            return Pop3Reply.ErrNeedTls;
        if (user is null)
            return Pop3Reply.ErrUserFirst;
        if (argument.IsEmpty || !Utf8.IsValid(argument.Span))
            return Pop3Reply.ErrBadArgument;

        return await session.SignInAsync(user, Encoding.UTF8.GetString(argument.Span));
    }
}
