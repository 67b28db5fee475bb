using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dns;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Network.Tests.Lists;

public sealed class ListNoticesTests
{
    private static readonly DnsZoneHead Head = new("rpz.example", ["ns.provider.example"], "hostmaster@provider.example", new DnsZoneTimes(60, 60, 300, 60, 1_209_600));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resolver_that_does_not_answer_keeps_no_other_waiting()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(test.Database, Stop);
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var good = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var options = new ListServerOptions
        {
            Listen = [], Zone = Head, AskedBy = [], Names = Head, Notify = [(IPEndPoint)silent.Client.LocalEndPoint!, (IPEndPoint)good.Client.LocalEndPoint!],
        };
        using var notices = new ListNotices(options, new BlockedNames(views, Head), views, Some.Clock(), NullLogger<ListNotices>.Instance);

        await notices.StartAsync(Stop);
        await HearAsync(good);
        await test.Database.WriteAsync(
            db => new NameBlockStore(db).PlaceAsync(
                new NewNameBlock
                {
                    Name = "bad.example", Clause = new ClauseId("C6"), PolicyRevision = "1", Reason = "It sells lists.", PlacedBy = Actor.Operator("olga"),
                    StartsAt = Some.Time, ExpiresAt = Some.Time + Duration.FromHours(1),
                }, Stop), Stop);
        await HearAsync(good);
        var tries = 0;
        for (; silent.Available > 0; tries++)
            await silent.ReceiveAsync(Stop);
        await notices.StopAsync(Stop);

        // The other one had not been given up yet.
        Assert.InRange(tries, 0, 4);
    }

    private static async Task HearAsync(UdpClient resolver)
    {
        var notice = await resolver.ReceiveAsync(Stop);
        notice.Buffer[2] |= 0x80;
        await resolver.SendAsync(notice.Buffer, notice.RemoteEndPoint, Stop);
    }
}
