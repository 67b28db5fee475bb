using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Mail.Tests.OwnMta;

/// <summary>What comes to the milter's socket and is no mail server, or a broken one: it loses its own session and nobody else's, and nothing grows without end.</summary>
public sealed class HostileMilterTests : IAsyncLifetime
{
    private const int ConnectionsMax = 20;
    private const int SizeBytesMax = 65_536;
    private const int FieldsMax = 1_000;

    private TestDatabase database = null!;
    private LiveViews views = null!;
    private WebApplication app = null!;
    private int port;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        views = await LiveViews.LoadAsync(database.Database, Stop);
        var parts = new MilterParts
        {
            HostName = "mail.provider.example",
            Answers = new MtaAnswers { Domains = new OwnDomains(["provider.example"]), Views = views, Clock = Some.Clock() },
            WhereToTurn = "https://provider.example/case",
            Incoming = (_, content, _) => new(Encoding.ASCII.GetBytes($"X-Octets: {content.Length}\r\n")),
            Limits = new MilterLimits
            {
                ConnectionsMax = ConnectionsMax, SizeBytesMax = SizeBytesMax, FieldsMax = FieldsMax, RecipientsMax = 100, WriteTimeout = TimeSpan.FromSeconds(1),
            },
        };
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenMilter(new IPEndPoint(IPAddress.Loopback, 0), parts));
        app = builder.Build();
        await app.StartAsync(Stop);
        port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        views.Dispose();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("\0\0\0\0")]
    [InlineData("\0\u0004\0\u0001B")]
    [InlineData("\u007f\u00ff\u00ff\u00ff")]
    [InlineData("\u00ff\u00ff\u00ff\u00ffO")]
    [InlineData("GET / HTTP/1.1\r\nHost: mail.provider.example\r\n\r\n")]
    [InlineData("EHLO client.example\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    public async Task A_packet_with_a_length_that_none_has_ends_the_connection_and_no_other(string octets)
    {
        using var other = await MilterPeer.ConnectAsync(port);
        await other.BeginAsync();
        using var peer = await MilterPeer.ConnectAsync(port);

        await peer.SendAsync(Encoding.Latin1.GetBytes(octets));

        Assert.Equal("", await peer.RestAsync());
        Assert.Equal("c", await other.AskAsync('R', "<lee@provider.example>\0"));
    }

    [Theory]
    [InlineData('O', "\0\0\0\u0006")]
    [InlineData('O', "\0\0\0\u0001\0\0\0\u003f\0\0\0\u007f")]
    [InlineData('C', "client.example")]
    [InlineData('C', "client.example\0" + "4\0\0client\0")]
    [InlineData('H', "client.example")]
    [InlineData('D', "")]
    [InlineData('D', "M{auth_authen}\0")]
    [InlineData('M', "<kim@elsewhere.example>")]
    [InlineData('M', "<kim@elsewhere.example>\0SIZE=many\0")]
    [InlineData('R', "")]
    [InlineData('L', "Subject\0no end")]
    [InlineData('Z', "what?")]
    [InlineData('\0', "")]
    public async Task A_packet_that_cannot_be_read_ends_the_connection(char command, string data)
    {
        using var peer = await MilterPeer.ConnectAsync(port);
        await peer.BeginAsync();

        await peer.SendAsync(command, data);

        Assert.Equal("", await peer.RestAsync());
        await IsServedAsync();
    }

    [Fact]
    public async Task Commands_in_the_wrong_order_let_nothing_through()
    {
        using var peer = await MilterPeer.ConnectAsync(port);

        // Before anything was agreed, and without a message: a recipient is refused, the end of a message put off.
        Assert.StartsWith("y503", await peer.AskAsync('R', "<lee@provider.example>\0"), StringComparison.Ordinal);
        Assert.Equal("t", await peer.AskAsync('E'));
        Assert.Equal("c", await peer.AskAsync('B', "text"));
        Assert.Equal("c", await peer.AskAsync('N'));
        Assert.Equal("c", await peer.AskAsync('L', "Subject\0hello\0"));

        // A second MAIL begins anew, a second client too; after ABORT there is no message.
        await peer.BeginAsync();
        Assert.Equal("c", await peer.AskAsync('R', "<lee@provider.example>\0"));
        Assert.Equal("c", await peer.AskAsync('M', "<kim@elsewhere.example>\0"));
        Assert.Equal("c", await peer.AskAsync('C', "client.example\0U"));
        Assert.StartsWith("y503", await peer.AskAsync('R', "<lee@provider.example>\0"), StringComparison.Ordinal);
        Assert.Equal("c", await peer.AskAsync('M', "<kim@elsewhere.example>\0"));
        await peer.SendAsync('A');
        Assert.Equal("t", await peer.AskAsync('E'));
        Assert.StartsWith("O", await peer.AskAsync('O', MilterPeer.Offer), StringComparison.Ordinal);

        // And the same connection still takes a message in good order.
        await IsTakenAsync(peer);
    }

    [Fact]
    public async Task A_half_closed_connection_has_its_answers_and_ends()
    {
        using var whole = await MilterPeer.ConnectAsync(port);
        await whole.SendAsync((byte[])[.. MilterPeer.Packet('O', MilterPeer.Offer), .. MilterPeer.Packet('M', "<kim@elsewhere.example>\0"), .. MilterPeer.Packet('E')]);
        whole.EndSending();
        Assert.Equal("Ocic", await whole.RestAsync());

        using var half = await MilterPeer.ConnectAsync(port);
        await half.SendAsync(MilterPeer.Packet('M', "<kim@elsewhere.example>\0").AsMemory(0, 10));
        half.EndSending();
        Assert.Equal("", await half.RestAsync());
    }

    // What is no body is kept as well, in packets of a few octets or without any data.
    [Theory]
    [InlineData('N', "", 40_000)]
    [InlineData('L', "\0\0", FieldsMax + 1)]
    [InlineData('L', "Authentication-Results\0mail.provider.example; spf=pass\0", FieldsMax + 1)]
    [InlineData('B', "0123456789012345678901234567890123456789", 2_000)]
    public async Task A_message_that_does_not_end_is_refused_at_its_end(char command, string data, int times)
    {
        using var peer = await MilterPeer.ConnectAsync(port);
        await peer.BeginAsync();
        Assert.Equal("c", await peer.AskAsync('R', "<lee@provider.example>\0"));
        var packet = MilterPeer.Packet(command, data);
        var reading = Task.Run(async () =>
        {
            string? answer;
            do
                answer = await peer.AnswerAsync();
            while (answer == "c");
            return answer;
        }, Stop);

        for (var sent = 0; sent < times; sent += 1_000)
            await peer.SendAsync(Enumerable.Repeat(packet, Math.Min(1_000, times - sent)).SelectMany(octets => octets).ToArray());
        await peer.SendAsync('E');

        Assert.StartsWith("y552", await reading, StringComparison.Ordinal);
        await IsTakenAsync(peer);
    }

    [Fact]
    public async Task Names_of_any_length_are_not_kept()
    {
        var endless = new string('x', 200_000);
        using var peer = await MilterPeer.ConnectAsync(port);
        await peer.BeginAsync();

        Assert.Equal("c", await peer.AskAsync('H', $"{endless}\0"));
        Assert.StartsWith("y501", await peer.AskAsync('R', $"<{endless}@provider.example>\0"), StringComparison.Ordinal);
        for (var i = 0; i < 100; i++)
            Assert.Equal("c", await peer.AskAsync('R', $"<u{i}@elsewhere.example>\0"));
        Assert.StartsWith("y452", await peer.AskAsync('R', "<u100@elsewhere.example>\0"), StringComparison.Ordinal);
        Assert.StartsWith("y501", await peer.AskAsync('M', $"<{endless}@elsewhere.example>\0"), StringComparison.Ordinal);
        Assert.Equal("t", await peer.AskAsync('E'));
        await IsTakenAsync(peer);

        await peer.SendAsync('D', $"M{{auth_authen}}\0{endless}\0");
        Assert.Equal("", await peer.RestAsync());
    }

    [Fact]
    public async Task Connections_beyond_their_number_are_turned_away_and_find_room_when_others_go()
    {
        var held = new List<MilterPeer>();
        for (var i = 0; i < ConnectionsMax; i++)
        {
            held.Add(await MilterPeer.ConnectAsync(port));
            await held[i].BeginAsync();
        }

        for (var i = 0; i < 3 * ConnectionsMax; i++)
        {
            using var extra = await MilterPeer.ConnectAsync(port);
            Assert.Null(await extra.AnswerAsync());
        }

        Assert.Equal("c", await held[0].AskAsync('R', "<lee@provider.example>\0"));
        held.ForEach(h => h.Dispose());
        await IsServedAsync();
    }

    [Fact]
    public async Task One_who_asks_and_never_reads_is_hung_up_on()
    {
        using var peer = await MilterPeer.ConnectAsync(port);
        var questions = Enumerable.Repeat(MilterPeer.Packet('T'), 50_000).SelectMany(octets => octets).ToArray();

        // The answers fill all there is between us; then the milter stops to read, waits for its second, and goes.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
                await peer.SendAsync(questions);
        });
        await IsServedAsync();
    }

    [Fact]
    public async Task Sessions_by_chance_end_and_leave_the_others_alone()
    {
        const string commands = "ABCDEHKLMNOQRTUZ";
        string[] data = ["", "\0", MilterPeer.Offer, "client.example\0" + "4\0\0198.51.100.9\0", "<kim@elsewhere.example>\0", "Subject\0hello\0", "M{auth_authen}\0kim\0", "\u00ff\u00fe"];
        using var other = await MilterPeer.ConnectAsync(port);
        await other.BeginAsync();

        for (var seed = 1; seed <= 150; seed++)
        {
            var chance = new Random(seed);
            var octets = new List<byte>();
            for (var i = 0; i < 40; i++)
                octets.AddRange(MilterPeer.Packet(commands[chance.Next(commands.Length)], data[chance.Next(data.Length)]));
            for (var i = chance.Next(4); i > 0; i--)
                octets[chance.Next(octets.Count)] = (byte)chance.Next(256);
            using var peer = await MilterPeer.ConnectAsync(port);
            try
            {
                await peer.SendAsync(octets.ToArray());
                peer.EndSending();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It has been hung up on already.
            }

            await peer.RestAsync();
        }

        await IsTakenAsync(other);
    }

    // A new connection finds its place as soon as the last one's is given back.
    private Task IsServedAsync() => Eventually.TrueAsync(async () =>
    {
        using var peer = await MilterPeer.ConnectAsync(port);
        await peer.SendAsync('O', MilterPeer.Offer);
        if (await peer.AnswerAsync() is null)
            return false;
        await IsTakenAsync(peer);
        return true;
    });

    private static async Task IsTakenAsync(MilterPeer peer)
    {
        Assert.Equal("c", await peer.AskAsync('M', "<kim@elsewhere.example>\0"));
        Assert.Equal("c", await peer.AskAsync('R', "<lee@provider.example>\0"));
        await peer.SendAsync('L', "Subject\0hello\0");
        Assert.Equal("c", await peer.AskAsync('N'));
        Assert.StartsWith("i", await peer.AskAsync('E'), StringComparison.Ordinal);
        Assert.Equal("c", await peer.AnswerAsync());
    }
}
