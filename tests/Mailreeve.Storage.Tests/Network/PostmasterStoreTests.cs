using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;

namespace Mailreeve.Storage.Tests.Network;

public sealed class PostmasterStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_domain_comes_back_as_it_was_left_and_what_moved_meanwhile_is_not_written_over(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            var store = new PostmasterStore(db);
            await store.PutAsync([("alder.example", Some.Customer.Id), ("birch.example", Some.Customer.Id)], Some.Time, Stop);
            Assert.Equal(0, await store.PutAsync([("alder.example", Some.Customer.Id)], Some.Time + Duration.FromDays(1), Stop));
            var row = (await store.DueAsync(Some.Time, Stop))!;
            Assert.Equal(("alder.example", PostmasterState.Waiting), (row.Domain, row.State));

            var asked = row.At(PostmasterRules.After(row.Standing, PostmasterFinding.Accepts, Duration.FromDays(7), Some.Time)) with
            {
                Cycle = 1, CodeHash = [1, 2, 3], CheckedAt = Some.Time, Detail = "taken", Transcript = "> EHLO\n",
            };
            Assert.True(await store.RecordAsync(row, asked, Stop));
            Assert.False(await store.RecordAsync(row, asked, Stop));
            Assert.Equivalent(asked, await store.FindByCodeAsync([1, 2, 3], Stop));
            Assert.Equal("birch.example", (await store.DueAsync(Some.Time, Stop))!.Domain);
            Assert.Equal(["alder.example", "birch.example"], (await store.ListAsync(10, Stop)).Select(r => r.Domain));

            // What is quick comes first, however late the other is.
            Assert.Equal("alder.example", (await store.DueAsync(asked.NextAt, Stop))!.Domain);

            Assert.True(await store.CheckNowAsync("alder.example", Some.Time, Stop));
            Assert.False(await store.CheckNowAsync("cedar.example", Some.Time, Stop));
            await store.LeaveAsync("birch.example", Stop);
            var gone = (await store.FindAsync("birch.example", Stop))!;
            Assert.Equal((PostmasterState.Gone, null), (gone.State, gone.CaseToldAt));
            Assert.Equal(["alder.example"], (await store.HoldersAsync(Stop)).Select(h => h.Domain));
            Assert.Equal(["alder.example"], (await store.ListAsync(10, Stop)).Select(r => r.Domain));
            Assert.False(await store.CheckNowAsync("birch.example", Some.Time, Stop));
            Assert.True(await store.ToldAsync(gone, Some.Time, Stop));
            Assert.Null(await store.FindAsync("birch.example", Stop));
        }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_opens_or_ends_a_case_is_told_once_and_what_refuses_still_again_after_a_while(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            var store = new PostmasterStore(db);
            await store.PutAsync([("alder.example", Some.Customer.Id), ("birch.example", Some.Customer.Id)], Some.Time, Stop);
            var longAgo = Some.Time - Duration.FromDays(30);
            Assert.Empty(await store.UntoldAsync(longAgo, 10, Stop));

            var row = (await store.FindAsync("alder.example", Stop))!;
            var refuses = row.At(PostmasterRules.After(row.Standing, PostmasterFinding.Refuses, Duration.FromDays(7), Some.Time)) with { CheckedAt = Some.Time };
            Assert.True(await store.RecordAsync(row, refuses, Stop));
            var untold = Assert.Single(await store.UntoldAsync(longAgo, 10, Stop));
            Assert.Equivalent(refuses, untold);
            Assert.True(await store.ToldAsync(untold, Some.Time, Stop));
            Assert.Empty(await store.UntoldAsync(longAgo, 10, Stop));
            Assert.Equal("alder.example", Assert.Single(await store.UntoldAsync(Some.Time, 10, Stop)).Domain);

            // Not while a check waits, or was made a moment ago.
            Assert.False(await store.CheckAgainAsync("alder.example", longAgo, Some.Time, Stop));
            Assert.True(await store.CheckAgainAsync("alder.example", Some.Time, Some.Time, Stop));
            Assert.False(await store.CheckAgainAsync("alder.example", Some.Time, Some.Time, Stop));
            Assert.False(await store.ToldAsync(untold, Some.Time, Stop));

            // What the next customer has is news, too.
            await store.LeaveAsync("birch.example", Stop);
            Assert.Equal(1, await store.PutAsync([("birch.example", Some.Customer.Id)], Some.Time, Stop));
            Assert.Equal(("birch.example", PostmasterState.Waiting), (await store.UntoldAsync(longAgo, 10, Stop)).Select(r => (r.Domain, r.State)).Single());
        }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Of_a_code_one_answer_of_a_person_is_kept_and_one_of_a_program(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await test.Database.WriteAsync(async db =>
        {
            var store = new PostmasterReplyStore(db);
            var program = new NewPostmasterReply(Some.Time, [1, 2, 3], ProgramMark.NullSender);
            Assert.NotNull(await store.AddAsync(program, Stop));
            Assert.Null(await store.AddAsync(program with { Mark = ProgramMark.List }, Stop));
            Assert.NotNull(await store.AddAsync(program with { Mark = null }, Stop));
            Assert.Null(await store.AddAsync(program with { Mark = null }, Stop));

            var waiting = await store.WaitingAsync(10, Stop);
            Assert.Equal([(ProgramMark?)ProgramMark.NullSender, null], waiting.Select(w => w.Mark));
            Assert.Equal([1, 2, 3], waiting[0].CodeHash);
            Assert.True(await store.ConcludeAsync(waiting[0].Id, Stop));
            Assert.False(await store.ConcludeAsync(waiting[0].Id, Stop));
            Assert.Equal(1, await store.ForgetAsync(Some.Time + Duration.FromDays(1), Stop));
            Assert.Equal(waiting[1].Id, Assert.Single(await store.WaitingAsync(10, Stop)).Id);
        }, Stop);
    }

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_domain_that_has_another_customer_begins_anew(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        var other = Some.Customer with { Id = new CustomerId(2), RegNumber = $"{RegNumber.From(2)}" };
        await test.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer, other], Some.Time, Stop);
            var store = new PostmasterStore(db);
            await store.PutAsync([("alder.example", Some.Customer.Id)], Some.Time, Stop);
            var row = (await store.FindAsync("alder.example", Stop))!;
            Assert.True(await store.RecordAsync(row, row.At(PostmasterRules.AfterAnswer(Some.Time)) with
            {
                Cycle = 1, CodeHash = [1, 2, 3], CheckedAt = Some.Time, AnsweredAt = Some.Time, Detail = "A person has answered.", Transcript = "> EHLO\n",
            }, Stop));
            var later = Some.Time + Duration.FromDays(1);

            Assert.Equal(1, await store.PutAsync([("alder.example", other.Id)], later, Stop));

            Assert.Null(await store.FindByCodeAsync([1, 2, 3], Stop));
            Assert.Equivalent(row with { CustomerId = other.Id, NextAt = later, Cycle = 1, CaseToldAt = null }, await store.FindAsync("alder.example", Stop));
            Assert.Equal([("alder.example", other.Id)], (await store.HoldersAsync(Stop)).Select(h => (h.Domain, h.CustomerId)));
        }, Stop);
    }
}
