using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap;

/// <summary>Answers that several commands give.</summary>
internal static class Replies
{
    public static readonly ImapReply NotSignedIn = ImapReply.Bad("Sign in first");
    public static readonly ImapReply AlreadySignedIn = ImapReply.Bad("Already signed in");
    public static readonly ImapReply NothingSelected = ImapReply.Bad("Select a folder first");
    public static readonly ImapReply NoSuchMessage = ImapReply.Bad("There is no message with that number");
    public static readonly ImapReply NoSuchFolder = ImapReply.No("There is no such folder", ResponseCode.NonExistent);
    public static readonly ImapReply TryCreate = ImapReply.No("There is no such folder", ResponseCode.TryCreate);
    public static readonly ImapReply OverQuota = ImapReply.No("Quota exceeded: the mailbox is full", ResponseCode.OverQuota);
    public static readonly ImapReply ReadOnly = ImapReply.No("The folder was opened for reading only", ResponseCode.NoPerm);
    public static readonly ImapReply SomeExpunged = ImapReply.No("Some of the messages are gone", ResponseCode.ExpungeIssued);
    public static readonly ImapReply TooManyKeywords = ImapReply.No("The folder has as many keywords as it may", ResponseCode.Limit);
    public static readonly ImapReply Unavailable = ImapReply.No("That does not work now; please try again later", ResponseCode.Unavailable);
    public static readonly ImapReply ServerBug = ImapReply.No("That failed, and we are at fault", ResponseCode.ServerBug);

    /// <summary>The answer to a change of folders.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="done">What to say when it was done.</param>
    public static ImapReply Of(Mailboxes.FolderOutcome outcome, ImapReply done) => outcome switch
    {
        Mailboxes.FolderOutcome.Done => done,
        Mailboxes.FolderOutcome.Exists => ImapReply.No("There is a folder of that name", ResponseCode.AlreadyExists),
        Mailboxes.FolderOutcome.Missing => NoSuchFolder,
        Mailboxes.FolderOutcome.HasChildren => ImapReply.No("There are folders in it", ResponseCode.HasChildren),
        Mailboxes.FolderOutcome.IsInbox => ImapReply.No("That cannot be done with INBOX", ResponseCode.Cannot),
        Mailboxes.FolderOutcome.TooMany => ImapReply.No("There are as many folders as there may be", ResponseCode.Limit),
        Mailboxes.FolderOutcome.UseTaken => ImapReply.No("Another folder is for that already", ResponseCode.UseAttr),
        _ => ImapReply.No("That cannot be the name of a folder", ResponseCode.Cannot),
    };
}
