using Mailreeve.Protocols.Reports.FreeText;

namespace Mailreeve.Protocols.Reports;

/// <summary>
/// Reads abuse reports. The format is chosen by structure, never by sender; who the sender is, is for authentication to say.
/// Whatever is not recognised comes back with <see cref="ReportReading.NeedsPerson"/>: nothing is lost here, and nothing is thrown.
/// </summary>
/// <remarks>
/// To add a format: one file with <c>Find</c> and <c>Read</c>, one line in <see cref="ReadParts"/>, its name in
/// <see cref="ReportFormat"/>, cases under tests/cases/reports.
/// </remarks>
public static class ReportReader
{
    /// <summary>Reads a report that came by mail, as received (RFC 5322).</summary>
    public static ReportReading Read(ReadOnlyMemory<byte> raw, ReportLimits limits)
    {
        var findings = new Findings(limits);
        try
        {
            if (raw.Length > limits.MessageBytes)
            {
                findings.CutOff($"The mail has {raw.Length} bytes; only the first {limits.MessageBytes} were read.");
                raw = raw[..limits.MessageBytes];
            }

            var mail = MailParts.Read(raw, limits);
            if (SMimeSigned.Open(mail) is { } signed)
                mail = MailParts.Read(signed, limits);
            if (mail.Stopped is { } why)
                findings.CutOff(why);
            else if (mail.Unclosed)
                findings.CutOff("The mail ends before its last part is closed.");
            return Finish(WithEnvelope(ReadParts(mail, findings), mail, findings), findings);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Unreadable(e, findings);
        }
    }

    /// <summary>Reads a XARF document that was posted as JSON.</summary>
    public static ReportReading ReadJson(ReadOnlyMemory<byte> json, ReportLimits limits)
    {
        var findings = new Findings(limits);
        try
        {
            if (!XarfJson.IsXarf(json.Span) && JsonEvents.Read(json, new EventContext(), findings) is { } events)
                return Finish(events, findings);
            return Finish(XarfJson.Read(json, findings), findings);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Unreadable(e, findings);
        }
    }

    // Most explicit structure first: a part made for machines says more than a text, and a text more than a bare attachment.
    private static ReportReading ReadParts(MailParts mail, Findings findings)
    {
        var feedback = Arf.Find(mail);
        if (feedback is { Level: 0 })
            return ReadFeedback(mail, feedback, findings);
        // Before anything that lies deeper: a bounce returns the report that we sent.
        if (NotAReport.Reason(mail) is { } reason)
            return new ReportReading { NeedsPerson = new Attention(AttentionReason.NotAReport, reason) };
        if (feedback is not null)
            return ReadFeedback(mail, feedback, findings);
        if (XarfJson.Find(mail) is { Count: > 0 } xarf)
            return XarfJson.ReadAll(xarf, findings);
        if (XArf.Find(mail) is var (part, fields))
            return XArf.Read(mail, part, fields, findings);
        if (MachineReports.Read(mail, isInner: false, findings) is { } documents)
        {
            if (documents.Format == ReportFormat.TextTable || findings.Observations.Any(o => o.Role == ObservationRole.Other))
                FreeTextReport.AddBesideTables(mail, findings);
            return documents;
        }

        if (Jmrp.Find(mail) is { } complaint)
            return Jmrp.Read(mail, complaint, findings);
        if (MachineReports.Read(mail, isInner: true, findings) is { } forwarded)
            return forwarded;
        return FreeTextReport.Read(mail, findings) ?? new ReportReading
        {
            NeedsPerson = new Attention(AttentionReason.UnknownFormat, "No machine-readable part, no attached original, and the text names nothing."),
        };
    }

    private static ReportReading ReadFeedback(MailParts mail, MailPart feedback, Findings findings) =>
        Arf.IsWrapper(mail, feedback) && XarfJson.Find(mail) is { Count: > 0 } wrapped
            ? XarfJson.ReadAll(wrapped, findings)
            : Arf.Read(mail, feedback, findings);

    private static ReportReading WithEnvelope(ReportReading reading, MailParts mail, Findings findings)
    {
        var from = mail.Root.Header("From");
        var sender = from is null ? null
            : new ReportParty(Evidence.Mailboxes(from).FirstOrDefault(), findings.Keep(Evidence.DisplayName(from)));
        return reading with
        {
            Reporter = reading.Reporter ?? sender,
            Sender = reading.Sender ?? sender,
            MessageId = findings.Keep(mail.Root.Header("Message-ID"))?.Trim('<', '>', ' '),
            IsAutomatic = NotAReport.IsAutomatic(mail.Root),
        };
    }

    private static ReportReading Finish(ReportReading reading, Findings findings) => reading with
    {
        Observations = findings.Observations,
        Problems = findings.Problems,
        NeedsPerson = Need(reading, findings),
    };

    private static Attention? Need(ReportReading reading, Findings findings)
    {
        if (findings.Truncated && findings.Observations.Count == 0)
            return new Attention(AttentionReason.Truncated, "The report is too large or its end is missing, and nothing usable came before.");
        if (reading.NeedsPerson is not null)
            return reading.NeedsPerson;
        if (findings.TooMany)
            return new Attention(AttentionReason.TooManyObservations, $"Only the first {findings.Limits.Observations} observations were kept.");
        return findings.Observations.Any(o => o.HasResource)
            ? null
            : new Attention(AttentionReason.NoResource, "The report names no address, URL, domain or mailbox.");
    }

    private static ReportReading Unreadable(Exception e, Findings findings) => new()
    {
        NeedsPerson = new Attention(AttentionReason.Unreadable, $"The reader failed: {e.GetType().Name}."),
        Problems = findings.Problems,
    };
}
