using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Signing;

/// <summary>Who sent a message that somebody shows us.</summary>
/// <param name="Sighting">The trace in it; null when there is none.</param>
/// <param name="Verdict">What the trace is worth.</param>
/// <param name="Submission">The message that the log has under its id; null when it has none.</param>
public sealed record MessageTrace(TraceSighting? Sighting, TraceVerdict Verdict, TracedSubmission? Submission)
{
    /// <summary>Traces a file: a message, a report about one, or text in which one is quoted.</summary>
    /// <param name="db">The database.</param>
    /// <param name="file">Its octets.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>One for each trace in it, what is complained about first; a single <see cref="TraceVerdict.NotOurs"/> when there is none.</returns>
    public static Task<IReadOnlyList<MessageTrace>> OfAsync(DbSession db, ReadOnlyMemory<byte> file, Instant now, CancellationToken stop) =>
        OfAsync(db, TraceSearch.Find(file, ReportLimits.Default), now, stop);

    /// <summary>Traces a message of which only the id is known.</summary>
    /// <param name="db">The database.</param>
    /// <param name="id">The id, as it stands in the trace or in CFBL-Feedback-ID.</param>
    /// <param name="now">The time.</param>
    /// <param name="stop">Stops the work.</param>
    public static async Task<MessageTrace> OfIdAsync(DbSession db, string id, Instant now, CancellationToken stop) =>
        (await OfAsync(db, [new TraceSighting(id.ToLowerInvariant(), null, TracePlace.Text)], now, stop))[0];

    private static async Task<IReadOnlyList<MessageTrace>> OfAsync(DbSession db, IReadOnlyList<TraceSighting> sightings, Instant now, CancellationToken stop)
    {
        if (sightings.Count == 0)
            return [Judge(null, null, now)];
        var found = (await new SubmissionTraceStore(db).FindAsync([.. sightings.Select(s => s.Id).Distinct()], stop)).ToDictionary(s => s.TraceId);
        return [.. sightings.Select(s => Judge(s, found.GetValueOrDefault(s.Id), now))];
    }

    private static MessageTrace Judge(TraceSighting? sighting, TracedSubmission? submission, Instant now) =>
        new(sighting, TraceRules.Decide(TracedSubmission.FactsOf(sighting, submission), now), submission);
}
