using Mailreeve.Mail.OwnMta;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>What the service of policy delegation is made of.</summary>
public sealed record PolicyServiceParts
{
    /// <summary>What our policy says.</summary>
    public required MtaAnswers Answers { get; init; }

    /// <summary>Where someone who is blocked or suspended finds the way out, as in <c>https://provider.example/case</c>.</summary>
    public required string WhereToTurn { get; init; }

    /// <summary>Limits.</summary>
    public PolicyServiceLimits Limits { get; init; } = new();

    /// <summary>Measures time-outs. Not a clock: a clock that is moved, or runs fast, must not end connections.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;
}
