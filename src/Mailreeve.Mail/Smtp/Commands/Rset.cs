using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>RSET: drops the open transaction (RFC 5321 §4.1.1.5).</summary>
internal static class Rset
{
    public static Reply Handle(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        session.CountJunk();
        if (!argument.IsEmpty)
            return Reply.C501NoArgument;

        session.EndTransaction();
        return Reply.C250Ok;
    }
}
