using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Web.Layout;

/// <summary>The events of a case in words, for the two who read them.</summary>
internal static class EventText
{
    /// <summary>As the customer reads it; null for what goes on between the desk and its reporters, which is not the customer's to see.</summary>
    public static string? ForCustomer(CaseEvent happened, Func<Instant, string> time) => happened switch
    {
        CaseEvent.Opened { CaseKind: CaseKind.Postmaster } => "We opened this case after a check of ours.",
        CaseEvent.Opened => "We received a complaint and opened this case.",
        CaseEvent.ComplaintAdded { IsRepeat: false, IsVouched: true } => "A complaint was added to this case.",
        CaseEvent.NoticeAccepted { Due: { } due } => $"Your contact's mail server accepted our notice. Your answer is due {time(due)}.",
        CaseEvent.NoticeAccepted => "Your contact's mail server accepted our notice.",
        CaseEvent.NoticeUndeliverable => "None of your contacts accepted our notice. Please check them.",
        CaseEvent.Answered => "You answered.",
        CaseEvent.AnswerAccepted e => With("We accepted your answer.", e.Reason),
        CaseEvent.AnswerRefused e => With($"We did not accept your answer. A better one is due {time(e.Due)}.", e.Reason),
        CaseEvent.DeadlineExtended e => With($"You have more time, until {time(e.Due)}.", e.Reason),
        CaseEvent.BlockPlaced e => $"Traffic to and from {e.Target} was blocked.",
        CaseEvent.ServiceSuspended e => $"The {e.Target} was suspended.",
        CaseEvent.BlockEnded { Expired: true } => "A block ran out.",
        CaseEvent.BlockEnded e => With("A block was lifted.", e.Reason),
        CaseEvent.ChargeProposed e => $"A charge of {e.Amount} was proposed.",
        CaseEvent.ChargeDecided { Confirmed: true } => "A charge was confirmed.",
        CaseEvent.ChargeDecided e => With("A charge was cancelled.", e.Reason),
        CaseEvent.RelayProven e => With("Our test has proved that the mail server relays for anybody.", e.Facts),
        CaseEvent.RelayClosed => "Our test has found the mail server closed.",
        CaseEvent.PostmasterUnread { IsRefused: true } e => With("Our check found that mail for postmaster@ is refused.", e.Facts),
        CaseEvent.PostmasterUnread e => With("Our check found that nobody answers mail to postmaster@.", e.Facts),
        CaseEvent.PostmasterSettled { IsRead: true } => "Somebody reads postmaster@: our mail was answered.",
        CaseEvent.PostmasterSettled e => With("The domain is not checked any more.", e.Facts),
        CaseEvent.Detected e => With("Sensors of ours saw your address attack others.", e.Facts),
        CaseEvent.ReopenedByPerson => "We found that it went on after your answer. The case is open again.",
        CaseEvent.ReopenedByDetections => "Sensors of ours saw it go on after your answer. The case is open again.",
        CaseEvent.Reopened => "We were shown that it went on after your answer. The case is open again.",
        CaseEvent.Closed { Disposition: CaseDisposition.Unfounded } e => With("The case was closed: the complaint was unfounded.", e.Reason),
        CaseEvent.Closed => "The case was closed: the problem is resolved.",
        _ => null,
    };

    /// <summary>As an operator reads it.</summary>
    public static string ForOperator(CaseEvent happened) => happened switch
    {
        CaseEvent.Opened e => $"Case opened: {CaseText.Title(e.CaseKind).ToLowerInvariant()}, {e.Resource} ({e.Type}).",
        CaseEvent.ComplaintAdded { IsRepeat: true } e => $"{e.Report} repeats what the same reporter sent before; it does not count.",
        CaseEvent.ComplaintAdded { IsVouched: false } e => $"{e.Report} complains; nobody vouches for it, so it does not count.",
        CaseEvent.TrustJudged e => $"What may follow without a person: {TrustWords.Of(e.Level)} ({e.Points} points). {TrustWords.Of(e.Reasons)}",
        CaseEvent.DecisionWithdrawn e => With($"The question about step {e.Step} is withdrawn.", e.Reason),
        CaseEvent.ComplaintAdded { IsOld: true } e => $"{e.Report} complains about what may be from before the customer's last answer.",
        CaseEvent.ComplaintAdded { IsNewReporter: true } e => $"{e.Report} complains; a reporter who had not complained here before.",
        CaseEvent.ComplaintAdded e => $"{e.Report} complains.",
        CaseEvent.NoticeWritten e => $"Notice “{e.Template}” written for step {e.Step}.",
        CaseEvent.NoticeAccepted { Due: { } due } e => $"Notice of step {e.Step} accepted for delivery {Show.Utc(e.AcceptedAt)}: the answer is due {Show.Utc(due)}.",
        CaseEvent.NoticeAccepted e => $"Notice of step {e.Step} accepted for delivery {Show.Utc(e.AcceptedAt)}.",
        CaseEvent.NoticeUndeliverable e => With($"Notice of step {e.Step} reached nobody.", e.Reason),
        CaseEvent.Answered => "The customer answered.",
        CaseEvent.AnswerAccepted e => With("Answer accepted.", e.Reason),
        CaseEvent.AnswerRefused e => With($"Answer refused; due anew {Show.Utc(e.Due)}.", e.Reason),
        CaseEvent.DeadlineExtended e => With($"More time, until {Show.Utc(e.Due)}.", e.Reason),
        CaseEvent.BlockPlaced e => $"{e.Target} blocked (step {e.Step}), at most until {Show.Utc(e.ExpiresAt)}.",
        CaseEvent.ServiceSuspended e => $"The {e.Target} suspended (step {e.Step}), at most until {Show.Utc(e.ExpiresAt)}.",
        CaseEvent.BlockEnded { Expired: true } e => $"Block {e.Block.Value} ran out.",
        CaseEvent.BlockEnded e => With($"Block {e.Block.Value} lifted.", e.Reason),
        CaseEvent.ChargeProposed e => $"Charge of {e.Amount} proposed for {e.Report}.",
        CaseEvent.ChargeDecided { Confirmed: true } e => With($"Charge {e.Charge.Value} confirmed.", e.Reason),
        CaseEvent.ChargeDecided e => With($"Charge {e.Charge.Value} voided.", e.Reason),
        CaseEvent.DecisionAsked e => With($"An operator is asked about step {e.Step}.", e.Why),
        CaseEvent.DecisionMade { Accepted: true } e => With($"Step {e.Step}: yes.", e.Reason),
        CaseEvent.DecisionMade e => With($"Step {e.Step}: no.", e.Reason),
        CaseEvent.RelayProven e => With($"Relay test {e.Run} proved that the server relays.", e.Facts),
        CaseEvent.RelayClosed e => $"Relay test {e.Run}, made in full, found the server closed.",
        CaseEvent.PostmasterUnread e => With(e.IsRefused ? "Mail for postmaster@ is refused." : "Nobody answers mail to postmaster@.", e.Facts),
        CaseEvent.PostmasterSettled e => With(e.IsRead ? "A person reads postmaster@." : "The domain is not checked any more.", e.Facts),
        CaseEvent.Detected e => With($"Sensors of ours saw it; what may follow without a person: {TrustWords.Of(e.Level)} ({e.Points} points).", e.Facts),
        CaseEvent.ReopenedByPerson e => $"The case was opened again: {e.Reason}",
        CaseEvent.ReopenedByDetections e => $"Sensors of ours saw it go on after the answer, from {Show.Utc(e.Earliest)}: the case is open again.",
        CaseEvent.Reopened e => $"{e.Report} shows that it went on after the answer, not before {Show.Utc(e.Earliest)}: the case is open again.",
        CaseEvent.ListwashingSeen e => With("Listwashing? Only those who complained seem to have been taken off the list.", e.Facts),
        CaseEvent.Closed e => With($"Case closed as {Show.Words(e.Disposition)}.", e.Reason),
        _ => happened.GetType().Name,
    };

    /// <summary>Who did it, as the customer may know.</summary>
    public static string ActorForCustomer(Actor actor) =>
        actor == Actor.Policy ? "by the policy"
        : actor.Value.StartsWith("customer ", StringComparison.Ordinal) ? $"by {actor}"
        : "by our abuse desk";

    private static string With(string sentence, string reason) => reason.Length == 0 ? sentence : $"{sentence} “{reason}”";
}
