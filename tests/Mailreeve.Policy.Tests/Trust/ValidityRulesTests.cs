using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;

namespace Mailreeve.Policy.Tests.Trust;

public class ValidityRulesTests
{
    private static readonly ValidityFacts Good = new()
    {
        Kind = CaseKind.Spam,
        IsFeedback = false,
        IsAuthentic = true,
        IsCertain = true,
        HasPermission = false,
        IsChargedBefore = false,
        HasHeader = true,
        Records = OwnRecord.None,
    };

    public static TheoryData<ValidityFacts, ComplaintValidity, bool> Cases => new()
    {
        { Good, ComplaintValidity.Valid, true },
        { Good with { Records = OwnRecord.Whole }, ComplaintValidity.Valid, true },
        { Good with { Kind = CaseKind.AdvertisedSite }, ComplaintValidity.Valid, true },
        { Good with { Kind = CaseKind.NetworkAbuse }, ComplaintValidity.OtherKind, false },
        { Good with { IsFeedback = true }, ComplaintValidity.FeedbackOnly, false },
        { Good with { IsFeedback = true, Records = OwnRecord.Whole }, ComplaintValidity.FeedbackOnly, false },
        { Good with { IsAuthentic = false, Records = OwnRecord.Whole }, ComplaintValidity.NotAuthentic, false },
        { Good with { IsCertain = false }, ComplaintValidity.NotAttributable, true },
        { Good with { HasPermission = true, Records = OwnRecord.Whole }, ComplaintValidity.PermissionOnRecord, false },
        { Good with { IsChargedBefore = true }, ComplaintValidity.AlreadyCharged, false },
        { Good with { HasHeader = false }, ComplaintValidity.HeadersNotIntact, true },
        { Good with { HasHeader = false, Records = OwnRecord.Whole }, ComplaintValidity.Valid, true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void C3_Each_outcome_has_its_reason(ValidityFacts facts, ComplaintValidity outcome, bool isProposed)
    {
        var verdict = ValidityRules.Decide(facts);

        Assert.Equal((outcome, isProposed), (verdict.Outcome, ValidityRules.MayBeCharged(verdict.Outcome)));
        Assert.NotEmpty(verdict.Reason);
        Assert.Equal(outcome == ComplaintValidity.Valid && facts.Records == OwnRecord.Whole, verdict.IsConfirmed);
    }
}
