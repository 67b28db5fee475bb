using Mailreeve.Policy;
using Mailreeve.Protocols.Reports;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>
/// What the accused customer may see of a report. It is derived each time from the report as received, which stays sealed: a better
/// redactor then helps old cases too.
/// </summary>
public sealed class CaseEvidence(Provider provider, RedactionKey key)
{
    /// <summary>The redacted evidence of a case's first complaint; empty when its report carried none.</summary>
    public async Task<string> OfCaseAsync(DbSession db, CaseId id, CancellationToken stop)
    {
        var first = (await new EventStore(db).OfCaseAsync(id, 1, stop)).FirstOrDefault();
        if (first is null || await new ReportStore(db).FindAsync(first.ReportId, stop) is not { } report)
            return "";
        var raw = await new ReportStore(db).RawAsync(first.ReportId, stop);
        return raw is null ? "" : Redact(raw, report.Channel, report.EnvelopeFrom);
    }

    /// <summary>The redacted evidence of one report; empty when it carried none.</summary>
    internal string Redact(byte[] raw, ReportChannel channel, string? envelopeFrom)
    {
        var reading = channel == ReportChannel.Api
            ? ReportReader.ReadJson(raw, ReportLimits.Default)
            : ReportReader.Read(raw, ReportLimits.Default);
        if (reading.Original is not { } original)
            return "";

        var mailboxes = new[] { reading.Reporter?.Mailbox, reading.Sender?.Mailbox, envelopeFrom }.OfType<string>().Where(m => m.Length > 0).ToList();
        var hosts = mailboxes.Select(m => m[(m.LastIndexOf('@') + 1)..])
            .Concat(new[] { reading.Reporter?.Domain, reading.Sender?.Domain }.OfType<string>())
            .Where(h => h.Length > 0 && !provider.Owns(h));
        return Redactor.Redact(original.Bytes, new RedactionFacts
        {
            Key = key.Bytes,
            ReporterMailboxes = mailboxes,
            ReporterHosts = [.. hosts.Distinct()],
            Recipients = reading.OriginalRecipients,
            OwnHosts = [provider.HostName, .. provider.Domains],
        }).Text;
    }
}

/// <summary>The secret of this installation with which recipients are hashed (RFC 6590 §2).</summary>
public sealed record RedactionKey(byte[] Bytes);

/// <summary>The secret of this installation that signs the bounce addresses of its notices.</summary>
public sealed record BounceKey(byte[] Bytes);
