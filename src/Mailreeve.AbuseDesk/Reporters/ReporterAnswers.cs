using System.Globalization;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Reporters;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage.Abuse;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>Says what a report's sender is owed by mail, and to which report a reply belongs.</summary>
public sealed class ReporterAnswers(Provider provider, ReportCodeKey key)
{
    private const int ResourceCharsMax = 100;

    /// <summary>What is owed for a report that got this outcome; null when its sender is not answered. The id is still to be given.</summary>
    internal NewAnswer? Owed(UnderstoodReport understood, ReportOutcome outcome, Instant now)
    {
        var (report, reading) = (understood.Report, understood.Reading);
        if (AnswerRules.WhyNot(FactsOf(report, reading, outcome)) is not null)
            return null;

        var missing = MissingFacts.Of(understood, outcome);
        var foreign = outcome == ReportOutcome.NotOurs
            ? understood.Findings.FirstOrDefault(f => f.Verdict is AttributionVerdict.NotOurs && f.Observation.Role != ObservationRole.Victim)?.Observation.Address
            : null;
        return new NewAnswer
        {
            Id = 0,
            Recipient = report.EnvelopeFrom!.ToLowerInvariant(),
            ReportId = report.Id,
            Kind = outcome == ReportOutcome.NotOurs ? AnswerKind.NotOurs : missing.Count > 0 ? AnswerKind.NeedsFacts : AnswerKind.Received,
            Resource = ResourceOf(understood),
            Address = foreign,
            Wanted = missing,
            MessageId = reading.MessageId,
            DueAt = now,
        };
    }

    /// <summary>The report to which a mail belongs because it answers what we wrote about it; null when it does not.</summary>
    internal ReportId? RepliesTo(WaitingReport report)
    {
        // Few mails are replies, and this is much quicker than to read a header.
        if (report.Channel != ReportChannel.Smtp || report.Raw.AsSpan().IndexOf("answer."u8) < 0)
            return null;
        foreach (var id in RepliedTo.Ids(report.Raw, ReportLimits.Default))
            if (AnswerMessageId.ReadOrNull(id, key.Bytes) is { } earlier && earlier.Value < report.Id.Value)
                return earlier;
        return null;
    }

    /// <summary>What becomes of a reply: what a program wrote is kept, and what a person asks is for a person.</summary>
    internal static (ReportOutcome Outcome, string Detail) OfReply(ReportReading reading, ReportId earlier, ReportOutcome outcome, string detail) =>
        outcome is ReportOutcome.Case or ReportOutcome.Repeat or ReportOutcome.Doubted ? (outcome, string.Create(CultureInfo.InvariantCulture, $"{detail} It answers what we wrote about {earlier}."))
        // That it is no report does not matter: a question is none either.
        : reading.IsAutomatic
            ? (ReportOutcome.Noted, $"An automatic answer to what we wrote about {earlier}.")
            : (ReportOutcome.NeedsPerson, $"An answer to what we wrote about {earlier}.");

    private AnswerFacts FactsOf(WaitingReport report, ReportReading reading, ReportOutcome outcome)
    {
        var sender = report.EnvelopeFrom ?? "";
        return new AnswerFacts
        {
            ByMail = report.Channel == ReportChannel.Smtp,
            EnvelopeFrom = MimeKit.MailboxAddress.TryParse(sender, out _) ? sender : null,
            AsksForNothing = outcome == ReportOutcome.Noted || reading.NeedsPerson is { Reason: AttentionReason.NotAReport },
            IsAutomatic = reading.IsAutomatic,
            IsOurs = provider.Owns(sender[(sender.LastIndexOf('@') + 1)..]),
            Authentication = report.Authentication,
        };
    }

    // Said back in a mail, so no link: only what names a place.
    private static string ResourceOf(UnderstoodReport understood)
    {
        var first = understood.Findings.FirstOrDefault(f => f.Holder is not null) ?? understood.Findings.FirstOrDefault(f => f.Resource is not null);
        var text = first?.Observation.Address?.ToString() ?? first?.Observation.Domain ?? (first?.Resource is { Kind: Policy.Cases.ResourceKind.Domain } site ? site.Name : null);
        return text is null ? "" : text.Length <= ResourceCharsMax ? text : text[..ResourceCharsMax];
    }
}

/// <summary>The secret of this installation from which the codes of reports and the numbers of answers are made.</summary>
public sealed record ReportCodeKey(byte[] Bytes);
