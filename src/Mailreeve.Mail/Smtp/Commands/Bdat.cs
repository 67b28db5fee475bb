using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>BDAT: a chunk of the message, counted instead of ended by a dot (RFC 3030 §2).</summary>
internal static class Bdat
{
    public static async ValueTask<Reply?> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (!BdatArgument.TryParse(argument.Span, out var chunk))
            return Reply.C501BadBdat;

        // The octets are on their way, whatever we think of them: they are read first, and never taken for commands.
        var transaction = session.Transaction is { Recipients.Count: > 0 } open ? open : null;
        var content = transaction?.Begin(session.Limits.Content);
        if (await ReadAsync(session, chunk.SizeBytes, transaction, content) is { } timeout)
            return timeout;
        if (transaction is null)
            return session.Transaction is null ? Reply.C503NeedMail : Reply.C503NeedRcpt;

        if (!chunk.Last && content!.Problem == ContentProblem.None)
            return Reply.C250Chunk(chunk.SizeBytes);

        // After a refusal the message is over (RFC 3030 §2): chunks that were sent ahead find no transaction.
        var reply = chunk.Last ? await session.TakeAsync(transaction, content!) : Acceptance.Refusal(content!.Problem);
        session.EndTransaction();
        return reply;
    }

    private static async ValueTask<Reply?> ReadAsync(SmtpSession session, long left, SmtpTransaction? transaction, ContentIntake? content)
    {
        var waits = new MessageWaits(session);
        while (left > 0)
        {
            var result = await waits.ReadAsync();
            var buffer = result.Buffer.Length > left ? result.Buffer.Slice(0, left) : result.Buffer;
            if (content is not null)
            {
                foreach (var segment in buffer)
                    content.Append(segment.Span);
                if (content.Problem != ContentProblem.None)
                    transaction!.Message.Dispose();
            }

            left -= buffer.Length;
            session.Wire.AdvanceTo(buffer.End);
            if (left > 0 && result.IsCompleted)
                throw new EndOfStreamException("The client hung up in a chunk: nothing was accepted.");
            if (left > 0 && waits.Over)
                return Reply.C421Timeout;
        }

        return null;
    }
}
