using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>Finds who carries out a command, if the session is at a point where it may be (RFC 3501 §3).</summary>
internal static class Dispatch
{
    /// <returns>How it ended; <see langword="null"/> when that has been said already.</returns>
    public static ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand command) => command switch
    {
        ImapCommand.Capability => new(Capability.Handle(session)),
        ImapCommand.Noop => new(Noop.Handle()),
        ImapCommand.Id => new(Id.Handle(session)),
        ImapCommand.Logout => new(Logout.Handle(session)),
        ImapCommand.Malformed or ImapCommand.Unknown => new(Refusal(command)),
        _ when session.Account is null => BeforeSignInAsync(session, command),
        ImapCommand.StartTls or ImapCommand.Login or ImapCommand.Authenticate => new(Replies.AlreadySignedIn),
        _ => SignedInAsync(session, command),
    };

    /// <summary>The answer to what is no command.</summary>
    public static ImapReply Refusal(ImapCommand command) => command switch
    {
        ImapCommand.Malformed malformed => ImapReply.Bad(malformed.Reason),
        _ => ImapReply.Bad("Unknown command"),
    };

    /// <summary>Whether the command counts messages by UID, and its answer too (RFC 3501 §6.4.8).</summary>
    public static bool ByUid(ImapCommand command) => command
        is ImapCommand.Fetch { ByUid: true }
        or ImapCommand.Store { ByUid: true }
        or ImapCommand.Search { ByUid: true }
        or ImapCommand.Sort { ByUid: true }
        or ImapCommand.Thread { ByUid: true }
        or ImapCommand.Copy { ByUid: true }
        or ImapCommand.Move { ByUid: true }
        or ImapCommand.Expunge { Uids: not null };

    private static ValueTask<ImapReply?> BeforeSignInAsync(ImapSession session, ImapCommand command) => command switch
    {
        ImapCommand.StartTls starttls => StartTls.HandleAsync(session, starttls),
        ImapCommand.Login login => Login.HandleAsync(session, login),
        ImapCommand.Authenticate authenticate => Authenticate.HandleAsync(session, authenticate),
        ImapCommand.Append => new(session.Refuse(Replies.NotSignedIn)),
        _ => new(Replies.NotSignedIn),
    };

    private static ValueTask<ImapReply?> SignedInAsync(ImapSession session, ImapCommand command) => command switch
    {
        ImapCommand.Enable enable => Enable.HandleAsync(session, enable),
        ImapCommand.Select select => Select.HandleAsync(session, select),
        ImapCommand.Create create => Create.HandleAsync(session, create),
        ImapCommand.Delete delete => Delete.HandleAsync(session, delete),
        ImapCommand.Rename rename => Rename.HandleAsync(session, rename),
        ImapCommand.Subscribe subscribe => Subscribe.HandleAsync(session, subscribe.Mailbox, subscribed: true),
        ImapCommand.Unsubscribe unsubscribe => Subscribe.HandleAsync(session, unsubscribe.Mailbox, subscribed: false),
        ImapCommand.List list => List.HandleAsync(session, list),
        ImapCommand.Lsub lsub => Lsub.HandleAsync(session, lsub),
        ImapCommand.Namespace => new(Namespace.Handle(session)),
        ImapCommand.Status status => Status.HandleAsync(session, status),
        ImapCommand.Append append => Append.HandleAsync(session, append),
        ImapCommand.Idle => Idle.HandleAsync(session),
        ImapCommand.GetQuota quota => Quota.GetAsync(session, quota),
        ImapCommand.GetQuotaRoot root => Quota.GetRootAsync(session, root),
        ImapCommand.SetQuota => new(Quota.Set()),
        _ when session.Selected is null => new(Replies.NothingSelected),
        _ => SelectedAsync(session, command),
    };

    private static ValueTask<ImapReply?> SelectedAsync(ImapSession session, ImapCommand command) => command switch
    {
        ImapCommand.Check => new(Check.Handle()),
        ImapCommand.Close => Close.HandleAsync(session),
        ImapCommand.Unselect => new(Unselect.Handle(session)),
        ImapCommand.Expunge expunge => Expunge.HandleAsync(session, expunge),
        ImapCommand.Search search => Search.HandleAsync(session, search),
        ImapCommand.Sort sort => Sort.HandleAsync(session, sort),
        ImapCommand.Thread thread => Commands.Thread.HandleAsync(session, thread),
        ImapCommand.BadCharset => new(Search.BadCharset),
        ImapCommand.Fetch fetch => Fetch.HandleAsync(session, fetch),
        ImapCommand.Store store => Store.HandleAsync(session, store),
        ImapCommand.Copy copy => Copy.HandleAsync(session, copy),
        ImapCommand.Move move => Move.HandleAsync(session, move),
        var unknown => throw new System.Diagnostics.UnreachableException($"Nobody carries out {unknown.GetType().Name}."),
    };
}
