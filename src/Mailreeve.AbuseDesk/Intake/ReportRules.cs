using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>What becomes of a report, once it is known whose resources it names. Pure.</summary>
internal static class ReportRules
{
    /// <summary>The outcome and the reason an operator reads.</summary>
    public static (ReportOutcome Outcome, string Detail) Decide(UnderstoodReport understood)
    {
        var (report, reading, findings) = (understood.Report, understood.Reading, understood.Findings);
        if (report.Queue is not (ReportQueue.Abuse or ReportQueue.Postmaster))
            return (ReportOutcome.NeedsPerson, $"Mail for the {report.Queue.ToString().ToLowerInvariant()} desk.");
        if (reading.NeedsPerson is { Reason: AttentionReason.Copyright } copyright)
            return (ReportOutcome.NeedsPerson, copyright.Detail);
        if (reading.Format is ReportFormat.DmarcAggregate or ReportFormat.TlsReport)
            return (ReportOutcome.Noted, $"{(reading.Format == ReportFormat.TlsReport ? "An SMTP TLS" : "A DMARC aggregate")} report: a signal about our own mail, not a complaint.");
        if (findings.Any(f => f.MakesCase))
            return (ReportOutcome.Case, Describe(understood));
        if (reading.NeedsPerson is { } attention)
            return (ReportOutcome.NeedsPerson, attention.Detail);
        if (findings.Count > 0 && findings.All(f => f.IsNotSpam))
            return (ReportOutcome.Noted, "The reporter says that it was not spam.");

        return findings.FirstOrDefault(f => f.IsOurs) switch
        {
            null when findings.FirstOrDefault(f => f.Verdict is AttributionVerdict.ForgedSender) is { } forged =>
                (ReportOutcome.NotOurs, $"Nothing that it names is ours. {forged.Attributed.Why}{LeftOut(understood)}"),
            null => (ReportOutcome.NotOurs, $"Nothing that it names is ours.{LeftOut(understood)}"),
            { Holder: null } open => (ReportOutcome.NeedsPerson, open.Attributed.Why),
            { IsAccused: false } open => (ReportOutcome.NeedsPerson, $"{open.Resource} is a customer's, and the report does not say what it did."),
            { Kind: null } open => (ReportOutcome.NeedsPerson, $"The policy has no clause for {open.Type}."),
            var open => (ReportOutcome.NeedsPerson, open.Attributed.Why),
        };
    }

    private static string LeftOut(UnderstoodReport understood) =>
        understood.LeftOut == 0 ? "" : $" {understood.LeftOut} further observation(s) about strangers were not kept.";

    /// <summary>What became of a report about something of a customer's, once it is known who vouches for it.</summary>
    /// <param name="detail">What it is about.</param>
    /// <param name="cases">Cases that it belongs to.</param>
    /// <param name="complaints">In how many of them it is no repeat.</param>
    /// <param name="vouched">In how many it counts.</param>
    /// <param name="clicks">What feedback loops said, when it is a click that is only counted.</param>
    public static (ReportOutcome Outcome, string Detail) AfterJudging(string detail, int cases, int complaints, int vouched, FeedbackCount? clicks)
    {
        if (vouched > 0 && complaints > 0)
            return (ReportOutcome.Case, detail);
        if (complaints > 0)
            return (ReportOutcome.Doubted, $"{detail} Nobody vouches for it: it waits with the case, and nothing follows from it by itself.");
        return cases == 0 && clicks is not null
            ? (ReportOutcome.Noted, $"{detail} It is a click in a feedback loop: {FeedbackRules.Words(clicks.Clicks, clicks.NotSpam, clicks.Sent)}.")
            : (ReportOutcome.Repeat, detail);
    }

    private static string Describe(UnderstoodReport understood)
    {
        var (findings, reading) = (understood.Findings, understood.Reading);
        var names = findings.Where(f => f.MakesCase).Select(f => $"{f.Resource} ({f.Type})").Distinct().Take(5);
        var rest = findings.Count(f => !f.MakesCase);
        var text = $"About {string.Join(", ", names)}.";
        if (rest > 0)
            text += $" {rest} further observation(s) made no case.";
        text += LeftOut(understood);
        return reading.NeedsPerson is { } attention ? $"{text} {attention.Detail}" : text;
    }
}
