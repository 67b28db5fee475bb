using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Trust;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>C6: a case about a mailbox or a service that supports spam, from the question to the end of the suspension.</summary>
public sealed class SuspensionCaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task C6_a_yes_suspends_the_mailbox_of_the_case_until_the_answer_is_accepted(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var mailbox = await desk.Db.WriteAsync(db => new MailboxStore(db).AddAsync(new NewMailbox(TestDesk.Alder, "info@alder.example", null, desk.Now), Stop), Stop);
        var (file, question) = await AskedAsync(desk, new Resource(ResourceKind.Mailbox, "info@alder.example"));

        await desk.DoneAsync(desk.People.DecideAsync(question.Id, accept: true, TestDesk.Olga, "They go on.", Stop));

        file = await desk.FileAsync(file.Case.Id);
        var block = Assert.Single(file.ServiceBlocks);
        Assert.Equal(
            ("mailbox info@alder.example", new ClauseId("C6"), BlockState.InForce, TestDesk.Olga, desk.Now + TestDesk.Policy.Terms.BlockAtMost.Value),
            (block.Target, block.Clause, block.State, block.PlacedBy, block.ExpiresAt));
        Assert.Equal([block.Id.Value], file.Case.Blocks);
        Assert.Equal(file.Case.Id, desk.Views.ServiceBlocks.Of(mailbox!.Value, desk.Now)?.CaseId);
        await desk.DoneAsync(desk.AnswerAsync(file));
        await desk.DoneAsync(desk.People.AcceptAnswerAsync(file.Case.Id, TestDesk.Olga, "It is off.", Stop));

        file = await desk.FileAsync(file.Case.Id);
        Assert.Equal((CasePhase.Closed, BlockState.Lifted), (file.Case.Phase, Assert.Single(file.ServiceBlocks).State));
        Assert.Null(desk.Views.ServiceBlocks.Of(mailbox.Value, desk.Now));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task C6_what_is_not_certain_a_person_chooses_and_only_among_the_customers_own(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var own = await AddServiceAsync(desk, TestDesk.Alder, "shop");
        var others = await AddServiceAsync(desk, TestDesk.Dogwood, "shop");
        var (file, question) = await AskedAsync(desk, new Resource(ResourceKind.Domain, "www.alder.example"));

        Assert.Contains("Choose the mailbox or the service", Why(await desk.People.DecideAsync(question.Id, true, TestDesk.Olga, "", Stop)), StringComparison.Ordinal);
        Assert.Contains(
            "no mailbox or service of the customer", Why(await desk.People.DecideAsync(question.Id, true, SuspensionPick.Of(others), TestDesk.Olga, "", Stop)), StringComparison.Ordinal);
        Assert.Equal(DecisionState.Asked, (await desk.FileAsync(file.Case.Id)).Decisions.Single(d => d.Id == question.Id).State);
        await desk.DoneAsync(desk.People.DecideAsync(question.Id, true, SuspensionPick.Of(own), TestDesk.Olga, "", Stop));

        var block = Assert.Single((await desk.FileAsync(file.Case.Id)).ServiceBlocks);
        Assert.Equal("service web-hosting/shop", block.Target);
        Assert.NotNull(desk.Views.ServiceBlocks.Of(own.Service.Id, desk.Now));

        static string Why(DeskResult result) => Assert.IsType<DeskResult.Refused>(result).Why;
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_suspension_that_ran_out_is_asked_about_again(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await AddServiceAsync(desk, TestDesk.Alder, "www.alder.example");
        var (file, question) = await AskedAsync(desk, new Resource(ResourceKind.Domain, "www.alder.example"));
        await desk.DoneAsync(desk.People.DecideAsync(question.Id, true, TestDesk.Olga, "", Stop));

        desk.Clock.Advance(TestDesk.Policy.Terms.BlockAtMost.Value);
        await desk.Db.WriteAsync(db => new ServiceBlockStore(db).ExpireAsync(desk.Now, Stop), Stop);
        await desk.WorkAsync();

        file = await desk.FileAsync(file.Case.Id);
        Assert.Empty(file.Case.Blocks);
        var again = Assert.Single(file.Decisions, d => d.State == DecisionState.Asked && d.Step.EndsWith('+'));
        await desk.DoneAsync(desk.People.DecideAsync(again.Id, true, TestDesk.Olga, "", Stop));
        Assert.Equal([BlockState.Expired, BlockState.InForce], (await desk.FileAsync(file.Case.Id)).ServiceBlocks.Select(b => b.State));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task A_suspension_is_lifted_by_its_number_by_the_mailbox_and_with_everything(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        var id = await desk.Db.WriteAsync(db => new MailboxStore(db).AddAsync(new NewMailbox(TestDesk.Alder, "info@alder.example", null, desk.Now), Stop), Stop);
        var mailbox = new SuspensionTarget.OfMailbox(id!.Value, TestDesk.Alder, "info@alder.example");
        var lifting = new BlockLifting(desk.Db, desk.People, desk.Clock);
        await PlaceAsync(101);

        Assert.IsType<DeskResult.Refused>(await lifting.LiftAsync(new BlockId(101), TestDesk.Olga, " ", Stop));
        Assert.Equal(new DeskResult.Done(), await lifting.LiftAsync(new BlockId(101), TestDesk.Olga, "They stopped.", Stop));
        Assert.IsType<DeskResult.Refused>(await lifting.LiftMailboxAsync("info@alder.example", TestDesk.Olga, "They stopped.", Stop));
        await PlaceAsync(102);
        Assert.Equal(new DeskResult.Done(), await lifting.LiftMailboxAsync("Info@Alder.example", TestDesk.Olga, "They stopped.", Stop));
        await PlaceAsync(103);
        Assert.Equal((1L, null), await lifting.LiftAllAsync(TestDesk.Olga, "It was us.", Stop));

        Assert.Empty(desk.Views.ServiceBlocks.All);

        Task PlaceAsync(long number) => desk.Db.WriteAsync(
            db => new ServiceBlockStore(db).PlaceAsync(
                [
                    new NewServiceBlock
                    {
                        Id = new BlockId(number),
                        Target = mailbox,
                        Clause = new ClauseId("C6"),
                        PolicyRevision = Some.Revision,
                        Reason = "Serves spam.",
                        PlacedBy = TestDesk.Olga,
                        StartsAt = desk.Now,
                        ExpiresAt = desk.Now + Duration.FromDays(7),
                    },
                ], Stop), Stop);
    });

    // Such a case, whose time to answer is over.
    private static async Task<(CaseFile File, DecisionRow Question)> AskedAsync(TestDesk desk, Resource resource)
    {
        var id = await desk.Db.WriteAsync(
            async db =>
            {
                var book = desk.Books.Open(db, desk.Now);
                var opened = await book.OpenAsync(
                    new CaseEvent.Opened(TestDesk.Alder, null, CaseKind.SupportService, resource, "messaging/spam"), new ClauseId("C6"), Stop);
                book.Record(opened, new CaseEvent.TrustJudged(new ReportId(1), TrustLevel.Block, 20, [], [], IsConfirmed: false), Actor.Policy, new ClauseId("C6"));
                await book.DecideAsync(opened, new CaseFacts(), Stop);
                await book.SaveAsync(Stop);
                return opened;
            }, Stop);
        await desk.WorkAsync();
        await desk.DeliverAsync(OutboundState.Accepted);
        await desk.WaitAsync(Duration.FromHours(2));
        var file = await desk.FileAsync(id);
        return (file, Assert.Single(file.Decisions, d => d.State == DecisionState.Asked && d.Step.StartsWith("suspend#", StringComparison.Ordinal)));
    }

    private static async Task<SuspensionTarget.OfService> AddServiceAsync(TestDesk desk, CustomerId customer, string name)
    {
        var service = new Service { Id = 0, Customer = customer, Kind = ServiceKind.WebHosting, Name = name, State = ServiceState.Active };
        await desk.Db.WriteAsync(db => new CustomerStore(db).PutServicesAsync([service], Stop), Stop);
        return new SuspensionTarget.OfService(Assert.Single(await desk.Db.ReadAsync(db => new CustomerStore(db).ServicesOfAsync(customer, Stop), Stop)));
    }
}
