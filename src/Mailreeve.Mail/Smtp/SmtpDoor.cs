namespace Mailreeve.Mail.Smtp;

/// <summary>What a listener is for.</summary>
internal enum SmtpDoor
{
    /// <summary>Anybody hands in mail for our mailboxes and roles: the service of port 25.</summary>
    Exchange,

    /// <summary>A mail server of our own hands in mail for mailboxes by LMTP (RFC 2033), and each recipient has a reply of its own.</summary>
    Lmtp,

    /// <summary>Customers hand in mail for anybody (RFC 6409): the service of ports 587 and 465.</summary>
    Submission,
}
