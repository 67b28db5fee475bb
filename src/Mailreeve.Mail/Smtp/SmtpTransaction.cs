using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Submission;
using Mailreeve.Mail.Wire;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Smtp;

/// <summary>What a client has said about one message, from MAIL on.</summary>
internal sealed class SmtpTransaction(MailArgument mail) : IDisposable
{
    public MailArgument Mail { get; } = mail;

    /// <summary>What is found out about it; <see langword="null"/> when it is not checked.</summary>
    public InboundCheck? Check { get; set; }

    /// <summary>The customer who sends it; <see langword="null"/> for mail from anybody, which is for our own mailboxes and roles.</summary>
    public Submitter? Submitter { get; set; }

    public List<AcceptedRecipient> Recipients { get; } = [];

    /// <summary>The message so far, once DATA or BDAT has begun.</summary>
    public MessageBuffer Message { get; } = new();

    /// <summary>Judges the message; <see langword="null"/> until DATA or the first BDAT.</summary>
    public ContentIntake? Content { get; private set; }

    public ContentIntake Begin(ContentLimits limits) => Content ??= new ContentIntake(limits, Message);

    public void Dispose()
    {
        Message.Dispose();
        Check?.Dispose();
    }
}
