using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>Something the policy requires now, with the clause that says so.</summary>
public abstract record Measure
{
    private Measure()
    {
    }

    /// <summary>The clause it rests on.</summary>
    public required ClauseId Clause { get; init; }

    /// <summary>Tell the customer.</summary>
    /// <param name="Step">The step it belongs to; there is one notice for one step.</param>
    /// <param name="Template">The text, a file of <c>policy/notices</c>.</param>
    /// <param name="StartsClock">Whether the time to answer begins when it is accepted for delivery.</param>
    public sealed record Notify(string Step, string Template, bool StartsClock) : Measure;

    /// <summary>Propose the charge for one complaint (C3).</summary>
    public sealed record ProposeCharge(ReportId Report, Money Amount, ValidityVerdict Validity) : Measure;

    /// <summary>Confirm a charge that was proposed: our own records show the message, and the customer has had their say.</summary>
    public sealed record ConfirmCharge(ChargeId Charge, string Reason) : Measure;

    /// <summary>Take a question back that need not be decided any more.</summary>
    /// <param name="Step">The step that waited for it.</param>
    /// <param name="Reason">What has made it needless.</param>
    public sealed record Withdraw(string Step, string Reason) : Measure;

    /// <summary>Block.</summary>
    /// <param name="Step">The step of the ladder.</param>
    /// <param name="Scope">What kind of traffic.</param>
    /// <param name="Prefixes">What.</param>
    /// <param name="ExpiresAt">When it ends unless it is renewed.</param>
    public sealed record PlaceBlock(string Step, BlockScope Scope, IReadOnlyList<Prefix> Prefixes, Instant ExpiresAt) : Measure;

    /// <summary>Suspend a mailbox or a service, by a block.</summary>
    /// <param name="Step">The step of the ladder.</param>
    /// <param name="Target">What.</param>
    /// <param name="ExpiresAt">When it ends unless it is renewed.</param>
    public sealed record Suspend(string Step, SuspensionTarget Target, Instant ExpiresAt) : Measure;

    /// <summary>Lift every block of the case.</summary>
    public sealed record LiftBlocks(string Reason) : Measure;

    /// <summary>Ask an operator.</summary>
    /// <param name="Step">The step of the ladder that waits for the word.</param>
    /// <param name="Question">What the operator is asked, as a sentence.</param>
    /// <param name="Why">Why the program does not decide it.</param>
    public sealed record Ask(string Step, string Question, string Why) : Measure;

    /// <summary>Start the clock by hand: an operator has told the customer.</summary>
    public sealed record StartClock(Instant Due) : Measure;

    /// <summary>Open the closed case again.</summary>
    public sealed record Reopen(string Reason) : Measure;

    /// <summary>Close the case.</summary>
    public sealed record Close(CaseDisposition Disposition, string Reason) : Measure;
}
