using System.Buffers;
using Mailreeve.Protocols.Imap.Commands;

namespace Mailreeve.Protocols.Imap;

/// <summary>What the literal is for that a command has announced and not sent yet.</summary>
public enum LiteralUse
{
    /// <summary>For nothing: the command is wrong already, and the answer is known.</summary>
    None,

    /// <summary>It is an argument: gather it into the command (<see cref="ImapFramer.TryGather"/>).</summary>
    Argument,

    /// <summary>It is a message of APPEND: stream it (<see cref="ImapFramer.Stream"/>).</summary>
    Message,
}

/// <summary>What follows a message in APPEND.</summary>
public enum AppendRest
{
    /// <summary>The end of the command.</summary>
    End,

    /// <summary>Another message (RFC 3502).</summary>
    Message,

    /// <summary>Something that is neither: answered BAD.</summary>
    Malformed,
}

/// <summary>Reads commands (RFC 3501 §9). Pure: the same octets are always the same command, and no octets make it throw.</summary>
public static class ImapParser
{
    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>Reads one command.</summary>
    /// <param name="text">
    /// The octets as they came, without the last CRLF. A literal stands in them as it was sent: <c>{5}</c>, CRLF, five octets. Only the message
    /// of APPEND is not in them: there the text ends in its announcement.
    /// </param>
    /// <param name="limits">How much a command may hold.</param>
    /// <returns>The command; one that cannot be read is <see cref="ImapCommand.Malformed"/>, <see cref="ImapCommand.Unknown"/> or <see cref="ImapCommand.BadCharset"/>.</returns>
    public static ImapCommand Parse(ReadOnlySpan<byte> text, ImapLimits limits) => Read(text, limits, out _);

    /// <summary>Says what to do about a literal that was announced.</summary>
    /// <param name="text">The command so far; it ends in the announcement.</param>
    /// <param name="limits">How much a command may hold.</param>
    /// <param name="command">
    /// With <see cref="LiteralUse.Message"/> the <see cref="ImapCommand.Append"/>; with <see cref="LiteralUse.None"/> what is to be answered;
    /// else <see langword="null"/>.
    /// </param>
    public static LiteralUse UseOfLiteral(ReadOnlySpan<byte> text, ImapLimits limits, out ImapCommand? command)
    {
        command = Read(text, limits, out var atLiteral);
        if (command is ImapCommand.Append)
            return LiteralUse.Message;
        if (!atLiteral)
            return LiteralUse.None;
        command = null;
        return LiteralUse.Argument;
    }

    /// <summary>Reads what stands in APPEND behind a message.</summary>
    /// <param name="text">The octets after the message, up to the line end.</param>
    /// <param name="limits">How much a command may hold.</param>
    /// <param name="next">The next message, which follows as a literal; only with <see cref="AppendRest.Message"/>.</param>
    public static AppendRest ParseAppendRest(ReadOnlySpan<byte> text, ImapLimits limits, out AppendMessage? next)
    {
        next = null;
        var reader = new ImapReader(text, limits);
        if (reader.OnlyBlanksLeft())
            return AppendRest.End;
        if (!AppendCommand.TryReadMessage(ref reader, out var message))
            return AppendRest.Malformed;
        next = message;
        return AppendRest.Message;
    }

    /// <summary>The tag that a text begins with; <c>*</c> when it begins with none. For lines that are too long to be commands.</summary>
    /// <param name="text">The first octets of the command.</param>
    /// <param name="limits">How long a tag may be.</param>
    public static string TagOf(ReadOnlySpan<byte> text, ImapLimits limits)
    {
        var reader = new ImapReader(text, limits);
        return reader.Tag(out var tag) && reader.IsNext((byte)' ') ? tag : "*";
    }

    /// <summary>Whether a line ends IDLE: DONE in any case (RFC 2177 §3).</summary>
    /// <param name="line">The line without its CRLF.</param>
    public static bool IsDone(ReadOnlySpan<byte> line) => System.Text.Ascii.EqualsIgnoreCase(line.TrimEnd((byte)' '), "DONE"u8);

    // command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
    private static ImapCommand Read(ReadOnlySpan<byte> text, ImapLimits limits, out bool atLiteral)
    {
        var reader = new ImapReader(text, limits);
        atLiteral = false;
        if (!reader.Tag(out var tag))
            return new ImapCommand.Malformed(tag, reader.Problem);
        if (reader.OnlyBlanksLeft())
            return new ImapCommand.Malformed(tag, "Command missing");
        if (!reader.Space())
            return new ImapCommand.Malformed("*", "Tag missing");
        var command = Command(ref reader, tag) ?? new ImapCommand.Malformed(tag, reader.Problem);
        atLiteral = reader.AtLiteral;
        return command;
    }

    private static ImapCommand? Command(ref ImapReader reader, string tag)
    {
        Span<char> room = stackalloc char[ImapReader.WordMax];
        ReadOnlySpan<char> word = room[..reader.Word(room)];
        return word switch
        {
            "CAPABILITY" => reader.End() ? new ImapCommand.Capability(tag) : null,
            "NOOP" => reader.End() ? new ImapCommand.Noop(tag) : null,
            "LOGOUT" => reader.End() ? new ImapCommand.Logout(tag) : null,
            "STARTTLS" => reader.End() ? new ImapCommand.StartTls(tag) : null,
            "NAMESPACE" => reader.End() ? new ImapCommand.Namespace(tag) : null,
            "CHECK" => reader.End() ? new ImapCommand.Check(tag) : null,
            "CLOSE" => reader.End() ? new ImapCommand.Close(tag) : null,
            "UNSELECT" => reader.End() ? new ImapCommand.Unselect(tag) : null,
            "EXPUNGE" => reader.End() ? new ImapCommand.Expunge(tag, null) : null,
            "IDLE" => reader.End() ? new ImapCommand.Idle(tag) : null,
            "ID" => AuthenticationCommands.Id(ref reader, tag),
            "ENABLE" => AuthenticationCommands.Enable(ref reader, tag),
            "AUTHENTICATE" => AuthenticationCommands.Authenticate(ref reader, tag),
            "LOGIN" => AuthenticationCommands.Login(ref reader, tag),
            "SELECT" => MailboxCommands.Select(ref reader, tag, readOnly: false),
            "EXAMINE" => MailboxCommands.Select(ref reader, tag, readOnly: true),
            "CREATE" => MailboxCommands.Create(ref reader, tag),
            "DELETE" => MailboxCommands.TryReadOne(ref reader, out var mailbox) ? new ImapCommand.Delete(tag, mailbox) : null,
            "RENAME" => MailboxCommands.Rename(ref reader, tag),
            "SUBSCRIBE" => MailboxCommands.TryReadOne(ref reader, out var mailbox) ? new ImapCommand.Subscribe(tag, mailbox) : null,
            "UNSUBSCRIBE" => MailboxCommands.TryReadOne(ref reader, out var mailbox) ? new ImapCommand.Unsubscribe(tag, mailbox) : null,
            "STATUS" => MailboxCommands.Status(ref reader, tag),
            "LIST" => ListCommands.List(ref reader, tag),
            "LSUB" => ListCommands.Lsub(ref reader, tag),
            "APPEND" => AppendCommand.Parse(ref reader, tag),
            "GETQUOTA" => QuotaCommands.GetQuota(ref reader, tag),
            "GETQUOTAROOT" => QuotaCommands.GetQuotaRoot(ref reader, tag),
            "SETQUOTA" => new ImapCommand.SetQuota(tag),
            "UID" => Uid(ref reader, tag),
            _ => AboutMessages(ref reader, tag, word, byUid: false),
        };
    }

    // uid = "UID" SP (copy / fetch / search / store / …)
    private static ImapCommand? Uid(ref ImapReader reader, string tag)
    {
        if (!reader.Space())
            return null;
        Span<char> room = stackalloc char[ImapReader.WordMax];
        ReadOnlySpan<char> word = room[..reader.Word(room)];
        if (word is "EXPUNGE")
            return MessageCommands.UidExpunge(ref reader, tag);
        return AboutMessages(ref reader, tag, word, byUid: true);
    }

    // The commands that take message numbers or UIDs, and at the end of the line those that nobody knows.
    private static ImapCommand? AboutMessages(ref ImapReader reader, string tag, scoped ReadOnlySpan<char> word, bool byUid) => word switch
    {
        "FETCH" => FetchCommand.Parse(ref reader, tag, byUid),
        "STORE" => MessageCommands.Store(ref reader, tag, byUid),
        "COPY" => MessageCommands.Copy(ref reader, tag, byUid),
        "MOVE" => MessageCommands.Move(ref reader, tag, byUid),
        "SEARCH" => SearchCommands.Search(ref reader, tag, byUid),
        "SORT" => SearchCommands.Sort(ref reader, tag, byUid),
        "THREAD" => SearchCommands.Thread(ref reader, tag, byUid),
        _ => new ImapCommand.Unknown(tag, Printable(word)),
    };

    private static string Printable(ReadOnlySpan<char> word)
    {
        var end = word.IndexOfAnyExcept(LettersAndDigits);
        var clean = end < 0 ? word : word[..end];
        return (clean.Length > 16 ? clean[..16] : clean).ToString();
    }
}
