using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Mail.Pop3.Commands;

/// <summary>Finds the command that a line means, and whether it is one of those that may be said now (RFC 1939 §4, §5).</summary>
internal static class Dispatch
{
    /// <returns>The reply; <see langword="null"/> when it has been written, or the client speaks next.</returns>
    public static ValueTask<Pop3Reply?> HandleAsync(Pop3Session session, ReadOnlyMemory<byte> line)
    {
        if (!TrySplit(line, out var verb, out var argument))
            return new(Pop3Reply.ErrBadLine);

        // PASS comes right behind USER; whatever else comes forgets the name.
        var user = session.User;
        session.User = null;
        return verb switch
        {
            Pop3Verb.Capa => new(Capa.Handle(session, argument)),
            Pop3Verb.Quit => Quit.HandleAsync(session, argument),
            Pop3Verb.Http => new(Pop3Reply.ErrNotHttp),
            Pop3Verb.Unknown => new(Pop3Reply.ErrUnknownCommand),
            _ when session.Maildrop is { } maildrop => WithMaildropAsync(session, maildrop, verb, argument),
            Pop3Verb.User => new(Commands.User.Handle(session, argument)),
            Pop3Verb.Pass => Pass.HandleAsync(session, user, argument),
            Pop3Verb.Auth => Auth.HandleAsync(session, argument),
            Pop3Verb.Stls => Stls.HandleAsync(session, argument),
            _ => new(Pop3Reply.ErrSignInFirst),
        };
    }

    private static ValueTask<Pop3Reply?> WithMaildropAsync(
        Pop3Session session, Maildrop maildrop, Pop3Verb verb, ReadOnlyMemory<byte> argument) => verb switch
        {
            Pop3Verb.Retr => Retr.HandleAsync(session, maildrop, argument.Span),
            Pop3Verb.Top => Top.HandleAsync(session, maildrop, argument.Span),
            Pop3Verb.Dele => new(Dele.Handle(maildrop, argument.Span)),
            Pop3Verb.Uidl => Uidl.HandleAsync(session, maildrop, argument),
            Pop3Verb.List => List.HandleAsync(session, maildrop, argument),
            Pop3Verb.Stat => new(Stat.Handle(maildrop, argument.Span)),
            Pop3Verb.Noop => new(Noop.Handle(argument.Span)),
            Pop3Verb.Rset => new(Rset.Handle(maildrop, argument.Span)),
            _ => new(Pop3Reply.ErrSignedIn),
        };

    private static bool TrySplit(ReadOnlyMemory<byte> line, out Pop3Verb verb, out ReadOnlyMemory<byte> argument)
    {
        var parsed = Pop3Command.TryParse(line.Span, out var command);
        verb = command.Verb;
        argument = default;
        if (parsed && line.Span.Overlaps(command.Argument, out var offset))
            argument = line.Slice(offset, command.Argument.Length);
        return parsed;
    }
}
