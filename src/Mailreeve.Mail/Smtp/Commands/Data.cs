using System.Buffers;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>DATA: the message, up to the lone dot (RFC 5321 §4.1.1.4).</summary>
internal static class Data
{
    public static async ValueTask<Reply?> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> argument)
    {
        if (!argument.IsEmpty)
            return Reply.C501NoArgument;
        if (session.Transaction is not { } transaction)
            return Reply.C503NeedMail;
        if (transaction.Recipients.Count == 0)
            return Reply.C503NeedRcpt;

        var content = transaction.Begin(session.Limits.Content);
        session.Wire.Write(Reply.C354SendMessage);
        var reply = await ReadAsync(session, transaction, content) ?? await session.TakeAsync(transaction, content);
        session.EndTransaction();
        return reply;
    }

    // Null: the message is there, whatever it is worth. A message that is refused is still read to its end, or what the client
    // takes for content would be read as commands.
    private static async ValueTask<Reply?> ReadAsync(SmtpSession session, SmtpTransaction transaction, ContentIntake content)
    {
        var reader = new DotReader();
        var waits = new MessageWaits(session);
        while (true)
        {
            var result = await waits.ReadAsync();
            var ended = Feed(result.Buffer, reader, content, out var consumed);
            session.Wire.AdvanceTo(consumed);
            if (content.Problem != ContentProblem.None)
                transaction.Message.Dispose();
            if (ended)
                return null;
            if (result.IsCompleted)
                throw new EndOfStreamException("The client hung up before the dot: nothing was accepted.");
            if (waits.Over)
                return Reply.C421Timeout;
        }
    }

    private static bool Feed(ReadOnlySequence<byte> buffer, DotReader reader, ContentIntake content, out SequencePosition consumed)
    {
        long total = 0;
        foreach (var segment in buffer)
        {
            var ended = reader.Read(segment.Span, content, out var taken);
            total += taken;
            if (ended)
            {
                consumed = buffer.GetPosition(total);
                return true;
            }
        }

        consumed = buffer.End;
        return false;
    }
}
