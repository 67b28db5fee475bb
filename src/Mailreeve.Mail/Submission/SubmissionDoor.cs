using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Signing;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Policy.Sending;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Mail.Submission;

/// <summary>Where customers hand in mail: who they are, under which names they may write, and where their mail goes.</summary>
public sealed record SubmissionDoor
{
    /// <summary>Checks a name and a password.</summary>
    public required Func<string, string, Address, CancellationToken, Task<MailSignIn>> SignIn { get; init; }

    /// <summary>Who the customers are, and what is theirs.</summary>
    public required LiveViews Views { get; init; }

    /// <summary>Finds the owners of what each may send.</summary>
    public required IGrainFactory Grains { get; init; }

    /// <summary>The queue.</summary>
    public required Outbox Outbox { get; init; }

    /// <summary>The database, for permissions.</summary>
    public required Database Database { get; init; }

    /// <summary>Signs what goes out.</summary>
    public required OutgoingSigner Signer { get; init; }

    /// <summary>Gives submissions their ids.</summary>
    public required SubmissionIds Ids { get; init; }

    /// <summary>Hashes recipients.</summary>
    public required RecipientHash Recipients { get; init; }

    /// <summary>How mail is taken.</summary>
    public SubmissionOptions Options { get; init; } = new();

    /// <summary>What each sender does at the doors.</summary>
    internal SenderSessions Sessions { get; } = new();

    /// <summary>How many sessions they may have at once.</summary>
    internal int SessionsOf(Submitter submitter) => submitter.Mailbox is null ? Options.SessionsPerCustomer : Options.SessionsPerMailbox;

    /// <summary>How many of their messages are worked on at once: signing and queueing is what costs.</summary>
    internal int MessagesAtOnceOf(Submitter submitter) => submitter.Mailbox is null ? Options.MessagesAtOncePerCustomer : Options.MessagesAtOncePerMailbox;

    /// <summary>Counts that they are put off, and says how long to wait before they are told.</summary>
    internal TimeSpan PauseFor(Submitter submitter, TimeProvider ticks) =>
        SendingRules.PauseBefore(Sessions.PutOff(submitter, ticks), Duration.FromTimeSpan(Options.PauseMax)).ToTimeSpan();

    /// <summary>The customer whose mailbox has signed in; null when it is gone.</summary>
    internal Submitter? SubmitterOf(MailboxId mailbox) =>
        Views.Mailboxes.Find(mailbox) is { } entry ? new Submitter(entry.CustomerId, mailbox) : null;

    /// <summary>
    /// The customer whose own server this is, by its address at this moment; null for anybody else, for customers without the service
    /// (C7: one line that is taken over must not be a way for mail to everybody), and where servers are not taken.
    /// </summary>
    internal Submitter? SubmitterAt(Address client, Instant now) =>
        HolderAt(client, now) is { } customer && Views.Directory.MailRelays.Contains(customer) ? new Submitter(customer, null) : null;

    /// <summary>Whether it is a customer's address, and the service is all that is missing.</summary>
    internal bool LacksRelayService(Address client, Instant now) =>
        HolderAt(client, now) is { } customer && !Views.Directory.MailRelays.Contains(customer);

    /// <summary>The block that a customer's mailbox, or the service of their own servers, is under now; null for none (C6).</summary>
    internal ServiceBlockRow? BlockOf(Submitter submitter, Instant now) => submitter.Mailbox is { } mailbox
        ? Views.ServiceBlocks.Of(mailbox, now)
        : Views.ServiceBlocks.OfAll(Views.Directory.MailRelays[submitter.Customer], now);

    private CustomerId? HolderAt(Address client, Instant now) => Options.TakesServers ? Views.Directory.HolderOf(client, now) : null;

    /// <summary>What keeps a customer from sending under this name now; null when nothing does.</summary>
    /// <param name="submitter">Who.</param>
    /// <param name="from">The envelope sender; null for the null sender.</param>
    internal async ValueTask<Reply?> RefusalAsync(Submitter submitter, Mailbox? from)
    {
        if (!IsInGoodStanding(submitter))
            return Reply.C550SenderSuspended;
        // Bounces are written by servers. A mail program that sends one would have nobody to answer to.
        if (from is null && submitter.Mailbox is not null)
            return Reply.C550NullSender;
        if (from is not null && !IsTheirs(submitter, from))
            return Reply.C553NotYours($"{from}");

        // What will be put off need not be sent first. Only who is held has to be asked about.
        var holds = Views.Holds;
        var isHeld = holds.Find(submitter.Customer) is not null || (submitter.Mailbox is { } box && holds.Find(box) is not null);
        return isHeld && await OwnerOf(submitter).IsFullAsync() ? Reply.C450SendingHeld : null;
    }

    /// <summary>Whether an address may stand as the sender of what they hand in (C2).</summary>
    internal bool IsTheirs(Submitter submitter, Mailbox address)
    {
        if (submitter.Mailbox is null && Options.ServersNameAnySender)
            return true;
        var domain = Views.Mailboxes.FindDomain(address.Domain);
        return SenderRules.IsTheirs(new SenderFacts(submitter.Customer, submitter.Mailbox)
        {
            HeldBy = Views.Mailboxes.FindForDelivery(address.LocalPart, address.Domain)?.Id,
            CatchAll = domain?.CatchAll,
            DomainOf = domain?.CustomerId ?? AssigneeOf(address.Domain),
        });
    }

    internal ISenderGrain OwnerOf(Submitter submitter) =>
        Grains.GetGrain<ISenderGrain>(SenderName.Of(submitter.Customer, submitter.Mailbox));

    private bool IsInGoodStanding(Submitter submitter) =>
        Views.Directory.StateOf(submitter.Customer) == CustomerState.Active
        && (submitter.Mailbox is not { } mailbox || Views.Mailboxes.Find(mailbox)?.State == MailboxState.Active);

    private CustomerId? AssigneeOf(string domain)
    {
        foreach (var assignment in Views.Directory.Owning(domain))
        {
            if (assignment.ValidTo is null)
                return assignment.Customer;
        }

        return null;
    }
}
