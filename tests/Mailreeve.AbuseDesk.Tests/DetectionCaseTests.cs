using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Detections;
using Mailreeve.Policy.Trust;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using MimeKit;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>C5: what detections of our own addresses mean for cases.</summary>
public sealed class DetectionCaseTests
{
    private const string Host = "192.0.2.9";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task One_sensor_that_saw_a_connection_tells_the_customer_and_a_second_lets_a_block_follow(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "fail2ban mx.provider.example", DetectionTypes.LoginAttack, 5, isTwoWay: true);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.Equal(
            (CaseKind.NetworkAbuse, Host, TestDesk.Alder, (CustomerId?)TestDesk.Birch, DetectionTypes.LoginAttack, TrustLevel.Notice),
            (file.Case.Kind, file.Case.Resource.Name, file.Case.Customer, file.Case.Downstream, file.Case.Type, file.Case.Trust));
        var letter = MimeMessage.Load(new MemoryStream(Assert.Single(await desk.LettersAsync()).Message)).TextBody!;
        Assert.Contains("passwords were tried, 5 targets", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("fail2ban", letter, StringComparison.Ordinal);
        Assert.Contains(await RowsAsync(desk), r => r.CaseId == file.Case.Id && r.Outcome == $"Case {file.Case.Id}.");

        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        file = await desk.OnlyCaseAsync();
        Assert.Equal(TrustLevel.Block, file.Case.Trust);
        Assert.Equal(2, file.Events.Count(e => e.Happened is CaseEvent.Detected));

        // What goes on is told again after an hour, not each time.
        for (var i = 0; i < 10; i++)
        {
            await desk.WaitAsync(Duration.FromMinutes(5));
            await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
            await desk.WorkAsync();
        }

        Assert.Equal(2, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.Detected));
        await desk.WaitAsync(Duration.FromMinutes(10));
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        Assert.Equal(3, (await desk.OnlyCaseAsync()).Events.Count(e => e.Happened is CaseEvent.Detected));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task Packets_alone_ask_a_person_before_the_customer_hears_of_it(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "flows", DetectionTypes.PortScan, 500, isTwoWay: false);
        await desk.WorkAsync();

        var file = await desk.OnlyCaseAsync();
        Assert.True(file.Case.IsDoubtful);
        Assert.Empty(await desk.LettersAsync());
        var asked = Assert.Single(file.Events.Select(e => e.Happened).OfType<CaseEvent.DecisionAsked>());
        Assert.Equal(("notify?", "Sensors of ours saw it, but not so many, or not so clearly, that it needs no person."), (asked.Step, asked.Why));

        // Somebody whose word counts saw it, too: nobody need be asked.
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        Assert.Single(await desk.LettersAsync());
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_is_too_little_of_a_server_of_ours_or_of_nobody_makes_no_case(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        await SeeAsync(desk, Host, "suricata-1", DetectionTypes.PortScan, 3, isTwoWay: true);
        await SeeAsync(desk, Host, "fail2ban", DetectionTypes.LoginAttack, 30, isTwoWay: true, Duration.FromHours(-37));
        await SeeAsync(desk, "192.0.2.90", "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await SeeAsync(desk, "192.0.2.250", "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();

        Assert.Empty(await desk.CasesAsync());
        Assert.Equal(
            ["Too little for a case.", "Too little for a case.", "A mail server of ours: no customer's."],
            (await RowsAsync(desk)).Where(r => r.Address != Address.Parse("192.0.2.250")).OrderBy(r => r.Id).Select(r => r.Outcome));
        Assert.Contains(await RowsAsync(desk), r => r.Outcome.StartsWith("It cannot be told whose it was.", StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public Task What_the_last_holder_did_is_not_the_next_ones(Dialect dialect) => TestDesk.RunAsync(dialect, async desk =>
    {
        const string handedOver = "192.0.2.40";
        var before = TestDesk.HandedOver - Duration.FromMinutes(10) - desk.Now;
        await SeeAsync(desk, handedOver, "fail2ban", DetectionTypes.LoginAttack, 5, isTwoWay: true, before);
        await desk.WorkAsync();
        Assert.Equal(TestDesk.Cedar, (await desk.OnlyCaseAsync()).Case.Customer);

        await SeeAsync(desk, handedOver, "suricata-1", DetectionTypes.PortScan, 30, isTwoWay: true);
        await desk.WorkAsync();
        var theirs = Assert.Single(await desk.CasesAsync(), c => c.Case.Customer == TestDesk.Dogwood);
        Assert.Equal(TrustLevel.Notice, theirs.Case.Trust);
    });

    private static Task SeeAsync(TestDesk desk, string address, string sensor, string type, long targets, bool isTwoWay, Duration later = default) =>
        desk.Db.WriteAsync(
            db => new DetectionStore(db).AddAsync(
                [
                    new NewDetection(
                        new Detection { Sensor = sensor, Type = type, Targets = targets, IsTwoWay = isTwoWay, FirstAt = desk.Now + later - Duration.FromMinutes(1), LastAt = desk.Now + later },
                        Address.Parse(address), null, "", IsOurs: true),
                ],
                desk.Now, Stop),
            Stop);

    private static async Task<IReadOnlyList<DetectionRow>> RowsAsync(TestDesk desk) => await desk.Db.ReadAsync(db => new DetectionStore(db).ListAsync(100, Stop), Stop);
}
