namespace Mailreeve.Policy;

/// <summary>One number of the policy for people to read.</summary>
/// <param name="Name">Its key under <c>[terms]</c> in the policy file, and its placeholder in texts.</param>
/// <param name="Text">The number with its unit: <c>24 hours</c>, <c>500.00 USD</c>, <c>25 MB</c>.</param>
/// <param name="Clause">Where the policy says so.</param>
public sealed record Figure(string Name, string Text, ClauseId Clause)
{
    /// <summary>All numbers of a policy, in the order of its clauses' subjects.</summary>
    public static IReadOnlyList<Figure> Of(PolicyTerms terms) =>
    [
        new("complaint-charge", terms.ComplaintCharge.Value.ToString(), terms.ComplaintCharge.Clause),
        new("answer-within", DurationText.Human(terms.AnswerWithin.Value), terms.AnswerWithin.Clause),
        new("reopen-within", DurationText.Human(terms.ReopenWithin.Value), terms.ReopenWithin.Clause),
        new("reopened-answer-within", DurationText.Human(terms.ReopenedAnswerWithin.Value), terms.ReopenedAnswerWithin.Clause),
        new("block-at-most", DurationText.Human(terms.BlockAtMost.Value), terms.BlockAtMost.Clause),
        new("block-addresses-at-most", terms.BlockAddressesAtMost.Value.ToString(), terms.BlockAddressesAtMost.Clause),
        new("block-sites-at-most", terms.BlockSitesAtMost.Value.ToString(), terms.BlockSitesAtMost.Clause),
        new("block-four-eyes-above", terms.BlockFourEyesAbove.Value.ToString(), terms.BlockFourEyesAbove.Clause),
        new("suspend-after-notice", DurationText.Human(terms.SuspendAfterNotice.Value), terms.SuspendAfterNotice.Clause),
        new("close-relay-within", DurationText.Human(terms.CloseRelayWithin.Value), terms.CloseRelayWithin.Clause),
        new("read-postmaster-within", DurationText.Human(terms.ReadPostmasterWithin.Value), terms.ReadPostmasterWithin.Clause),
        new("mailbox-capacity", SizeText.Print(terms.MailboxCapacityBytes.Value), terms.MailboxCapacityBytes.Clause),
        new("message-retention", DurationText.Human(terms.MessageRetention.Value), terms.MessageRetention.Clause),
        new("inactive-mailbox-retention", DurationText.Human(terms.InactiveMailboxRetention.Value), terms.InactiveMailboxRetention.Clause),
        new("extra-storage-step", SizeText.Print(terms.ExtraStorageStepBytes.Value), terms.ExtraStorageStepBytes.Clause),
        new("extra-storage-price", terms.ExtraStoragePrice.Value.ToString(), terms.ExtraStoragePrice.Clause),
        new("extra-storage-steps-at-most", terms.ExtraStorageStepsAtMost.Value.ToString(), terms.ExtraStorageStepsAtMost.Clause),
        new("inactive-warning-first", DurationText.Human(terms.InactiveWarningFirst.Value), terms.InactiveWarningFirst.Clause),
        new("inactive-warning-last", DurationText.Human(terms.InactiveWarningLast.Value), terms.InactiveWarningLast.Clause),
        new("fill-warning-first", terms.FillWarningFirst.Value.ToString(), terms.FillWarningFirst.Clause),
        new("fill-warning-last", terms.FillWarningLast.Value.ToString(), terms.FillWarningLast.Clause),
        new("sending-messages-per-hour", terms.Sending.MessagesPerHour.Value.ToString(), terms.Sending.MessagesPerHour.Clause),
        new("sending-recipients-per-day", terms.Sending.RecipientsPerDay.Value.ToString(), terms.Sending.RecipientsPerDay.Clause),
        new("sending-first-recipients-per-day", terms.Sending.FirstRecipientsPerDay.Value.ToString(), terms.Sending.FirstRecipientsPerDay.Clause),
        new("sending-customer-times", terms.Sending.CustomerTimes.Value.ToString(), terms.Sending.CustomerTimes.Clause),
        new("sending-new-account", DurationText.Human(terms.Sending.NewFor.Value), terms.Sending.NewFor.Clause),
        new("sending-new-account-divided-by", terms.Sending.NewDividedBy.Value.ToString(), terms.Sending.NewDividedBy.Clause),
        new("sending-held-at-most", terms.Sending.HeldAtMost.Value.ToString(), terms.Sending.HeldAtMost.Clause),
        new("bulk-above", terms.Sending.BulkAbove.Value.ToString(), terms.Sending.BulkAbove.Clause),
        new("trust-notice-at", terms.Trust.NoticeAt.Value.ToString(), terms.Trust.NoticeAt.Clause),
        new("trust-block-at", terms.Trust.BlockAt.Value.ToString(), terms.Trust.BlockAt.Clause),
        new("trust-reporters-to-block", terms.Trust.ReportersToBlock.Value.ToString(), terms.Trust.ReportersToBlock.Clause),
        new("trust-evidence-fresh", DurationText.Human(terms.Trust.EvidenceFresh.Value), terms.Trust.EvidenceFresh.Clause),
        new("trust-invalid-at-most", terms.Trust.InvalidAtMost.Value.ToString(), terms.Trust.InvalidAtMost.Clause),
        new("feedback-rate", terms.Trust.FeedbackRate.Value.ToString(), terms.Trust.FeedbackRate.Clause),
        new("feedback-at-least", terms.Trust.FeedbackAtLeast.Value.ToString(), terms.Trust.FeedbackAtLeast.Clause),
        new("feedback-window", DurationText.Human(terms.Trust.FeedbackWindow.Value), terms.Trust.FeedbackWindow.Clause),
    ];
}
