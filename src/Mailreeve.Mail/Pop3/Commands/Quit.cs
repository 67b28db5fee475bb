using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>QUIT: removes what is marked, and says +OK when that is durable (RFC 1939 §6).</summary>
internal static class Quit
{
    public static async ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, ReadOnlyMemory<byte> argument)
    {
        if (!argument.IsEmpty)
            return Pop3Reply.ErrBadArgument;
        if (session.Maildrop is not { } maildrop)
            return Pop3Reply.OkBye;

        var reply = await RemoveAsync(session, maildrop);
        // Before the reply: a client that comes back at once must not find the mailbox in use.
        await session.LeaveAsync();
        return reply;
    }

    private static async ValueTask<Pop3Reply> RemoveAsync(Pop3Session session, Maildrop maildrop)
    {
        try
        {
            await maildrop.RemoveMarkedAsync();
            return Pop3Reply.OkBye;
        }
        catch (Exception e)
        {
            session.Log.Pop3NotRemoved(e, session.Id);
            return Pop3Reply.ErrNotRemoved;
        }
    }
}
