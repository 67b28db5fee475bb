using System.Globalization;
using NodaTime;

namespace Mailreeve.Policy.Cases;

/// <summary>Somebody who got a mailing complained about it.</summary>
/// <param name="Complainer">Who got it: a hash, the same for the same recipient.</param>
/// <param name="Earliest">The earliest time at which the mail can have been sent, by what the report says.</param>
public sealed record CampaignComplaint(string Complainer, Instant Earliest);

/// <summary>The same text was handed in again.</summary>
/// <param name="At">When.</param>
/// <param name="Recipients">To how many.</param>
/// <param name="ComplainersLeft">How many of those who had complained are among them; null when the recipients are not known any more.</param>
public sealed record SentAgain(Instant At, long Recipients, long? ComplainersLeft);

/// <summary>
/// Sees when only those who complained were taken off a list, and the mailing goes on to everybody else (listwashing): that resolves
/// nothing (C4). Pure.
/// </summary>
public static class ListwashRules
{
    /// <summary>What complaints about one mailing say.</summary>
    /// <param name="answeredAt">When the customer said that it was resolved.</param>
    /// <param name="complaints">All complaints about the mailing.</param>
    /// <returns>The facts in a sentence; null when it does not look like it.</returns>
    public static string? ByComplaints(Instant answeredAt, IReadOnlyList<CampaignComplaint> complaints)
    {
        var before = complaints.Where(c => c.Earliest < answeredAt).Select(c => c.Complainer).ToHashSet();
        var after = complaints.Where(c => c.Earliest >= answeredAt).Select(c => c.Complainer).ToHashSet();
        if (before.Count == 0 || after.Count == 0 || after.Overlaps(before))
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The same mailing went on after the answer of {Text(answeredAt)}: {after.Count} other recipient(s) complained about it, and none of the {before.Count} who had complained before.");
    }

    /// <summary>What our own log says about a text that was complained about.</summary>
    /// <param name="answeredAt">When the customer said that it was resolved.</param>
    /// <param name="complainers">How many had complained before.</param>
    /// <param name="sent">The same text, handed in after that, oldest first.</param>
    /// <returns>The facts in a sentence; null when it was not sent again, or to those who had complained as well.</returns>
    public static string? ByLog(Instant answeredAt, long complainers, IReadOnlyList<SentAgain> sent)
    {
        var again = sent.Where(s => s.At >= answeredAt).ToList();
        if (complainers == 0 || again.Count == 0 || again.Exists(s => s.ComplainersLeft is > 0))
            return null;
        var known = again.TrueForAll(s => s.ComplainersLeft is not null);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The same text was handed in {again.Count} time(s) after the answer of {Text(answeredAt)}, first at {Text(again[0].At)}, to {again.Sum(s => s.Recipients)} recipient(s), "
            + $"{(known ? $"but to none of the {complainers} who had complained" : "whose addresses are not kept any more")}.");
    }

    private static string Text(Instant at) => NodaTime.Text.InstantPattern.General.Format(at);
}
