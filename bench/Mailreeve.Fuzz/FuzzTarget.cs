using Mailreeve.Fuzz.Targets;

namespace Mailreeve.Fuzz;

/// <summary>A parser under test.</summary>
/// <param name="Name">Its name on the command line, and of its folder in <c>tests/fuzz</c>.</param>
/// <param name="Words">What its protocol is made of, for the mutations; one character is one octet.</param>
/// <param name="Run">Feeds it with octets. Throws when it does what it must not: any exception is a finding.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<string> Words, Action<byte[]> Run)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("smtp-command", SmtpCommand.Words, SmtpCommand.Run),
        new("smtp-stream", SmtpStream.Words, SmtpStream.Run),
        new("smtp-reply", SmtpReply.Words, SmtpReply.Run),
        new("pop3-command", Pop3CommandLine.Words, Pop3CommandLine.Run),
        new("pop3-message", Pop3Message.Words, Pop3Message.Run),
        new("sasl", Sasl.Words, Sasl.Run),
        new("imap-command", ImapCommandText.Words, ImapCommandText.Run),
        new("imap-stream", ImapStream.Words, ImapStream.Run),
        new("mailbox-name", MailboxNames.Words, MailboxNames.Run),
        new("message", Message.Words, Message.Run),
        new("summary", Summary.Words, Summary.Run),
        new("policy-request", PolicyQuestion.Words, PolicyQuestion.Run),
        new("milter-stream", MilterStream.Words, MilterStream.Run),
        new("nft-messages", NftMessages.Words, NftMessages.Run),
        new("bgp", BgpMessages.Words, BgpMessages.Run),
        new("flows", FlowDatagrams.Words, FlowDatagrams.Run),
        new("eve", EveLine.Words, EveLine.Run),
        new("detections", SensorBody.Words, SensorBody.Run),
        new("threads", Threads.Words, Threads.Run),
        new("dkim", DkimText.Words, DkimText.Run),
        new("trace", TraceText.Words, TraceText.Run),
        new("radius", Accounting.Words, Accounting.Run),
        new("dns-query", DnsQuestion.Words, DnsQuestion.Run),
        new("feed", FeedText.Words, FeedText.Run),
        new("leases", Leases.Words, Leases.Run),
        new("report", AbuseReport.Words, AbuseReport.Run),
        new("report-text", AbuseReport.TextWords, AbuseReport.RunText),
        new("report-table", AbuseReport.TableWords, AbuseReport.RunTable),
        new("report-tree", AbuseReport.TreeWords, AbuseReport.RunTree),
    ];

    /// <summary>The one of that name; <see langword="null"/> when there is none.</summary>
    public static FuzzTarget? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
