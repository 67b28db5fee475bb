using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class BlockProposalStoreTests
{
    private static readonly NewBlockProposal Proposal = new()
    {
        Id = 1,
        Prefix = Prefix.Parse("198.18.112.0/21"),
        Scope = BlockScope.Port25,
        List = "own",
        Clause = new ClauseId("C8"),
        PolicyRevision = "1",
        Reason = "Sends spam.",
        Lasts = Duration.FromHours(48),
        Why = "It would cover more than 1024 addresses.",
        ProposedBy = Actor.Operator("olga"),
        ProposedAt = Some.Time,
        ExpiresAt = Some.Time + ProposalRules.WaitsAtMost,
        State = ProposalState.Waiting,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_is_wanted_is_kept_and_decided_once(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            await new BlockProposalStore(db).AddAsync(Proposal, Stop);
            await new BlockProposalStore(db).AddAsync(Proposal with { Id = 2, Prefix = null, List = null, Customer = Some.Customer.Id }, Stop);
        }, Stop);

        var waiting = await test.Database.ReadAsync(db => new BlockProposalStore(db).WaitingAsync(10, Stop), Stop);
        Assert.Equal(["198.18.112.0/21", $"all of {Some.Customer.Name} ({Some.Customer.RegNumber})"], waiting.Select(w => w.Target));
        Assert.Equal((BlockScope.Port25, "own", Proposal.Lasts, Proposal.Why), (waiting[0].Scope, waiting[0].List, waiting[0].For, waiting[0].Why));
        Assert.Equal((null, Some.Customer.Id), (waiting[1].Prefix, waiting[1].CustomerId));

        Assert.False(await DecideAsync(1, Proposal.ExpiresAt));
        Assert.True(await DecideAsync(1, Proposal.ExpiresAt - Duration.FromMilliseconds(1)));
        Assert.False(await DecideAsync(1, Some.Time));
        Assert.Single(await test.Database.ReadAsync(db => new BlockProposalStore(db).WaitingAsync(10, Stop), Stop));

        Task<bool> DecideAsync(long id, Instant now) => test.Database.WriteAsync(
            db => new BlockProposalStore(db).TryDecideAsync(id, ProposalState.Confirmed, Actor.Operator("otto"), "", now, Stop), Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_nobody_decides_ends_with_its_time(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(db => new BlockProposalStore(db).AddAsync(Proposal, Stop), Stop);

        Assert.False(await test.Database.ReadAsync(db => new BlockProposalStore(db).AnyDueAsync(Proposal.ExpiresAt - Duration.FromMilliseconds(1), Stop), Stop));
        Assert.True(await test.Database.ReadAsync(db => new BlockProposalStore(db).AnyDueAsync(Proposal.ExpiresAt, Stop), Stop));
        Assert.Equal(1, await test.Database.WriteAsync(db => new BlockProposalStore(db).ExpireAsync(Proposal.ExpiresAt, Stop), Stop));

        Assert.Equal(ProposalState.Expired, (await test.Database.ReadAsync(db => new BlockProposalStore(db).FindAsync(1, Stop), Stop))!.State);
    }
}
