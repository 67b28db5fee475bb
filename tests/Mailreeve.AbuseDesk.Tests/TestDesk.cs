using System.Security.Cryptography;
using System.Text;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.AbuseDesk.Intake;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Network;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>
/// The abuse desk of a small provider with its real workers, on a database of its own. Nothing is sent: <see cref="DeliverAsync"/> says
/// what became of the messages, as the mail slice would.
/// </summary>
internal sealed class TestDesk : IAsyncDisposable
{
    /// <summary>A direct customer with <c>192.0.2.0/28</c> and <c>alder.example</c>.</summary>
    public static readonly CustomerId Alder = new(1);

    /// <summary>A customer of <see cref="Alder"/> with <c>192.0.2.8/29</c>.</summary>
    public static readonly CustomerId Birch = new(2);

    /// <summary>Had <c>192.0.2.32/28</c> until <see cref="HandedOver"/>.</summary>
    public static readonly CustomerId Cedar = new(3);

    /// <summary>Has <c>192.0.2.32/28</c> since <see cref="HandedOver"/>, and <c>192.0.2.64/28</c>, one address of which is never blocked.</summary>
    public static readonly CustomerId Dogwood = new(4);

    /// <summary>When <c>192.0.2.32/28</c> changed hands.</summary>
    public static readonly Instant HandedOver = Some.Time - Duration.FromDays(1);

    /// <summary>An operator.</summary>
    public static readonly Actor Olga = Actor.Operator("olga");

    private static readonly Provider Provider = new()
    {
        Name = "Example Internet, Inc.",
        Domains = ["provider.example"],
        HostName = "mx.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Servers = [Prefix.Parse("192.0.2.90"), Prefix.Parse("192.0.2.79")],
        Networks = [Prefix.Parse("192.0.2.0/24"), Prefix.Parse("2001:db8:1::/48")],
        NeverBlock = [new NeverBlockEntry(Prefix.Parse("192.0.2.65"), "our own name server")],
    };

    public static readonly ReportCodeKey ReportCodeKey = new(new byte[32]);

    private readonly TestDatabase test;
    private readonly List<LiveViews> allViews = [];

    private TestDesk(TestDatabase test, LiveViews views)
    {
        this.test = test;
        Views = views;
        allViews.Add(views);
        Books = new CaseBooks(Policy, Provider, views);
        Intake = IntakeOn(test.Database, views);
        Hosts = new HostClerk(Db, (host, type, _) => ValueTask.FromResult(Dns(host, type)), Clock);
        var templates = new NoticeTemplates(ShippedPolicy.Notices);
        var evidence = new CaseEvidence(Provider, new RedactionKey(new byte[32]));
        Notices = new NoticeClerk(Db, new NoticeWriter(Policy, Provider, templates, evidence, new BounceKey(new byte[32])), Books, Clock);
        Outcomes = new NoticeOutcomeClerk(Db, Books, Clock);
        Answers = new AnswerClerk(
            Db, new AnswerWriter(Policy, Provider, templates, ReportCodeKey),
            new RegistryContacts(Db, null, RegistryContacts.Iana, Clock, NullLogger<RegistryContacts>.Instance), Clock);
        Statuses = new ReportStatuses(Db, ReportCodeKey, Clock);
        Deadlines = new DeadlineClerk(Db, Books, Clock);
        ExpiredBlocks = new ExpiredBlockClerk(Db, Books, Clock);
        Relays = new RelayCaseClerk(Db, Books, views, Clock);
        Postmasters = new PostmasterCaseClerk(Db, Books, views, Clock);
        Detections = new DetectionCaseClerk(Db, Books, Provider, views, new DetectionTerms { Window = Duration.FromHours(36) }, Clock);
        People = new CaseDesk(Db, Books, Clock);
    }

    /// <summary>The shipped one; anybody gets a mailbox in <c>freemail.example</c> and in <c>mailboxes.example</c>.</summary>
    public static AbusePolicy Policy { get; } = ShippedPolicy.Policy with { MailboxProviders = ["freemail.example", "mailboxes.example"] };

    public FakeClock Clock { get; } = Some.Clock();

    public Instant Now => Clock.GetCurrentInstant();

    public Database Db => test.Database;

    public LiveViews Views { get; }

    public CaseBooks Books { get; }

    public ReportClerk Intake { get; }

    public HostClerk Hosts { get; }

    /// <summary>Where hosts lead now, according to the DNS; a name that is missing does not exist.</summary>
    public Dictionary<string, string> HostAddresses { get; } = [];

    /// <summary>How often the DNS was asked.</summary>
    public int Questions { get; private set; }

    /// <summary>Whether the DNS does not answer.</summary>
    public bool DnsIsDown { get; set; }

    public NoticeClerk Notices { get; }

    public NoticeOutcomeClerk Outcomes { get; }

    public AnswerClerk Answers { get; }

    public ReportStatuses Statuses { get; }

    public DeadlineClerk Deadlines { get; }

    public ExpiredBlockClerk ExpiredBlocks { get; }

    public DetectionCaseClerk Detections { get; }

    public RelayCaseClerk Relays { get; }

    public PostmasterCaseClerk Postmasters { get; }

    public CaseDesk People { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// Runs a test on a desk. Afterwards every case must be the fold of its events, and the workers, run once more, must change nothing.
    /// </summary>
    public static async Task RunAsync(Dialect dialect, Func<TestDesk, Task> story)
    {
        await using var desk = await OpenAsync(dialect);
        await story(desk);
        await desk.WorkAsync();
        await desk.EveryCaseIsTheFoldOfItsEventsAsync();
        var before = await desk.DumpAsync();
        await desk.WorkAsync();
        Assert.Equal(before, await desk.DumpAsync());
    }

    private static async Task<TestDesk> OpenAsync(Dialect dialect)
    {
        var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(AddCustomersAsync, Stop);
        return new TestDesk(test, await LiveViews.LoadAsync(test.Database, Stop));
    }

    /// <summary>The intake worker of another node: other connections, other views.</summary>
    public async Task<ReportClerk> AnotherIntakeAsync()
    {
        var database = test.Dialect == Dialect.Sqlite ? Db : test.OpenAnother();
        var views = await LiveViews.LoadAsync(database, Stop);
        allViews.Add(views);
        return IntakeOn(database, views);
    }

    /// <summary>All workers, each until it has nothing to do.</summary>
    public async Task WorkAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            var done = 0;
            foreach (var clerk in new IClerk[] { Intake, Hosts, Relays, Postmasters, Detections, ExpiredBlocks, Deadlines, Notices, Outcomes, Answers })
                done += await clerk.WorkAsync(Stop);
            if (done == 0)
                return;
        }

        Assert.Fail("The workers never come to rest.");
    }

    /// <summary>Keeps a report that came by mail.</summary>
    public Task<ReportId> ReceiveAsync(string message, Func<IncomingReport, IncomingReport>? change = null) =>
        ReceiveAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), change);

    /// <summary>Keeps a report.</summary>
    public Task<ReportId> ReceiveAsync(byte[] raw, Func<IncomingReport, IncomingReport>? change = null)
    {
        var report = Some.Report with
        {
            ReceivedAt = Now,
            Sha256 = SHA256.HashData(raw),
            Raw = raw,
        };
        return Db.WriteAsync(db => new ReportStore(db).AddAsync(change?.Invoke(report) ?? report, Stop), Stop);
    }

    /// <summary>A customer hands in a message; its recipient has it from 192.0.2.200, a server of ours.</summary>
    public Task<SentMessage> HandInAsync(CustomerId customer, string client, string body = "Order today.\n", Duration ago = default) =>
        Db.WriteAsync(db => SentMessage.HandInAsync(db, customer, client, Now - ago, body, Stop), Stop);

    /// <summary>Keeps a report of this domain's, which is proved; of nobody's when it is null.</summary>
    public Task<ReportId> ReceiveFromAsync(string? domain, string message, string? organisation = null) => ReceiveAsync(message, r => r with
    {
        Proof = domain is null ? null : ReporterProof.Dkim,
        ProvedDomain = domain,
        ProvedOrganisation = organisation ?? domain,
    });

    /// <summary>What became of a report.</summary>
    public async Task<ReportRow> ReportAsync(ReportId id) =>
        await Db.ReadAsync(db => new ReportStore(db).FindAsync(id, Stop), Stop) ?? throw new InvalidOperationException($"There is no {id}.");

    /// <summary>Every open case is trusted as if a second reporter, independent of the first, had complained.</summary>
    public Task VouchAsync() => Db.WriteAsync(async db =>
    {
        var book = Books.Open(db, Now);
        foreach (var id in await db.QueryAsync<CaseId>("SELECT id FROM abuse_case WHERE phase <> 'closed' ORDER BY id", null, Stop))
        {
            var open = (await book.LoadAsync(id, Stop))!;
            var judged = new CaseEvent.TrustJudged(new ReportId(1), TrustLevel.Block, 20, [TrustReason.IndependentReporters], [.. open.Witnesses.Add(999)], false);
            book.Record(id, judged, Actor.Policy, new ClauseId("C4"));
        }

        await book.SaveAsync(Stop);
    }, Stop);

    /// <summary>A report about 192.0.2.7 from somebody who is trusted, understood; the case it made, whose first notice is a message that waits to be sent.</summary>
    public async Task<CaseFile> CaseAsync(string address = "192.0.2.7")
    {
        await ReceiveAsync(Reports.Arf(address, at: Now));
        await WorkAsync();
        await VouchAsync();
        return await LastCaseAsync();
    }

    /// <summary>The same, and the notice was accepted just now: the clock runs.</summary>
    public async Task<CaseFile> NotifiedCaseAsync(string address = "192.0.2.7")
    {
        var file = await CaseAsync(address);
        await DeliverAsync(OutboundState.Accepted);
        return await FileAsync(file.Case.Id);
    }

    /// <summary>All that is on record about a case.</summary>
    public async Task<CaseFile> FileAsync(CaseId id) =>
        await Db.ReadAsync(db => new DeskStore(db).FileAsync(id, Stop), Stop) ?? throw new InvalidOperationException($"There is no case {id}.");

    /// <summary>The cases, oldest first.</summary>
    public async Task<IReadOnlyList<CaseFile>> CasesAsync()
    {
        var ids = await Db.ReadAsync(db => db.QueryAsync<CaseId>("SELECT id FROM abuse_case ORDER BY id", null, Stop), Stop);
        var files = new List<CaseFile>();
        foreach (var id in ids)
            files.Add(await FileAsync(id));
        return files;
    }

    /// <summary>The one case there is.</summary>
    public async Task<CaseFile> OnlyCaseAsync() => Assert.Single(await CasesAsync());

    private async Task<CaseFile> LastCaseAsync() => (await CasesAsync())[^1];

    /// <summary>Messages that wait to be sent, oldest first; without what reporters are told.</summary>
    public async Task<IReadOnlyList<Letter>> LettersAsync() => [.. (await WaitingAsync()).Where(l => l.Purpose != OutboundPurpose.Answer)];

    /// <summary>What waits to be sent to reporters, oldest first.</summary>
    public async Task<IReadOnlyList<Letter>> AnswersAsync() => [.. (await WaitingAsync()).Where(l => l.Purpose == OutboundPurpose.Answer)];

    private Task<IReadOnlyList<Letter>> WaitingAsync() =>
        Db.ReadAsync(db => db.QueryAsync<Letter>("""
            SELECT id, purpose, subject_id, envelope_from, recipient, message
            FROM   outbound
            WHERE  state = 'queued'
            ORDER  BY id
            """, null, Stop), Stop);

    /// <summary>Sends what waits; each message ends like this. Then all workers run.</summary>
    public async Task DeliverAsync(OutboundState state)
    {
        await Db.WriteAsync(async db =>
        {
            foreach (var due in await db.TakeOutboundAsync(Now))
            {
                if (state != OutboundState.InDoubt)
                    await db.EndOutboundAsync(due.Id, state, state == OutboundState.Accepted ? "250 2.0.0 OK" : "550 5.1.1 No such user", Now);
            }

            if (state == OutboundState.InDoubt)
                await new QueueStore(db).DoubtInterruptedAsync(Now, Stop);
        }, Stop);
        await WorkAsync();
    }

    /// <summary>The message of this notice, which had been accepted, comes back. Then all workers run.</summary>
    public async Task BounceAsync(NoticeRow notice)
    {
        Assert.True(await Db.WriteAsync(db => new OutboundStore(db).ReturnedAsync(notice.OutboundId!.Value, "5.2.1 Mailbox disabled", Now, Stop), Stop));
        await WorkAsync();
    }

    /// <summary>Moves the clock; then all workers run.</summary>
    public async Task WaitAsync(Duration time)
    {
        Clock.Advance(time);
        await WorkAsync();
    }

    /// <summary>Ends blocks whose time is over, as the network slice does; then all workers run.</summary>
    public async Task ExpireBlocksAsync()
    {
        await Db.WriteAsync(db => new BlockStore(db).ExpireAsync(Now, 100, Stop), Stop);
        await WorkAsync();
    }

    /// <summary>A person did something; it must have worked. Then all workers run.</summary>
    public async Task DoneAsync(Task<DeskResult> act)
    {
        Assert.Equal(new DeskResult.Done(), await act);
        await WorkAsync();
    }

    /// <summary>What the customer answers.</summary>
    public Task<DeskResult> AnswerAsync(CaseFile file) =>
        People.AnswerAsync(file.Case.Id, Actor.Customer(Some.Customer.RegNumber), "The infected host is off.", "It was installed anew, port 25 is closed.", Stop);

    /// <summary>The case that its events tell of must be the row.</summary>
    public async Task EveryCaseIsTheFoldOfItsEventsAsync()
    {
        foreach (var file in await CasesAsync())
        {
            var folded = file.Events.Aggregate(new AbuseCase { Id = file.Case.Id }, (open, e) => open.Apply(e.Happened, e.At));
            Assert.Equal(Enumerable.Range(1, file.Events.Count).Select(n => (long)n), file.Events.Select(e => e.Seq));
            Assert.Equal(file.Case.Blocks, folded.Blocks);
            Assert.Equal(file.Case.StepsTaken, folded.StepsTaken);
            Assert.Equal(file.Case.Witnesses, folded.Witnesses);
            Assert.Equal(file.Case.OpenDecisions, folded.OpenDecisions);
            Assert.Equal(file.Case, folded with
            {
                Blocks = file.Case.Blocks,
                StepsTaken = file.Case.StepsTaken,
                Witnesses = file.Case.Witnesses,
                OpenDecisions = file.Case.OpenDecisions,
            });
            Assert.Equal(
                file.Case.Blocks.ToList(),
                file.Blocks.Where(b => b.State == BlockState.InForce).Select(b => b.Id.Value)
                    .Concat(file.ServiceBlocks.Where(b => b.State == BlockState.InForce).Select(b => b.Id.Value)).Order());
            Assert.Equal(file.Case.OpenDecisions.ToList(), file.Decisions.Where(d => d.State == DecisionState.Asked).Select(d => d.Id.Value));
        }
    }

    /// <summary>Everything in the database, to see whether it has changed.</summary>
    public async Task<string> DumpAsync()
    {
        var dump = new StringBuilder();
        foreach (var table in (string[])
            ["reporter", "reporter_organisation", "feedback", "report", "event", "answer", "abuse_case", "case_event", "notice", "outbound", "charge", "decision", "response", "block", "id_block", "change"])
        {
            var rows = await Db.ReadAsync(db => db.QueryAsync<dynamic>($"SELECT * FROM {table} ORDER BY 1, 2", null, Stop), Stop);
            foreach (IDictionary<string, object?> row in rows)
            {
                var values = row.Select(v => $"{v.Key}={(v.Value is byte[] bytes ? Convert.ToHexString(SHA256.HashData(bytes)) : v.Value)}");
                dump.Append(table).Append(": ").AppendJoin(", ", values).Append('\n');
            }
        }

        return dump.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var views in allViews)
            views.Dispose();
        await test.DisposeAsync();
    }

    private DnsAnswer Dns(string host, DnsType type)
    {
        Questions++;
        if (DnsIsDown)
            return DnsAnswer.Failed;
        return type == DnsType.A && HostAddresses.TryGetValue(host, out var addresses)
            ? DnsAnswer.Of([.. addresses.Split(' ').Select(Address.Parse)])
            : DnsAnswer.Nothing;
    }

    private ReportClerk IntakeOn(Database database, LiveViews views) =>
        new(database, Provider, new CaseBooks(Policy, Provider, views), views,
            new ReporterAnswers(Provider, ReportCodeKey), Clock, NullLogger<ReportClerk>.Instance);

    private static async Task AddCustomersAsync(DbSession db)
    {
        var store = new CustomerStore(db);
        await store.AddAsync(
            [
                Some.Customer,
                Some.Customer with { Id = Birch, RegNumber = RegNumber.From(2).ToString(), Name = "Birch Shop", Upstream = Alder },
                Some.Customer with { Id = Cedar, RegNumber = RegNumber.From(3).ToString(), Name = "Cedar Media" },
                Some.Customer with { Id = Dogwood, RegNumber = RegNumber.From(4).ToString(), Name = "Dogwood Ltd" },
            ],
            Some.Time,
            Stop);
        await store.PutContactsAsync(
            [
                Contact(Alder, ContactRole.Owner, "owner@alder.example", 0),
                Contact(Alder, ContactRole.Abuse, "abuse@alder.example", 1),
                Contact(Alder, ContactRole.Billing, "bills@alder.example", 0),
                Contact(Birch, ContactRole.Abuse, "abuse@birch.example", 0),
                Contact(Cedar, ContactRole.Abuse, "abuse@cedar.example", 0),
                Contact(Dogwood, ContactRole.Abuse, "abuse@dogwood.example", 0),
            ],
            Stop);
        await store.AssignAsync(
            [
                Some.Assignment,
                Some.Assignment with { Prefix = null, Domain = "alder.example" },
                Some.Assignment with { Customer = Birch, Prefix = Prefix.Parse("192.0.2.8/29") },
                Some.Assignment with { Customer = Cedar, Prefix = Prefix.Parse("192.0.2.32/28"), ValidTo = HandedOver },
                Some.Assignment with { Customer = Dogwood, Prefix = Prefix.Parse("192.0.2.32/28"), ValidFrom = HandedOver },
                Some.Assignment with { Customer = Dogwood, Prefix = Prefix.Parse("192.0.2.64/28") },
            ],
            Some.Time,
            Stop);
    }

    private static Contact Contact(CustomerId customer, ContactRole role, string address, long position) =>
        new() { Id = 0, Customer = customer, Channel = ContactChannel.Email, Address = address, Role = role, Position = position };
}

/// <summary>A message that waits to be sent.</summary>
internal sealed record Letter
{
    public required long Id { get; init; }

    public required OutboundPurpose Purpose { get; init; }

    public required long SubjectId { get; init; }

    public required string EnvelopeFrom { get; init; }

    public required string Recipient { get; init; }

    public required byte[] Message { get; init; }

    public string Text => Encoding.UTF8.GetString(Message);
}
