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

            var asked = row.At(PostmasterRules.After(row.Standing, PostmasterFinding.Accepts, Some.Time)) with
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
            await store.DropAsync("birch.example", Stop);
            Assert.Null(await store.FindAsync("birch.example", Stop));
        }, Stop);
    }
}
