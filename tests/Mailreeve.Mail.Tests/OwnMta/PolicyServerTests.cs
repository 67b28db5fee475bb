using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.PolicyDelegation;
using Mailreeve.Policy.Mail;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailreeve.Mail.Tests.OwnMta;

public class PolicyServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_that_come_together_are_answered_in_their_order_even_when_one_has_to_wait()
    {
        var first = new TaskCompletionSource<SendingAnswer>();
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(database.Database, Stop);
        using var server = await StartAsync(views, message => message.Recipients == 1 ? new(first.Task) : new(SendingAnswer.Within));
        using var client = await ConnectAsync(server);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(EndOfMessage("a", 1) + EndOfMessage("b", 2) + EndOfMessage("c", 1)), Stop);
        using var other = await ConnectAsync(server);
        await other.GetStream().WriteAsync(Encoding.ASCII.GetBytes(EndOfMessage("d", 2)), Stop);
        Assert.Equal(["action=DUNNO"], await AnswersAsync(other, 1));
        first.SetResult(SendingAnswer.Held);

        Assert.Equal(["action=HOLD held under clause C1", "action=DUNNO", "action=HOLD held under clause C1"], await AnswersAsync(client, 3));
        await server.StopAsync(Stop);
    }

    [Fact]
    public async Task What_cannot_be_decided_is_put_off_and_never_let_through()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(database.Database, Stop);
        using var server = await StartAsync(
            views, message => message.Recipients == 1 ? throw new IOException("no disk") : new(Task.FromException<SendingAnswer>(new IOException("no disk"))));
        using var client = await ConnectAsync(server);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(EndOfMessage("a", 1) + EndOfMessage("b", 2)), Stop);

        const string putOff = "action=DEFER_IF_PERMIT 4.3.0 Local error; try again later";
        Assert.Equal([putOff, putOff], await AnswersAsync(client, 2));
        await server.StopAsync(Stop);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\n\n")]
    [InlineData("\n")]
    public async Task What_is_no_question_ends_the_connection_and_no_other(string text)
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        using var views = await LiveViews.LoadAsync(database.Database, Stop);
        using var server = await StartAsync(views, _ => new(SendingAnswer.Within));
        using var client = await ConnectAsync(server);
        using var other = await ConnectAsync(server);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Stop);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Stop));

        // Octet by octet, as a network may have it.
        foreach (var octet in Encoding.ASCII.GetBytes(EndOfMessage("a", 1)))
            await other.GetStream().WriteAsync(new[] { octet }, Stop);
        Assert.Equal(["action=DUNNO"], await AnswersAsync(other, 1));
        await server.StopAsync(Stop);
    }

    private static string EndOfMessage(string instance, int recipients) =>
        $"request=smtpd_access_policy\nprotocol_state=END-OF-MESSAGE\nclient_address=198.51.100.9\nsender=kim@customer.example\n"
        + $"recipient_count={recipients}\nsasl_username=kim\ninstance={instance}\n\n";

    private static async Task<PolicyServer> StartAsync(LiveViews views, Func<CountedMessage, ValueTask<SendingAnswer>> count)
    {
        var server = new PolicyServer(
            [new IPEndPoint(IPAddress.Loopback, 0)],
            new PolicyServiceParts
            {
                Answers = new MtaAnswers
                {
                    Domains = new OwnDomains(["provider.example"]),
                    Views = views,
                    Count = (message, _) => count(message),
                    Clock = Some.Clock(),
                },
                WhereToTurn = "https://provider.example/case",
            },
            NullLogger<PolicyServer>.Instance);
        await server.StartAsync(Stop);
        return server;
    }

    private static async Task<TcpClient> ConnectAsync(PolicyServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)server.EndPoints[0], Stop);
        return client;
    }

    private static async Task<IReadOnlyList<string>> AnswersAsync(TcpClient client, int count)
    {
        var answers = new List<string>();
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
        while (answers.Count < count && await reader.ReadLineAsync(Stop) is { } line)
        {
            if (line.Length > 0)
                answers.Add(line);
        }

        return answers;
    }
}
