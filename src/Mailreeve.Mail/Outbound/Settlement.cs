using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Mail.Outbound;

/// <summary>What is written down after an attempt: what becomes of each row, and what senders are told.</summary>
/// <param name="options">How often mail is tried.</param>
/// <param name="reports">Tells senders.</param>
internal sealed class Settlement(OutboundOptions options, DeliveryReports reports)
{
    /// <summary>Decides it for the recipients of one message.</summary>
    /// <param name="parcel">The message.</param>
    /// <param name="outcomes">The outcome for each recipient.</param>
    /// <param name="content">Its octets.</param>
    /// <param name="how">What an acceptance means here, as told to a sender who asked; <see langword="null"/> when the next server tells it.</param>
    /// <param name="now">What time it is.</param>
    /// <param name="told">Takes the notifications.</param>
    public IEnumerable<AttemptOutcome> Of(
        Parcel parcel, DeliveryOutcome[] outcomes, ReadOnlyMemory<byte> content, DeliveryAction? how, Instant now, List<NewOutbound> told)
    {
        var failed = new List<(DueOutbound, string)>();
        var arrived = new List<(DueOutbound, string)>();
        var settled = new List<AttemptOutcome>(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var (row, outcome) = (parcel.Rows[i], outcomes[i]);
            settled.Add(row.IsCustomers ? OfCustomers(row, outcome, now) : OfOurs(row, outcome, now));
            if (outcome is DeliveryOutcome.Refused)
                failed.Add((row, outcome.Reply));
            else if (outcome is DeliveryOutcome.Accepted && how is not null)
                arrived.Add((row, outcome.Reply));
        }

        if (failed.Count > 0 && reports.Write(DeliveryAction.Failed, failed, content, now) is { } failure)
            told.Add(failure);
        if (arrived.Count > 0 && reports.Write(how!.Value, arrived, content, now) is { } success)
            told.Add(success);
        return settled;
    }

    // Customers' mail follows SMTP: what may have arrived is sent again, since twice is better than never (RFC 1047), but not soon.
    private AttemptOutcome OfCustomers(DueOutbound row, DeliveryOutcome outcome, Instant now) => outcome switch
    {
        DeliveryOutcome.Accepted => new(row.Id, OutboundState.Accepted, outcome.Reply, null, OwnerIsTold: true),
        DeliveryOutcome.Refused => new(row.Id, OutboundState.Failed, outcome.Reply, null, OwnerIsTold: true),
        DeliveryOutcome.InDoubt => new(row.Id, OutboundState.Queued, outcome.Reply, now + options.Retry.Longest),
        _ => new(row.Id, OutboundState.Queued, outcome.Reply, now + RetryRules.PauseAfter(options.Retry, row.Attempts)),
    };

    private AttemptOutcome OfOurs(DueOutbound row, DeliveryOutcome outcome, Instant now)
    {
        var next = now + Duration.FromTimeSpan(options.RetryAfter[(int)Math.Min(row.Attempts - 1, options.RetryAfter.Count - 1)]);
        return outcome switch
        {
            DeliveryOutcome.Accepted => new(row.Id, OutboundState.Accepted, outcome.Reply, null),
            DeliveryOutcome.InDoubt => new(row.Id, OutboundState.InDoubt, outcome.Reply, null),
            DeliveryOutcome.Refused => new(row.Id, OutboundState.Failed, outcome.Reply, null),
            _ when next - row.CreatedAt <= Duration.FromTimeSpan(options.GiveUpAfter) => new(row.Id, OutboundState.Queued, outcome.Reply, next),
            _ => new(row.Id, OutboundState.Failed, outcome.Reply, null),
        };
    }
}
