using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Postmaster;

/// <summary>Whether an answer to a mail to postmaster@ was written by a person (C7). Pure: same arguments, same answer.</summary>
/// <remarks>
/// RFC 3834, and the signs that programs before it left. When in doubt it is a program's: a person who is taken for one still has the button,
/// while a mailbox that only a program reads would otherwise never be found. X-Auto-Response-Suppress is no sign: people's servers set it, too,
/// so that nothing answers them.
/// </remarks>
public static class PostmasterReplyRules
{
    /// <summary>What shows that a program made it; <see langword="null"/> for a person's.</summary>
    /// <param name="from">Envelope sender; <see langword="null"/> for the null sender.</param>
    /// <param name="marks">What its header says.</param>
    public static ProgramMark? MarkOf(Mailbox? from, ReplyMarks marks)
    {
        if (from is null)
            return ProgramMark.NullSender;
        if (DomainName.Same(from.LocalPart, "mailer-daemon"))
            return ProgramMark.Daemon;
        if (marks.IsReport)
            return ProgramMark.Report;
        if (marks.AutoSubmitted is { } submitted && !DomainName.Same(submitted, "no"))
            return ProgramMark.AutoSubmitted;
        if (marks.Precedence is { } precedence && Precedences.Any(p => DomainName.Same(precedence, p)))
            return ProgramMark.Precedence;
        if (marks.IsAutoReply)
            return ProgramMark.AutoReply;
        return marks.IsOfList ? ProgramMark.List : null;
    }

    private static readonly string[] Precedences = ["bulk", "junk", "auto_reply", "list"];
}

/// <summary>What shows that a program made an answer.</summary>
public enum ProgramMark
{
    /// <summary>The null sender, as bounces have it.</summary>
    NullSender,

    /// <summary>A mail server is its sender.</summary>
    Daemon,

    /// <summary>A multipart/report: a delivery report, a receipt.</summary>
    Report,

    /// <summary>Auto-Submitted with another word than "no" (RFC 3834 §5).</summary>
    AutoSubmitted,

    /// <summary>Precedence: bulk, junk, list or auto_reply.</summary>
    Precedence,

    /// <summary>X-Autoreply and its like.</summary>
    AutoReply,

    /// <summary>It came through a mailing list.</summary>
    List,
}
