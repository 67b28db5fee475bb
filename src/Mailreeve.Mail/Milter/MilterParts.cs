using System.Buffers;
using Mailreeve.Mail.OwnMta;

namespace Mailreeve.Mail.Milter;

/// <summary>What the milter is made of.</summary>
public sealed record MilterParts
{
    /// <summary>Our name in <c>Authentication-Results</c> (authserv-id, RFC 8601 §2.5). Fields that claim to be from it are removed.</summary>
    public required string HostName { get; init; }

    /// <summary>What our policy says.</summary>
    public required MtaAnswers Answers { get; init; }

    /// <summary>Where someone who is blocked or suspended finds the way out, as in <c>https://provider.example/case</c>.</summary>
    public required string WhereToTurn { get; init; }

    /// <summary>Header fields for a customer's message, each with its CRLF: the signed trace, DKIM; null for none.</summary>
    public Func<MilterMessage, ReadOnlySequence<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? Outgoing { get; init; }

    /// <summary>Header fields for anybody else's message, each with its CRLF: <c>Authentication-Results</c>; null for none.</summary>
    public Func<MilterMessage, ReadOnlySequence<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? Incoming { get; init; }

    /// <summary>Limits.</summary>
    public MilterLimits Limits { get; init; } = new();

    /// <summary>Measures time-outs. Not a clock: a clock that is moved, or runs fast, must not end connections.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;
}
