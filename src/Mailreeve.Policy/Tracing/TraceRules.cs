using NodaTime;

namespace Mailreeve.Policy.Tracing;

/// <summary>Tells genuine traces from others (C2). Pure.</summary>
public static class TraceRules
{
    /// <summary>
    /// How long after its key was retired a trace still counts as fresh. A key is in use for three months; reports that come later than
    /// a year after that are about mail that nobody can do anything about.
    /// </summary>
    public static readonly Duration StaleAfter = Duration.FromDays(365);

    /// <summary>The verdict.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="now">The time.</param>
    public static TraceVerdict Decide(TraceFacts facts, Instant now) => facts switch
    {
        { IsFound: false } => TraceVerdict.NotOurs,
        { IsLogged: false } or { CodeHolds: false } => TraceVerdict.Forged,
        { CodeHolds: null } => TraceVerdict.IdOnly,
        // Before its age: a code that holds on another text is a fraud at any time.
        { Body: TracedBody.Different } => TraceVerdict.Replayed,
        { KeyRetiredAt: { } retired } when now - retired > StaleAfter => TraceVerdict.Stale,
        { Body: TracedBody.Missing } => TraceVerdict.GenuineHeader,
        { Body: TracedBody.Alike } => TraceVerdict.GenuineChanged,
        _ => TraceVerdict.Genuine,
    };

    /// <summary>Whether the verdict names the sender of what was reported, so that a case may be made of it.</summary>
    public static bool NamesSender(TraceVerdict verdict) =>
        verdict is TraceVerdict.Genuine or TraceVerdict.GenuineHeader or TraceVerdict.GenuineChanged;

    /// <summary>The verdict in words, for people.</summary>
    public static string Words(TraceVerdict verdict) => verdict switch
    {
        TraceVerdict.Genuine => "genuine",
        TraceVerdict.GenuineHeader => "genuine, body not shown",
        TraceVerdict.GenuineChanged => "genuine, body changed or cut",
        TraceVerdict.IdOnly => "id known, nothing more was shown",
        TraceVerdict.Stale => "stale",
        TraceVerdict.Forged => "forged",
        TraceVerdict.Replayed => "replayed",
        _ => "not ours",
    };
}
