using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp.Commands;

/// <summary>Finds the command that a line means.</summary>
internal static class Dispatch
{
    /// <returns>The reply; <see langword="null"/> when the connection is over and nothing can be said.</returns>
    public static async ValueTask<Reply?> HandleAsync(SmtpSession session, ReadOnlyMemory<byte> line)
    {
        if (!TrySplit(line, out var verb, out var argument))
            return Reply.C500BadLine;

        // RFC 3030 §2: once BDAT was begun, nothing else may be mixed in. RSET and what belongs to no transaction may.
        if (session.Transaction?.Content is not null && verb is (SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Data))
            return Reply.C503InBdat;

        return verb switch
        {
            SmtpVerb.Lhlo when session.Door == SmtpDoor.Lmtp => Ehlo.Handle(session, argument),
            SmtpVerb.Ehlo when session.Door != SmtpDoor.Lmtp => Ehlo.Handle(session, argument),
            SmtpVerb.Helo when session.Door != SmtpDoor.Lmtp => Commands.Helo.Handle(session, argument),
            SmtpVerb.Auth when session.Door == SmtpDoor.Submission => await Auth.HandleAsync(session, argument),
            SmtpVerb.Mail => await MailFrom.HandleAsync(session, argument),
            SmtpVerb.Rcpt => await RcptTo.HandleAsync(session, argument),
            SmtpVerb.Data => await Data.HandleAsync(session, argument),
            SmtpVerb.Bdat => await Bdat.HandleAsync(session, argument),
            SmtpVerb.StartTls => await StartTls.HandleAsync(session, argument),
            SmtpVerb.Rset => Rset.Handle(session, argument),
            SmtpVerb.Noop => Noop.Handle(session),
            SmtpVerb.Vrfy => Vrfy.Handle(session),
            SmtpVerb.Help => Help.Handle(session),
            SmtpVerb.Quit => Quit.Handle(argument),
            SmtpVerb.Expn => Reply.C502NotImplemented,
            SmtpVerb.Http => Reply.C554NotHttp,
            _ => Reply.C500UnknownCommand,
        };
    }

    private static bool TrySplit(ReadOnlyMemory<byte> line, out SmtpVerb verb, out ReadOnlyMemory<byte> argument)
    {
        var parsed = CommandLine.TryParse(line.Span, out var command);
        verb = command.Verb;
        argument = default;
        if (parsed && line.Span.Overlaps(command.Argument, out var offset))
            argument = line.Slice(offset, command.Argument.Length);
        return parsed;
    }
}
