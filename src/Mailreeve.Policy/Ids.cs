namespace Mailreeve.Policy;

/// <summary>A customer, direct or downstream.</summary>
public readonly record struct CustomerId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value}";
}

/// <summary>A case; the number an operator and a customer use on the telephone.</summary>
public readonly record struct CaseId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value}";
}

/// <summary>A report as received. Printed as <c>R-123</c>.</summary>
public readonly record struct ReportId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"R-{Value}";
}

/// <summary>One normalised observation of a report.</summary>
public readonly record struct EventId(long Value);

/// <summary>A notice to a customer.</summary>
public readonly record struct NoticeId(long Value);

/// <summary>A customer's answer to a case.</summary>
public readonly record struct ResponseId(long Value);

/// <summary>A charge, proposed or confirmed.</summary>
public readonly record struct ChargeId(long Value);

/// <summary>A block.</summary>
public readonly record struct BlockId(long Value);

/// <summary>A decision that an operator is asked for.</summary>
public readonly record struct DecisionId(long Value);

/// <summary>A mailbox.</summary>
public readonly record struct MailboxId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value}";
}

/// <summary>A hold on what a customer sends. Printed as <c>H-12</c>.</summary>
public readonly record struct HoldId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"H-{Value}";
}

/// <summary>A folder of a mailbox.</summary>
public readonly record struct FolderId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Value}";
}
