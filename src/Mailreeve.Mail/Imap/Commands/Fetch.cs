using System.Buffers;
using System.Text;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>FETCH and UID FETCH: what is in messages (RFC 3501 §6.4.5). Octets go from the segment into the pipe, without a copy in between.</summary>
internal static class Fetch
{
    // Written at a time; then the client has to take it.
    private const int ChunkBytes = 64 << 10;

    private const FetchItems FromSummary = FetchItems.Envelope | FetchItems.Body | FetchItems.BodyStructure;

    private static readonly ImapReply Done = ImapReply.Ok("Fetched");
    private static readonly ImapReply SomeUnreadable = ImapReply.No("Some of the messages cannot be read", ResponseCode.ServerBug);

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Fetch command)
    {
        if (await FolderNews.ArrivalsAsync(session) is not { } folder)
            return Replies.NoSuchFolder;
        var selected = session.Selected!;
        if (!selected.TryResolve(command.Messages, command.ByUid, out var found))
            return Replies.NoSuchMessage;
        if (command.ChangedSince is not null || command.Items.HasFlag(FetchItems.ModSeq))
            session.EnableCondStore(folder);
        if (found.Count == 0)
            return Done;

        var marks = !selected.ReadOnly && command.Sections.Any(s => !s.Peek);
        if (marks)
            await MarkAsync(session, folder, found, command.ChangedSince);
        if (marks && await session.SelectedViewAsync() is { } marked)
            folder = marked;
        var needsSummary = (command.Items & FromSummary) != 0 || command.Sections.Any(NeedsSummary);
        if (needsSummary)
            await SummaryLoad.LoadAsync(session, folder, selected.Told[found[0].First].Uid, selected.Told[found[^1].Last].Uid);

        using var answer = new Answer(session, command, needsSummary);
        await answer.WriteAsync(folder, found, tellsFlags: marks);
        if (answer.IsUnreadable)
            return SomeUnreadable;
        return answer.IsGone && !command.ByUid ? Replies.SomeExpunged : Done;
    }

    private static bool NeedsSummary(FetchSection section) => section.Part.Count > 0 || section.Text != SectionText.All;

    // Who fetches text has read the message. In one change for the set; what is read already is not touched.
    private static async ValueTask MarkAsync(ImapSession session, FolderView folder, List<IndexRange> found, ulong? changedSince)
    {
        var selected = session.Selected!;
        var unseen = new List<uint>();
        foreach (var uid in selected.UidsAt(found))
        {
            if (folder.Messages.Find(uid) is { } message && (message.Flags & SystemFlags.Seen) == 0 && message.ModSeq > (changedSince ?? 0))
                unseen.Add(uid);
        }

        if (unseen.Count > 0)
            await session.Account!.Owner.StoreAsync(selected.Id, new FlagChange { Uids = unseen, Operation = StoreMode.Add, Flags = SystemFlags.Seen });
    }

    private sealed class Answer : IDisposable
    {
        private readonly ImapSession session;
        private readonly ImapCommand.Fetch command;
        private readonly MessageReader reader;
        private readonly ArrayBufferWriter<byte> fields = new();
        private readonly byte[][][] names;
        private readonly bool needsSummary;

        public Answer(ImapSession session, ImapCommand.Fetch command, bool needsSummary)
        {
            (this.session, this.command, this.needsSummary) = (session, command, needsSummary);
            reader = new MessageReader(session.Parts.Segments);
            names = [.. command.Sections.Select(s => s.Fields.Select(Encoding.UTF8.GetBytes).ToArray())];
        }

        /// <summary>Whether a message was gone.</summary>
        public bool IsGone { get; private set; }

        /// <summary>Whether a message could not be read.</summary>
        public bool IsUnreadable { get; private set; }

        public async ValueTask WriteAsync(FolderView folder, List<IndexRange> found, bool tellsFlags)
        {
            var selected = session.Selected!;
            var newest = new Newest(selected.Told, folder.Messages);
            foreach (var (first, last) in found)
            {
                for (var index = first; index <= last; index++)
                {
                    if (newest.Find(index) is not { } message)
                    {
                        IsGone = true;
                        continue;
                    }

                    if (message.ModSeq <= command.ChangedSince && command.ChangedSince > 0)
                        continue;
                    if (!IsReadable(message.Body))
                    {
                        IsUnreadable = true;
                        continue;
                    }

                    var flags = command.Items.HasFlag(FetchItems.Flags) || (tellsFlags && message.Flags != selected.Told[index].Flags);
                    var response = new FetchResponse(session.Writer, (uint)index + 1);
                    WriteItems(ref response, message, flags);
                    if (flags)
                        selected.Learn(index, message);
                    for (var i = 0; i < command.Sections.Count; i++)
                    {
                        if (WriteSection(ref response, message, i) is { Length: > 0 } left)
                            await CopyAsync(message.Body, left);
                    }

                    response.End();
                    if (session.Wire.Output.UnflushedBytes > ChunkBytes)
                        await session.Wire.FlushAsync();
                }
            }
        }

        public void Dispose() => reader.Dispose();

        // Asked before the first word about a message: half of an answer cannot be taken back.
        private bool IsReadable(MessageBody body) =>
            (!needsSummary || body.Summary is not null) && (command.Sections.Count == 0 || session.Parts.Segments.Has(body.Place.Segment));

        private void WriteItems(ref FetchResponse response, StoredMessage message, bool flags)
        {
            var items = command.Items;
            if (command.ByUid || (items & FetchItems.Uid) != 0)
                response.Uid(message.Uid);
            if (flags)
                response.Flags(session.Selected!.FlagsOf(message), message.Keywords);
            if ((items & FetchItems.ModSeq) != 0 || (flags && session.CondStore))
                response.ModSeq(message.ModSeq);
            if ((items & FetchItems.InternalDate) != 0)
                response.InternalDate(message.Body.InternalDate);
            if ((items & FetchItems.Size) != 0)
                response.Size(message.Body.Length);
            if ((items & FetchItems.SaveDate) != 0)
                response.SaveDate(message.Body.SavedAt);
            if ((items & FromSummary) == 0)
                return;
            var summary = message.Body.Summary!;
            if ((items & FetchItems.Envelope) != 0)
                response.Envelope(summary.Envelope.Span);
            if ((items & FetchItems.Body) != 0)
                response.Body(summary.Body.Span);
            if ((items & FetchItems.BodyStructure) != 0)
                response.BodyStructure(summary.BodyStructure.Span);
        }

        // Returns the octets of the message that have to follow.
        private SectionRange WriteSection(ref FetchResponse response, StoredMessage message, int which)
        {
            var section = command.Sections[which];
            var range = RangeOf(section, message.Body);
            if (section.Text is SectionText.HeaderFields or SectionText.HeaderFieldsNot)
            {
                fields.ResetWrittenCount();
                if (range.Length > 0)
                    HeaderFields.Write(Read(message.Body, range), names[which], section.Text == SectionText.HeaderFieldsNot, fields);
                var piece = Piece(new SectionRange(0, fields.WrittenCount), section.Partial);
                response.Section(section, fields.WrittenSpan.Slice(piece.Offset, piece.Length));
                return default;
            }

            var wanted = Piece(range, section.Partial);
            if (wanted.Length == 0)
                response.Section(section, default);
            else
                response.SectionOf(section, wanted.Length);
            return wanted;
        }

        private static SectionRange RangeOf(FetchSection section, MessageBody body)
        {
            if (!NeedsSummary(section))
                return new SectionRange(0, body.Length);
            var kind = section.Text switch
            {
                SectionText.All => SectionKind.Whole,
                SectionText.Text => SectionKind.Text,
                SectionText.Mime => SectionKind.Mime,
                _ => SectionKind.Header,
            };
            return body.Summary!.Find(section.Part.AsSpan(), kind) ?? default;
        }

        // Beyond the end there is nothing, and that is no error (RFC 3501 §6.4.5): clients fetch by pieces without knowing the size.
        private static SectionRange Piece(SectionRange range, PartialRange? partial)
        {
            if (partial is not { } piece)
                return range;
            var from = (int)Math.Min(piece.Offset, range.Length);
            return new SectionRange(range.Offset + from, (int)Math.Min(piece.Length, range.Length - from));
        }

        private async ValueTask CopyAsync(MessageBody body, SectionRange range)
        {
            for (var at = range.Offset; at < range.End; at += ChunkBytes)
            {
                if (session.Wire.Output.UnflushedBytes > ChunkBytes)
                    await session.Wire.FlushAsync();
                Copy(body, at, Math.Min(ChunkBytes, range.End - at));
            }
        }

        private void Copy(MessageBody body, int from, int length)
        {
            try
            {
                session.Parts.Segments.CopyTo(body.Place, from, length, session.Wire.Output);
            }
            catch (IOException e)
            {
                // More was announced than can follow: all that is left is to close the connection.
                session.Log.ImapMessageUnreadable(e, session.Id, $"{body.Place}");
                throw;
            }
        }

        private ReadOnlySpan<byte> Read(MessageBody body, SectionRange range)
        {
            try
            {
                return reader.Read(body, range.Offset, range.Length);
            }
            catch (IOException e)
            {
                session.Log.ImapMessageUnreadable(e, session.Id, $"{body.Place}");
                throw;
            }
        }
    }
}
