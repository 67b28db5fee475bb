using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail;

// Never message text or secrets; addresses of machines and people at Debug only.
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Connection}: {Client} connected")]
    public static partial void SmtpConnected(this ILogger log, string connection, string client);

    [LoggerMessage(2, LogLevel.Debug, "{Connection}: refused at the door: {Reply}")]
    public static partial void SmtpTurnedAway(this ILogger log, string connection, string reply);

    [LoggerMessage(3, LogLevel.Debug, "{Connection}: {Reply}")]
    public static partial void SmtpRefused(this ILogger log, string connection, string reply);

    [LoggerMessage(4, LogLevel.Information, "{Connection}: accepted {Octets} octets as {Reference}")]
    public static partial void SmtpAccepted(this ILogger log, string connection, long octets, string reference);

    [LoggerMessage(5, LogLevel.Error, "{Connection}: a message could not be stored; the client was asked to try again")]
    public static partial void SmtpNotStored(this ILogger log, Exception e, string connection);

    [LoggerMessage(6, LogLevel.Error, "{Connection}: a command failed; the client was asked to try again")]
    public static partial void SmtpCommandFailed(this ILogger log, Exception e, string connection);

    [LoggerMessage(7, LogLevel.Debug, "{Connection}: TLS handshake failed: {Reason}")]
    public static partial void SmtpTlsFailed(this ILogger log, string connection, string reason);

    [LoggerMessage(8, LogLevel.Information, "{Connection}: refused under clause {Clause}, case {Case}")]
    public static partial void SmtpBlocked(this ILogger log, string connection, string clause, string @case);

    [LoggerMessage(9, LogLevel.Debug, "{Connection}: hung up: {Reason}")]
    public static partial void SmtpHungUp(this ILogger log, string connection, string reason);

    [LoggerMessage(60, LogLevel.Information, "{Connection}: {Outcome} for {Reason} under clause {Clause}")]
    public static partial void InboundJudged(this ILogger log, string connection, string outcome, string reason, string clause);

    [LoggerMessage(61, LogLevel.Warning, "DNS list {List} is left out: {Reason}")]
    public static partial void DnsListLeftOut(this ILogger log, string list, string reason);

    [LoggerMessage(62, LogLevel.Information, "DNS list {List} is asked: its test entries are in order")]
    public static partial void DnsListInUse(this ILogger log, string list);

    [LoggerMessage(63, LogLevel.Warning, "{Filter} gives no answer, and mail goes on without it: {Reason}")]
    public static partial void FilterSilent(this ILogger log, string filter, string reason);

    [LoggerMessage(64, LogLevel.Warning, "{Count} entries of the journal of incoming mail were lost: they came faster than they could be written")]
    public static partial void InboundJournalLost(this ILogger log, long count);

    [LoggerMessage(65, LogLevel.Error, "The upkeep of the checks of incoming mail failed; it is tried again")]
    public static partial void InboundUpkeepFailed(this ILogger log, Exception e);

    [LoggerMessage(10, LogLevel.Information, "{Connection}: signed in to mailbox {Mailbox} to send")]
    public static partial void SmtpSignedIn(this ILogger log, string connection, string mailbox);

    [LoggerMessage(11, LogLevel.Debug, "{Connection}: sign-in refused: {Reason}")]
    public static partial void SmtpSignInRefused(this ILogger log, string connection, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Connection}: {Sender} sends {Octets} octets to {Recipients} recipients as {Reference}")]
    public static partial void SubmissionTaken(this ILogger log, string connection, string sender, long octets, int recipients, string reference);

    [LoggerMessage(13, LogLevel.Information, "{Connection}: {Sender} sends {Octets} octets to {Recipients} recipients as {Reference}; held under hold {Hold}")]
    public static partial void SubmissionHeld(this ILogger log, string connection, string sender, long octets, int recipients, string reference, long hold);

    [LoggerMessage(20, LogLevel.Information, "Outbound {Id}, attempt {Attempt}: {State}")]
    public static partial void OutboundTried(this ILogger log, long id, long attempt, string state);

    [LoggerMessage(21, LogLevel.Debug, "Outbound {Id}: {Host} said {Reply}")]
    public static partial void OutboundReply(this ILogger log, long id, string host, string reply);

    [LoggerMessage(22, LogLevel.Error, "Outbound {Id}: the attempt failed in an unexpected way")]
    public static partial void OutboundFailed(this ILogger log, Exception e, long id);

    [LoggerMessage(23, LogLevel.Warning, "{Count} outbound messages were being sent when the program ended; they are in doubt")]
    public static partial void OutboundInDoubt(this ILogger log, int count);

    [LoggerMessage(24, LogLevel.Error, "Outcomes of {Count} attempts for {Destination} could not be written down yet; they are kept and written later")]
    public static partial void OutboundNotRecorded(this ILogger log, Exception e, string destination, int count);

    [LoggerMessage(25, LogLevel.Information, "{Destination} does not answer; nothing more is sent there for {Minutes} minutes")]
    public static partial void DestinationDead(this ILogger log, string destination, double minutes);

    [LoggerMessage(26, LogLevel.Error, "The work for {Destination} broke off; what was taken is tried again when its time comes")]
    public static partial void DestinationFailed(this ILogger log, Exception e, string destination);

    [LoggerMessage(27, LogLevel.Error, "Outbound {Id}: the message cannot be read")]
    public static partial void OutboundUnreadable(this ILogger log, Exception e, long id);

    [LoggerMessage(28, LogLevel.Warning, "{Count} outbound messages were left by a node that has gone; they are tried again")]
    public static partial void OutboundAbandoned(this ILogger log, int count);

    [LoggerMessage(29, LogLevel.Information, "{Count} outbound messages have waited too long and are given up")]
    public static partial void OutboundGivenUp(this ILogger log, int count);

    [LoggerMessage(30, LogLevel.Information, "{Segments} segments of the queue have been deleted, and {Rows} rows of messages that are done with")]
    public static partial void OutboundCleaned(this ILogger log, int segments, int rows);

    [LoggerMessage(31, LogLevel.Information, "The TLS report for {Domain} was not taken and is tried again: {Reason}")]
    public static partial void TlsReportNotTaken(this ILogger log, string domain, string reason);

    [LoggerMessage(40, LogLevel.Information, "{Messages} messages in {Mailboxes} mailboxes have reached the end of their time under clause {Clause}")]
    public static partial void MessagesExpired(this ILogger log, int messages, int mailboxes, string clause);

    [LoggerMessage(41, LogLevel.Information, "{Segments} segments have been deleted: every message in them has reached the end of its time")]
    public static partial void SegmentsDropped(this ILogger log, int segments);

    [LoggerMessage(100, LogLevel.Debug, "{Connection}: {Client} connected for IMAP")]
    public static partial void ImapConnected(this ILogger log, string connection, string client);

    [LoggerMessage(101, LogLevel.Debug, "{Connection}: turned away at the door: {Reason}")]
    public static partial void ImapTurnedAway(this ILogger log, string connection, string reason);

    [LoggerMessage(102, LogLevel.Debug, "{Connection}: not a good command: {Reason}")]
    public static partial void ImapBadCommand(this ILogger log, string connection, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Connection}: signed in to mailbox {Mailbox} by IMAP")]
    public static partial void ImapSignedIn(this ILogger log, string connection, string mailbox);

    [LoggerMessage(104, LogLevel.Debug, "{Connection}: sign-in refused: {Reason}")]
    public static partial void ImapSignInRefused(this ILogger log, string connection, string reason);

    [LoggerMessage(105, LogLevel.Error, "{Connection}: {Command} failed")]
    public static partial void ImapCommandFailed(this ILogger log, Exception e, string connection, string command);

    [LoggerMessage(106, LogLevel.Debug, "{Connection}: TLS handshake failed: {Reason}")]
    public static partial void ImapTlsFailed(this ILogger log, string connection, string reason);

    [LoggerMessage(107, LogLevel.Debug, "{Connection}: hung up: {Reason}")]
    public static partial void ImapHungUp(this ILogger log, string connection, string reason);

    [LoggerMessage(108, LogLevel.Error, "{Connection}: the message at {Place} cannot be read")]
    public static partial void ImapMessageUnreadable(this ILogger log, Exception e, string connection, string place);

    [LoggerMessage(109, LogLevel.Error, "{Connection}: a message could not be stored; the client keeps it")]
    public static partial void ImapNotStored(this ILogger log, Exception e, string connection);

    [LoggerMessage(110, LogLevel.Warning, "{Connection}: mailbox {Mailbox} or its selected folder is gone; the session ends")]
    public static partial void ImapFolderGone(this ILogger log, string connection, string mailbox);

    [LoggerMessage(50, LogLevel.Debug, "{Connection}: {Client} connected")]
    public static partial void Pop3Connected(this ILogger log, string connection, string client);

    [LoggerMessage(51, LogLevel.Debug, "{Connection}: refused at the door: {Reply}")]
    public static partial void Pop3TurnedAway(this ILogger log, string connection, string reply);

    [LoggerMessage(52, LogLevel.Debug, "{Connection}: {Reply}")]
    public static partial void Pop3Refused(this ILogger log, string connection, string reply);

    [LoggerMessage(53, LogLevel.Debug, "{Connection}: mailbox {Mailbox} is open, with {Messages} messages")]
    public static partial void Pop3Opened(this ILogger log, string connection, string mailbox, int messages);

    [LoggerMessage(54, LogLevel.Error, "{Connection}: a command failed; the client was asked to try again")]
    public static partial void Pop3CommandFailed(this ILogger log, Exception e, string connection);

    [LoggerMessage(55, LogLevel.Warning, "{Connection}: the message with UID {Uid} cannot be read")]
    public static partial void Pop3MessageUnreadable(this ILogger log, Exception e, string connection, uint uid);

    [LoggerMessage(56, LogLevel.Error, "{Connection}: the messages that were deleted could not be removed; the client was told")]
    public static partial void Pop3NotRemoved(this ILogger log, Exception e, string connection);

    [LoggerMessage(57, LogLevel.Error, "{Connection}: the lock could not be given back; the mailbox may stay locked for POP3")]
    public static partial void Pop3NotUnlocked(this ILogger log, Exception e, string connection);

    [LoggerMessage(58, LogLevel.Debug, "{Connection}: TLS handshake failed: {Reason}")]
    public static partial void Pop3TlsFailed(this ILogger log, string connection, string reason);

    [LoggerMessage(59, LogLevel.Debug, "{Connection}: hung up: {Reason}")]
    public static partial void Pop3HungUp(this ILogger log, string connection, string reason);

    [LoggerMessage(200, LogLevel.Warning, "Policy delegation: turned a connection away: the mail servers of ours have {Limit} open")]
    public static partial void PolicyTurnedAway(this ILogger log, int limit);

    [LoggerMessage(201, LogLevel.Warning, "Policy delegation {Connection}: what was sent is no question; closing")]
    public static partial void PolicyMalformed(this ILogger log, string connection);

    [LoggerMessage(202, LogLevel.Error, "Policy delegation {Connection}: a question could not be decided; the mail server was told to put it off")]
    public static partial void PolicyUndecided(this ILogger log, Exception e, string connection);

    [LoggerMessage(203, LogLevel.Debug, "Policy delegation {Connection}: answered {Action}")]
    public static partial void PolicyObjected(this ILogger log, string connection, string action);

    [LoggerMessage(204, LogLevel.Warning, "Policy delegation: a connection could not be accepted: {Reason}")]
    public static partial void PolicyNotAccepted(this ILogger log, System.Net.Sockets.SocketError reason);

    [LoggerMessage(205, LogLevel.Error, "Policy delegation {Connection}: closed, for something unexpected")]
    public static partial void PolicyConnectionFailed(this ILogger log, Exception e, long connection);

    [LoggerMessage(206, LogLevel.Critical, "Policy delegation has ended; mail servers that ask do what they are told to do then")]
    public static partial void PolicyServiceEnded(this ILogger log, Exception e);

    [LoggerMessage(220, LogLevel.Warning, "Milter: turned a connection away: the mail servers of ours have {Limit} open")]
    public static partial void MilterTurnedAway(this ILogger log, int limit);

    [LoggerMessage(221, LogLevel.Warning, "{Connection}: what was sent to the milter is malformed ({What}); closing")]
    public static partial void MilterMalformed(this ILogger log, string connection, string what);

    [LoggerMessage(222, LogLevel.Error, "{Connection}: the milter could not decide; the mail server was told to put it off")]
    public static partial void MilterUndecided(this ILogger log, Exception e, string connection);

    [LoggerMessage(223, LogLevel.Debug, "{Connection}: the milter refused: {Reply}")]
    public static partial void MilterRefused(this ILogger log, string connection, string reply);

    [LoggerMessage(224, LogLevel.Debug, "{Connection}: the mail server hung up: {Reason}")]
    public static partial void MilterHungUp(this ILogger log, string connection, string reason);
    [LoggerMessage(800, LogLevel.Information, "Certificate for {Names} by {Issuer}, valid until {NotAfter}, is in use, from {Source}")]
    public static partial void CertificateInUse(this ILogger log, string names, string issuer, NodaTime.Instant notAfter, string source);

    [LoggerMessage(801, LogLevel.Error, "A changed certificate is not used, the one before it stays: {Problem}")]
    public static partial void CertificateRefused(this ILogger log, string problem);

    [LoggerMessage(802, LogLevel.Warning, "The certificate for {Name} ends at {NotAfter}: {Source}")]
    public static partial void CertificateEnds(this ILogger log, string name, NodaTime.Instant notAfter, string source);

    [LoggerMessage(803, LogLevel.Error, "The certificate for {Name} has expired, at {NotAfter}: {Source}")]
    public static partial void CertificateExpired(this ILogger log, string name, NodaTime.Instant notAfter, string source);

    [LoggerMessage(804, LogLevel.Information, "A certificate is fetched because {Reason}: {Names}, from {Authority}")]
    public static partial void CertificateFetched(this ILogger log, string reason, string names, string authority);

    [LoggerMessage(805, LogLevel.Warning, "{Authority} gave no certificate: {Why}. Attempt {Attempt}; the next one is at {NextAt}")]
    public static partial void CertificateNotFetched(this ILogger log, string authority, string why, int attempt, NodaTime.Instant nextAt);

    [LoggerMessage(140, LogLevel.Information, "Traces are made with secret {Id} from now on")]
    public static partial void TraceKeyChanged(this ILogger log, long id);

    [LoggerMessage(141, LogLevel.Information, "{Count} keys were made for domains that had none; 'mailreeve zone DOMAIN' prints their records")]
    public static partial void DkimKeysMade(this ILogger log, int count);

    [LoggerMessage(142, LogLevel.Information, "The record of key {Selector} of {Domain} can be seen; it signs from now on")]
    public static partial void DkimKeySeen(this ILogger log, string selector, string domain);
}
