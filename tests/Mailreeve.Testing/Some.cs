using System.Security.Cryptography;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Testing;

/// <summary>Values for what does not matter to a test. Change what does with <c>with { … }</c>.</summary>
public static class Some
{
    /// <summary>A moment.</summary>
    public static readonly Instant Time = Instant.FromUtc(2026, 3, 2, 10, 15, 30);

    /// <summary>An address of a customer.</summary>
    public static readonly Address Address = Address.Parse("192.0.2.7");

    /// <summary>An address of someone else.</summary>
    public static readonly Address OtherAddress = Address.Parse("203.0.113.25");

    /// <summary>A prefix around <see cref="Address"/>.</summary>
    public static readonly Prefix Prefix = Prefix.Parse("192.0.2.0/28");

    /// <summary>A clause.</summary>
    public static readonly ClauseId Clause = new("C4");

    /// <summary>A revision of the policy.</summary>
    public const string Revision = "20020201";

    /// <summary>Who runs an installation; the networks are those of <see cref="Address"/> and of documentation in IPv6.</summary>
    public static readonly Provider Provider = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24"), Prefix.Parse("2001:db8::/32")],
        NeverBlock = [],
    };

    /// <summary>A customer.</summary>
    public static readonly CustomerFact Customer = new()
    {
        Id = new CustomerId(1),
        RegNumber = RegNumber.From(1).ToString(),
        Name = "Alder Hosting",
        State = CustomerState.Active,
        TimeZone = "Europe/Vienna",
    };

    /// <summary>An assignment of <see cref="Prefix"/> to <see cref="Customer"/>.</summary>
    public static readonly Assignment Assignment = new()
    {
        Id = 1,
        Customer = Customer.Id,
        Prefix = Prefix,
        ValidFrom = Time - Duration.FromDays(100),
    };

    /// <summary>A contact of <see cref="Customer"/>.</summary>
    public static readonly Contact Contact = new()
    {
        Id = 1,
        Customer = Customer.Id,
        Channel = ContactChannel.Email,
        Address = "admin@alder.example",
        Role = ContactRole.Abuse,
        Position = 1,
    };

    /// <summary>The bytes of a report.</summary>
    public static readonly byte[] Message = """
        From: reporter@reporter.example
        To: abuse@provider.example
        Subject: spam from 192.0.2.7

        Please look at this.

        """u8.ToArray();

    /// <summary>A report by mail, of a reporter who is proved.</summary>
    public static readonly IncomingReport Report = new()
    {
        ReceivedAt = Time,
        Channel = ReportChannel.Smtp,
        Queue = ReportQueue.Abuse,
        Recipients = "abuse@provider.example",
        ClientAddress = OtherAddress,
        Helo = "mail.reporter.example",
        EnvelopeFrom = "reporter@reporter.example",
        Proof = ReporterProof.Dkim,
        ProvedDomain = "reporter.example",
        ProvedOrganisation = "reporter.example",
        Sha256 = SHA256.HashData(Message),
        Raw = Message,
    };

    /// <summary>A block of <see cref="Address"/>.</summary>
    public static readonly NewBlock Block = new()
    {
        Id = new BlockId(1),
        Prefix = Prefix.Single(Address),
        Scope = BlockScope.All,
        Clause = Clause,
        PolicyRevision = Revision,
        Reason = "Complaint not answered in time.",
        PlacedBy = Actor.Policy,
        StartsAt = Time,
        ExpiresAt = Time + Duration.FromDays(30),
    };

    /// <summary>An open case of <see cref="Customer"/> about <see cref="Address"/>, as it is after one complaint.</summary>
    public static readonly AbuseCase Case = new()
    {
        Id = new CaseId(1),
        Version = 2,
        Customer = Customer.Id,
        Kind = CaseKind.Spam,
        Resource = new Resource(ResourceKind.Address, "192.0.2.7"),
        Type = "messaging/spam",
        OpenedAt = Time,
        Complaints = 1,
        Reporters = 1,
        IsTold = true,
    };

    /// <summary>A charge for a complaint of <see cref="Case"/>.</summary>
    public static readonly NewCharge Charge = new()
    {
        Id = new ChargeId(1),
        Customer = Customer.Id,
        Case = Case.Id,
        Report = new ReportId(1),
        Amount = new Money(50000, "USD"),
        Clause = new ClauseId("C3"),
        PolicyRevision = Revision,
        ProposedAt = Time,
    };

    /// <summary>A notice of <see cref="Case"/>.</summary>
    public static readonly NewNotice Notice = new()
    {
        Id = new NoticeId(1),
        CaseId = Case.Id,
        Step = "complaint",
        Attempt = 1,
        Template = "complaint",
        StartsClock = true,
        Clause = Clause,
        WrittenAt = Time,
    };

    /// <summary>A question about <see cref="Case"/>.</summary>
    public static readonly NewDecision Decision = new()
    {
        Id = new DecisionId(1),
        CaseId = Case.Id,
        Step = "block",
        Question = "Block 192.0.2.7?",
        Why = "It would also hit 2 other customer(s).",
        Clause = Clause,
        AskedAt = Time,
    };

    /// <summary>A message to send.</summary>
    public static readonly NewOutbound Outbound = new()
    {
        Id = 1,
        Purpose = OutboundPurpose.Notice,
        SubjectId = 1,
        EnvelopeFrom = "bounce@provider.example",
        Recipient = "admin@alder.example",
        Message = Message,
        CreatedAt = Time,
    };

    /// <summary>A message that a customer handed in.</summary>
    public static readonly NewSubmission Submission = new()
    {
        Id = 1,
        At = Time,
        CustomerId = Customer.Id,
        ClientAddress = OtherAddress,
        Helo = "client.example",
        EnvelopeFrom = "kim@provider.example",
        HeaderFrom = "kim@provider.example",
        MessageId = "<1@client.example>",
        Recipients = 1,
        Size = 1000,
        TraceId = "1",
        TraceKeyId = 1,
        EnvelopeHash = SHA256.HashData("envelope"u8),
        BodyHash = SHA256.HashData("body"u8),
        Counted = 1,
        CountedFirst = 0,
        Subject = "",
    };

    /// <summary>A clock that stands at <see cref="Time"/> until it is moved.</summary>
    public static FakeClock Clock() => new(Time);
}
