using Mailreeve.Policy;

namespace Mailreeve.Mail.Mailboxes;

/// <summary>A mailbox that a message is for.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="IntoJunk">Whether it goes into Junk and not into INBOX.</param>
public readonly record struct Addressee(MailboxId Mailbox, bool IntoJunk = false);
