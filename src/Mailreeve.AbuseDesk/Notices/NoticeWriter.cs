using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using Markdig;
using NodaTime;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>Writes a notice out as a message.</summary>
public sealed class NoticeWriter(AbusePolicy policy, Provider provider, NoticeTemplates templates, CaseEvidence evidence, BounceKey bounceKey)
{
    // The policy's own Markdown; values in it are escaped, and raw HTML is not let through.
    private static readonly MarkdownPipeline Html = new MarkdownPipelineBuilder().DisableHtml().Build();

    /// <summary>The message for this notice and contact, ready to be handed over for sending.</summary>
    public async Task<NewOutbound> WriteAsync(
        DbSession db, NoticeRow notice, AbuseCase open, Contact contact, long outbound, Instant now, CancellationToken stop)
    {
        var customer = await new CustomerStore(db).FindAsync(open.Customer, stop)
            ?? throw new InvalidOperationException($"Case {open.Id} is about customer {open.Customer}, who does not exist.");
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZone.Utc;
        var facts = await FactsAsync(db, notice, open, customer, now, stop);
        var rendered = templates[notice.Template].Render(policy, provider.FactsIn(zone), facts);
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = provider.AbuseAddress,
            To = contact.Address,
            Subject = rendered.Subject,
            Text = rendered.Text,
            Html = Markdown.ToHtml(rendered.Markdown, Html),
            MessageId = $"notice.{notice.Id.Value}@{provider.HostName}",
            Date = now,
            Headers = [("X-Mailreeve-Case", $"{open.Id}"), ("X-Mailreeve-Step", $"{notice.Step}; attempt={notice.Attempt}")],
        };
        return new NewOutbound
        {
            Id = outbound,
            Purpose = OutboundPurpose.Notice,
            SubjectId = notice.Id.Value,
            EnvelopeFrom = BounceAddress.For(outbound, bounceKey.Bytes, provider.Domains[0]),
            Recipient = contact.Address,
            Message = message.Write(),
            CreatedAt = now,
        };
    }

    private async Task<NoticeFacts.OfCase> FactsAsync(
        DbSession db, NoticeRow notice, AbuseCase open, CustomerFact customer, Instant now, CancellationToken stop)
    {
        var first = (await new EventStore(db).OfCaseProvedFirstAsync(open.Id, 1, stop)).FirstOrDefault();
        var reason = (await new ResponseStore(db).OfCaseAsync(open.Id, stop)).LastOrDefault(r => r.Reason is not null)?.Reason;
        var blocks = await new BlockStore(db).OfCaseAsync(open.Id, stop);
        var suspensions = await new ServiceBlockStore(db).OfCaseAsync(open.Id, stop);
        var timeToAnswer = CaseRules.TimeToAnswer(policy, open);
        return new NoticeFacts.OfCase
        {
            Case = open.Id,
            Customer = customer.Name,
            RegistrationNumber = customer.RegNumber,
            Resource = open.Resource.Name,
            Types = [open.Type],
            HappenedAt = first?.OccurredAt ?? open.OpenedAt,
            Deadline = open.Due ?? (notice.StartsClock != 0 ? now + timeToAnswer : null),
            TimeToAnswer = timeToAnswer,
            CaseUrl = $"{provider.BaseUrl}/portal/cases/{open.Id}",
            Clause = notice.Clause,
            Evidence = await evidence.OfCaseAsync(db, open, stop) is { Length: > 0 } text ? text : "(The report names nothing more than what stands above.)",
            Reason = reason ?? "",
            WhatIsBlocked = string.Join(", ", blocks.Select(b => $"{(b.Scope == Policy.Blocks.BlockScope.Port25 ? "port 25 of" : "all traffic to and from")} {b.Prefix}")
                .Concat(suspensions.Select(b => $"the {b.Target}")).Distinct()),
        };
    }
}
