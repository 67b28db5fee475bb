using Mailreeve.Policy.Cases;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>How a report stands, in words for its reporter: nothing about the customer, and nothing of what is in the report. Pure.</summary>
/// <param name="Step">Which of the steps.</param>
/// <param name="Headline">Two or three words.</param>
/// <param name="Text">A sentence or two.</param>
public sealed record ReportProgress(ReportStep Step, string Headline, string Text)
{
    /// <summary>The words for what is on record.</summary>
    /// <param name="state">Where the report stands.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="asked">Whether its reporter was asked for what it lacks.</param>
    /// <param name="phase">Where its case stands; null for none.</param>
    /// <param name="disposition">How its case ended.</param>
    /// <param name="isUndecided">Whether a person is asked something about the case.</param>
    public static ReportProgress Of(
        ReportState state, ReportOutcome? outcome, bool asked, CasePhase? phase, CaseDisposition? disposition, bool isUndecided) => (state, outcome) switch
    {
        (ReportState.Received, _) => new(ReportStep.Received, "Received", "Your report is safely stored and will be read within minutes."),
        (_, ReportOutcome.NotOurs) => new(
            ReportStep.NotOurs, "Not our network",
            "What your report names is not, or was not at that time, in our network. Its own provider is the one to ask."),
        (_, ReportOutcome.Noted) => new(ReportStep.Noted, "Noted", "Your report is on record. It does not ask for anything to be done."),
        (ReportState.NeedsPerson, _) when asked => new(
            ReportStep.NeedsFacts, "Needs more facts", "Without more facts we cannot find whom it is about. We have written to you what we need; please answer that mail."),
        (ReportState.NeedsPerson, _) => new(
            ReportStep.WithAPerson, "Being looked at", "A person at our abuse desk has to read your report. That may take until the next working day."),
        // Of a closed case, all that can be asked is whether it is to be opened again.
        _ when phase == CasePhase.Closed && !(outcome == ReportOutcome.Doubted && isUndecided) => Closed(disposition),
        (_, ReportOutcome.Doubted) => new(
            ReportStep.WithAPerson, "Being looked at",
            "A person at our abuse desk looks at your report before anything follows from it, because it could not be proved who sent it. That may take until the next working day."),
        (_, ReportOutcome.Case) => new(
            ReportStep.Forwarded, "Passed on",
            "We found whom your report is about, and passed on what is alleged, but not who you are. The problem must be resolved in a set time, or we act."),
        (_, ReportOutcome.Repeat) => new(ReportStep.Forwarded, "Passed on", "We had the same report from you before. It is part of a case that is open."),
        _ => new(ReportStep.WithAPerson, "Dealt with", "A person at our abuse desk has read your report and dealt with it."),
    };

    /// <summary>The words for what is on record.</summary>
    public static ReportProgress Of(ReportProgressRow row) => Of(row.State, row.Outcome, row.Asked > 0, row.Phase, row.Disposition, row.Questions > 0);

    /// <summary>The words for what is on record.</summary>
    public static ReportProgress Of(OwedAnswer owed) =>
        Of(owed.State, owed.Outcome, owed.Kind == Policy.Reporters.AnswerKind.NeedsFacts, owed.Phase, owed.Disposition, isUndecided: false);

    private static ReportProgress Closed(CaseDisposition? disposition) => disposition == CaseDisposition.Unfounded
        ? new(ReportStep.Closed, "Closed", "We have looked into it and closed the case: what we found is not against our policy. If you think that we are wrong, answer our mail.")
        : new(ReportStep.Closed, "Resolved", "The case is closed: the problem was resolved, and measures were taken so that it does not happen again.");
}

/// <summary>The steps of a report, as its reporter sees them.</summary>
public enum ReportStep
{
    /// <summary>Kept; not read yet.</summary>
    Received,

    /// <summary>A person has it, or had it.</summary>
    WithAPerson,

    /// <summary>Nothing in it is ours.</summary>
    NotOurs,

    /// <summary>Its reporter was asked for what it lacks.</summary>
    NeedsFacts,

    /// <summary>Kept without anything that follows.</summary>
    Noted,

    /// <summary>It is part of an open case.</summary>
    Forwarded,

    /// <summary>Its case is over.</summary>
    Closed,
}
