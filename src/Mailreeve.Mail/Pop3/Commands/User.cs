using System.Text;
using System.Text.Unicode;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>USER: who is there (RFC 1939 §7). Any name will do; whether it is one is said with the password.</summary>
internal static class User
{
    public static Pop3Reply Handle(Pop3Session session, ReadOnlyMemory<byte> argument)
    {
        if (!session.TakesPasswords)
            return Pop3Reply.ErrNeedTls;
        if (argument.IsEmpty || !Utf8.IsValid(argument.Span))
            return Pop3Reply.ErrBadArgument;

        session.User = Encoding.UTF8.GetString(argument.Span);
        return Pop3Reply.OkSendPassword;
    }
}
