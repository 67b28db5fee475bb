using System.Buffers;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Results = Mailreeve.Protocols.AuthResults.PassedDomains;

namespace Mailreeve.AbuseDesk.Intake;

/// <summary>What in the message complained about could be in our own records, and is to be looked up there.</summary>
internal sealed record Clues
{
    public static readonly Clues None = new();

    /// <summary>Its trace; null when it has none.</summary>
    public TraceSighting? Trace { get; init; }

    /// <summary>Received lines that bear the name of a server of ours.</summary>
    public IReadOnlyList<OwnHandOver> HandOvers { get; init; } = [];

    /// <summary>Its Message-ID without angle brackets; null when it has none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Its body; null when it was not passed on.</summary>
    public ReadOnlySequence<byte>? Body { get; init; }

    /// <summary>Its signatures; null when there are none to verify.</summary>
    public DkimVerification? Signatures { get; init; }

    /// <summary>Domains for which SPF or DKIM passed where the reporter received it.</summary>
    public IReadOnlyList<string> PassedDomains { get; init; } = [];

    /// <summary>Ids that may be in the submission log: that of the trace and those of our servers' queues.</summary>
    public IEnumerable<string> Ids => HandOvers.Select(h => h.Id).Concat(Trace is null ? [] : [Trace.Id]);

    /// <summary>Reads them from the message.</summary>
    public static Clues Of(OriginalMessage? original, Provider provider)
    {
        if (original is null)
            return None;
        var message = DkimMessage.ReadFile(original.Bytes);
        var hasBody = !original.HeadersOnly && !message.Body.IsEmpty;
        var signatures = hasBody ? DkimVerification.Begin(message) : null;
        return new Clues
        {
            Trace = TraceSearch.InMessage(original.Bytes, original.HeadersOnly ? TracePlace.Header : TracePlace.Attached),
            HandOvers = OwnHandOver.Find(original.Bytes, host => host.Equals(provider.HostName, StringComparison.OrdinalIgnoreCase)),
            MessageId = original.MessageId is { Length: > 0 and <= 998 } id ? id : null,
            Body = hasBody ? message.Body : null,
            Signatures = signatures is { Wanted.Count: > 0 } ? signatures : null,
            PassedDomains = Results.Find(original.Bytes),
        };
    }
}
