using System.Globalization;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Http;

namespace Mailreeve.Web.Mailboxes;

/// <summary>What forms about one mailbox do, for whoever may send them: the customer whose it is, or an operator.</summary>
internal sealed class MailboxForms(Database database, MailboxDesk desk, AbusePolicy policy)
{
    /// <summary>The mailbox as a page shows it; null when there is none.</summary>
    public Task<MailboxView?> FindAsync(long id, CancellationToken stop) =>
        database.ReadAsync(db => MailboxView.ReadAsync(db, new MailboxId(id), policy, stop), stop);

    /// <summary>What so many steps would cost.</summary>
    public IResult AskStorage(MailboxView view, string steps, MailboxPlace place) =>
        StepsOf(steps) is not { } count ? Refuse("Write the steps as a number.", place)
        : StorageRules.StepsProblem(policy.Terms, count) is { } problem ? Refuse(problem, place)
        : count == view.Mailbox.ExtraSteps ? Page.SeeOther(place.Path)
        : Page.Of<StoragePage>(new { View = view, Steps = count, place.Path, place.Area, place.Active });

    /// <summary>Buys or gives back.</summary>
    public async Task<IResult> SetStorageAsync(MailboxView view, IFormCollection form, Actor by, MailboxPlace place, CancellationToken stop) =>
        StepsOf(form["steps"].ToString()) is { } count
            ? After(await desk.SetStepsAsync(view.Mailbox.Id, count, by, stop), place)
            : Refuse("Write the steps as a number.", place);

    /// <summary>Sets the mailbox's own password.</summary>
    public async Task<IResult> SetPasswordAsync(MailboxView view, IFormCollection form, MailboxPlace place, CancellationToken stop) =>
        After(await desk.SetPasswordAsync(view.Mailbox.Id, form["password"].ToString(), stop), place);

    /// <summary>Says what becomes of mail that looks like spam.</summary>
    public async Task<IResult> SetSpamAsync(MailboxView view, IFormCollection form, MailboxPlace place, CancellationToken stop) =>
        EnumText.TryParse<SpamChoice>(form["spam"].ToString(), out var choice)
            ? After(await desk.SetSpamAsync(view.Mailbox.Id, choice, stop), place)
            : Refuse("Choose one of the three.", place);

    /// <summary>Takes an app password away.</summary>
    public async Task<IResult> RevokeAsync(MailboxView view, long number, MailboxPlace place, CancellationToken stop) =>
        After(await desk.RevokeAppPasswordAsync(view.Mailbox.Id, number, stop), place);

    /// <summary>The mailbox's page again, or what was wrong.</summary>
    public static IResult After(MailboxResult result, MailboxPlace place) =>
        result is MailboxResult.Refused refused ? Refuse(refused.Why, place) : Page.SeeOther(place.Path);

    private static IResult Refuse(string why, MailboxPlace place) =>
        Page.Of<NotDonePage>(new { Why = why, Back = place.Path, place.Area }, StatusCodes.Status400BadRequest);

    private static long? StepsOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps < 10_000 ? steps : null;
}

/// <summary>Where the page of a mailbox is, among the pages of its audience.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Area">Whose pages.</param>
/// <param name="Active">The entry of the navigation.</param>
internal sealed record MailboxPlace(string Path, Area Area, string Active);
