using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Network.Tests.Lists;

public sealed class BlockedNamesTests
{
    private static readonly DnsZoneHead Head = new("rpz.example", ["ns.provider.example"], "hostmaster@provider.example", new DnsZoneTimes(60, 60, 300, 60, 1_209_600));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_state_of_the_zone_has_a_later_serial_and_begins_and_ends_by_the_clock()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var names = new BlockedNames(views, Head);
        var empty = names.At(Some.Time);
        Assert.Same(empty, names.At(Some.Time + Duration.FromHours(1)));

        await PlaceAsync("a.bad.example", from: Some.Time + Duration.FromHours(2), until: Some.Time + Duration.FromHours(3));
        await PlaceAsync("worse.example", from: Some.Time, until: Some.Time + Duration.FromHours(4));
        var first = names.At(Some.Time + Duration.FromHours(1));
        var second = names.At(Some.Time + Duration.FromHours(2));
        var third = names.At(Some.Time + Duration.FromHours(3));

        Assert.Equal(["worse.example"], first.Names);
        Assert.Equal(["a.bad.example", "worse.example"], second.Names);
        Assert.Equal(["worse.example"], third.Names);
        Assert.True(DnsZoneHead.IsLater(first.Serial, empty.Serial) && DnsZoneHead.IsLater(second.Serial, first.Serial) && DnsZoneHead.IsLater(third.Serial, second.Serial));
        Assert.True(second.IsBlocked("x.y.a.bad.example") && second.IsBlocked("a.bad.example") && !second.IsBlocked("bad.example"));
        Assert.True(second.IsAbove("bad.example") && !second.IsAbove("a.bad.example"));

        Task PlaceAsync(string name, Instant from, Instant until) => test.Database.WriteAsync(
            db => new NameBlockStore(db).PlaceAsync(
                new NewNameBlock
                {
                    Name = name, Clause = new ClauseId("C6"), PolicyRevision = "1", Reason = "It sells lists.", PlacedBy = Actor.Operator("olga"), StartsAt = from, ExpiresAt = until,
                }, Stop), Stop);
    }

    [Fact]
    public async Task Only_a_zone_that_is_handed_over_whole_counts_as_a_transfer()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        var names = new BlockedNames(views, Head);
        var options = new ListServerOptions { Listen = [], Zone = Head, AskedBy = [], Names = Head, TransferTo = [Prefix.Parse("192.0.2.53")] };
        using var listings = new BlockListings(views, [], options, "https://mail.provider.example/policy", Some.Clock());
        var answers = new ListAnswers(options, listings, names);

        Assert.NotNull(Ask(names.At(Some.Time).Serial));
        Assert.Equal(0, answers.Counts.Transfers);
        Assert.NotNull(Ask(names.At(Some.Time).Serial - 1));
        Assert.Equal(1, answers.Counts.Transfers);

        ZoneTransfer? Ask(uint known)
        {
            var question = ListServerTests.Question("rpz.example", DnsRecordType.Ixfr);
            question[9] = 1;
            byte[] soa = [0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, (byte)(known >> 24), (byte)(known >> 16), (byte)(known >> 8), (byte)known, .. new byte[16]];
            return answers.Transfer([.. question, .. soa], Address.Parse("192.0.2.53"), Some.Time);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public void A_transfer_begins_and_ends_with_the_head_and_has_every_name_twice(int count)
    {
        var zone = new BlockedNamesZone(Head, 7, [.. Enumerable.Range(0, count).Select(i => $"n{i}.bad.example")]);
        var question = ListServerTests.Question("rpz.example", DnsRecordType.Axfr);
        var transfer = new ZoneTransfer(question, zone, onlyHead: false);
        var message = new byte[ushort.MaxValue];
        var (records, messages) = (0, 0);

        while (transfer.Next(message) is > 0 and var octets)
        {
            Assert.Equal(messages == 0 ? 1 : 0, message[5]);
            Assert.Equal(0x84, message[2] & 0xFE);
            Assert.True(octets <= 16 * 1024);
            records += (message[6] << 8) | message[7];
            messages++;
        }

        Assert.Equal(3 + (2 * count), records);
        Assert.Equal(1, new ZoneTransfer(question, zone, onlyHead: true) is var head && head.Next(message) > 0 ? message[7] : 0);
    }
}
