using System.Buffers;
using System.IO.Pipelines;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3;

/// <summary>
/// Sends a message: from its segment straight into the memory that goes out, where the dots are stuffed, without a copy in between.
/// </summary>
internal static class MessageSender
{
    // Read at a time: with the reply and the room for dots just below 64 KiB, which is what the pipe's memory comes in.
    private const int RangeBytes = 42 << 10;

    /// <summary>Sends the message, or its beginning.</summary>
    /// <param name="session">To whom.</param>
    /// <param name="message">Which.</param>
    /// <param name="cut">Where it ends early, for TOP.</param>
    /// <returns>The refusal when it cannot be read and nothing was sent; <see langword="null"/> when it was sent.</returns>
    /// <exception cref="IOException">The client is gone, or the message ended early: the connection must end too, without the dot.</exception>
    public static async ValueTask<Pop3Reply?> SendAsync(Pop3Session session, StoredMessage message, TopCut? cut)
    {
        var output = session.Wire.Output;
        var sending = new Sending(session.Parts, message, cut);
        try
        {
            sending.Begin(output);
        }
        catch (IOException e)
        {
            // Nothing is in the pipe yet: what was written was not advanced over.
            session.Log.Pop3MessageUnreadable(e, session.Id, message.Uid);
            return Pop3Reply.ErrMessageGone;
        }

        while (!sending.Ended)
        {
            await session.FlushWhenFullAsync();
            try
            {
                sending.Continue(output);
            }
            catch (IOException e)
            {
                session.Log.Pop3MessageUnreadable(e, session.Id, message.Uid);
                throw;
            }
        }

        sending.End(output);
        return null;
    }

    private struct Sending(Pop3ServerParts parts, StoredMessage message, TopCut? cut)
    {
        private readonly bool isCut = cut is not null;
        private DotStuffing stuffing = new();
        private TopCut top = cut.GetValueOrDefault();
        private int at;

        public readonly bool Ended => at == message.Body.Length || (isCut && top.Ended);

        // The first range is read before anything is said: a message that is not there gets an -ERR.
        public void Begin(PipeWriter output)
        {
            var follows = Pop3Reply.OkMessageFollows.Line.Span;
            var length = Math.Min(RangeBytes, message.Body.Length);
            var room = output.GetSpan(follows.Length + DotStuffing.RoomFor(length));
            follows.CopyTo(room);
            output.Advance(follows.Length + Range(room[follows.Length..], length));
        }

        public void Continue(PipeWriter output)
        {
            var length = Math.Min(RangeBytes, message.Body.Length - at);
            output.Advance(Range(output.GetSpan(DotStuffing.RoomFor(length)), length));
        }

        public readonly void End(IBufferWriter<byte> output) => stuffing.End(output);

        private int Range(Span<byte> room, int length)
        {
            var range = room[..length];
            parts.Segments.Read(message.Body.Place, at, range);
            at += length;
            return stuffing.Stuff(room, isCut ? top.Take(range) : length);
        }
    }
}
