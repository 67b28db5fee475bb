using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>What the policy requires on one kind of case, step by step. Read from the policy file.</summary>
public sealed record Ladder
{
    /// <summary>The kind of case.</summary>
    public required CaseKind Kind { get; init; }

    /// <summary>The clause that such a case is about.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>Report types (XARF v4, <c>category/type</c>) that open such a case.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>Whether it is for advertised sites rather than for senders.</summary>
    public required bool ForSites { get; init; }

    /// <summary>How long the customer has, from the moment the notice was accepted for delivery.</summary>
    public required Term<Duration> AnswerWithin { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<Rung> Rungs { get; init; }
}

/// <summary>One step of a ladder.</summary>
/// <param name="Name">Unique in its ladder; it names the step in the case's history and in the notice, so that each is taken once.</param>
/// <param name="When">What makes it due.</param>
/// <param name="Measure">What is done.</param>
/// <param name="Mode">Whether by itself, or when an operator confirms.</param>
/// <param name="Clause">The clause that allows it.</param>
/// <param name="Notice">The notice (file name without <c>.md</c>) that goes to the customer with it; null for none.</param>
public sealed record Rung(string Name, RungTrigger When, RungMeasure Measure, RungMode Mode, ClauseId Clause, string? Notice);

/// <summary>What makes a step due.</summary>
public enum RungTrigger
{
    /// <summary>The case has just been opened.</summary>
    Opened,

    /// <summary>A complaint was added, the first one or a further one.</summary>
    Complaint,

    /// <summary>The time to answer is over and there is no answer that stands.</summary>
    Unanswered,

    /// <summary>A further complaint came after the customer had answered: the problem was not resolved.</summary>
    Repeated,
}

/// <summary>What a step does.</summary>
public enum RungMeasure
{
    /// <summary>Tells the customer.</summary>
    Notify,

    /// <summary>Proposes the charge for a complaint (C3).</summary>
    Charge,

    /// <summary>Blocks traffic to and from the address of the case (C4).</summary>
    BlockAddress,

    /// <summary>Blocks traffic to and from all addresses of the customer (C4, repeated complaints).</summary>
    BlockCustomer,

    /// <summary>Blocks port 25 of all the customer's hosts (C7).</summary>
    BlockPort25,

    /// <summary>Suspends the service of the case (C6).</summary>
    SuspendService,

    /// <summary>Puts the case before a person, who settles it with the customer. The program does nothing by itself.</summary>
    Refer,
}

/// <summary>Who takes a step.</summary>
public enum RungMode
{
    /// <summary>The program, by itself.</summary>
    Auto,

    /// <summary>An operator, asked by the program.</summary>
    Ask,
}
