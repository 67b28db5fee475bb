using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.Network.Commands;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Notices;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Postmaster;

/// <summary>C7: whether the mailbox postmaster@ takes mail, and whether a person reads it.</summary>
public sealed class PostmasterClerkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_takes_the_mail_is_asked_reminded_and_done_when_a_person_has_acted()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);

        await lab.WorkAsync();

        Assert.Equal(
            ["RCPT TO:<postmaster@alder.example>", "RCPT TO:<postmaster@alder.example>", "RCPT TO:<Postmaster>", "RCPT TO:<Postmaster>"],
            server.Heard.Where(l => l.StartsWith("RCPT", StringComparison.Ordinal)));
        Assert.Equal(2, server.Heard.Count(l => l == "MAIL FROM:<>"));
        Assert.DoesNotContain("DATA", server.Heard);
        var row = await lab.RowAsync();
        Assert.Equal((PostmasterState.Asked, Some.Customer.Id), (row.State, row.CustomerId));
        var code = Regex.Match(Assert.Single(await lab.LettersAsync()), "https://mail\\.provider\\.example/postmaster#([a-z2-7]{24})\\s").Groups[1].Value;
        Assert.NotEmpty(code);

        lab.Clock.AdvanceDays(2);
        await lab.WorkAsync();
        var letters = await lab.LettersAsync();
        Assert.Equal(2, letters.Count);
        Assert.Contains("Subject: Reminder: ", letters[1], StringComparison.Ordinal);
        Assert.Contains(code, letters[1], StringComparison.Ordinal);

        Assert.Null(await lab.Desk.AnswerAsync(code[..^1] + (code[^1] == 'a' ? 'b' : 'a'), Stop));
        Assert.Equal("alder.example", (await lab.Desk.AnswerAsync(code.ToUpperInvariant(), Stop))!.Domain);
        Assert.Equal(PostmasterState.Read, (await lab.Desk.AnswerAsync(code, Stop))!.State);

        lab.Clock.AdvanceDays(10);
        await lab.WorkAsync();
        row = await lab.RowAsync();
        Assert.Equal((PostmasterState.Read, 2), (row.State, (await lab.LettersAsync()).Count));

        // Half a year later it is asked anew, with another code.
        lab.Clock.AdvanceDays(180);
        await lab.WorkAsync();
        Assert.Equal(PostmasterState.Asked, (await lab.RowAsync()).State);
        Assert.Null(await lab.Desk.AnswerAsync(code, Stop));
    }

    [Fact]
    public async Task Silence_is_overdue_after_a_week_and_an_answer_still_counts()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);
        await lab.WorkAsync();
        for (var day = 0; day < 7; day++)
        {
            lab.Clock.AdvanceDays(1);
            await lab.WorkAsync();
        }

        Assert.Equal((PostmasterState.Overdue, PostmasterRules.MailsMax), ((await lab.RowAsync()).State, (await lab.LettersAsync()).Count));
        using var said = new StringWriter();
        await PostmasterListCommand.RunAsync(lab.Database, said, Stop);
        Assert.Contains("alder.example", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("     1  mail is taken; nobody answers", said.ToString(), StringComparison.Ordinal);
        var code = Regex.Match((await lab.LettersAsync())[0], "/postmaster#([a-z2-7]+)").Groups[1].Value;
        Assert.Equal(PostmasterState.Read, (await lab.Desk.AnswerAsync(code, Stop))!.State);
    }

    [Fact]
    public async Task A_person_may_answer_by_mail_and_the_answer_of_a_program_is_only_noted()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);
        await lab.WorkAsync();

        await lab.ReplyAsync(ProgramMark.AutoSubmitted);
        var row = await lab.RowAsync();
        Assert.Equal((PostmasterState.Asked, "A program has answered (Auto-Submitted says so); that shows no person."), (row.State, row.Detail));

        for (var day = 0; day < 7; day++)
        {
            lab.Clock.AdvanceDays(1);
            await lab.WorkAsync();
        }

        row = await lab.RowAsync();
        Assert.Equal(PostmasterState.Overdue, row.State);
        Assert.Equal("No person has answered in time. A program has answered (Auto-Submitted says so); that shows no person.", row.Detail);

        await lab.ReplyAsync(null);
        row = await lab.RowAsync();
        Assert.Equal((PostmasterState.Read, "A person has answered by mail.", lab.Clock.GetCurrentInstant()), (row.State, row.Detail, row.AnsweredAt));
    }

    [Fact]
    public async Task A_customer_has_it_checked_again_once_an_hour()
    {
        await using var server = new TestedHost { Rcpt = _ => "550 5.1.1 No such user" };
        await using var lab = await Lab.OpenAsync(server.Port);
        await lab.WorkAsync();

        Assert.Contains("less than an hour ago", await lab.Desk.CheckAgainAsync("alder.example", Stop), StringComparison.Ordinal);
        lab.Clock.AdvanceHours(1);
        Assert.Null(await lab.Desk.CheckAgainAsync("alder.example", Stop));
        Assert.NotNull(await lab.Desk.CheckAgainAsync("alder.example", Stop));
        await lab.WorkAsync();

        Assert.Equal((2, PostmasterState.Refuses), (server.Connections, (await lab.RowAsync()).State));
        Assert.NotNull(await lab.Desk.CheckAgainAsync("birch.example", Stop));
    }

    [Theory]
    [InlineData("550 5.1.1 No such user", PostmasterState.Refuses)]
    [InlineData("450 4.2.0 Later", PostmasterState.PutOff)]
    public async Task Who_refuses_is_not_asked(string reply, PostmasterState expected)
    {
        await using var server = new TestedHost { Rcpt = rcpt => rcpt.Contains('@', StringComparison.Ordinal) ? "250 2.1.5 Ok" : reply };
        await using var lab = await Lab.OpenAsync(server.Port);

        await lab.WorkAsync();

        var row = await lab.RowAsync();
        Assert.Equal(expected, row.State);
        Assert.Contains($"<Postmaster> from <> {reply[..3]}", row.Detail, StringComparison.Ordinal);
        Assert.Contains($"< {reply}", row.Transcript, StringComparison.Ordinal);
        Assert.Empty(await lab.LettersAsync());
    }

    [Fact]
    public async Task Where_nobody_answers_it_is_tried_for_a_day()
    {
        await using var lab = await Lab.OpenAsync(FreePorts.Next());
        await lab.WorkAsync();
        Assert.Equal(PostmasterState.PutOff, (await lab.RowAsync()).State);

        for (var hour = 0; hour < 24; hour++)
        {
            lab.Clock.AdvanceHours(1);
            await lab.WorkAsync();
        }

        Assert.Equal(PostmasterState.Refuses, (await lab.RowAsync()).State);
    }

    [Theory]
    [InlineData("mail.provider.example", "Its mail comes to us.")]
    [InlineData("", "The domain says that it takes no mail (null MX).")]
    public async Task A_domain_without_a_server_of_its_own_is_left_alone(string mx, string detail)
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port, mx);

        await lab.WorkAsync();

        Assert.Equal((PostmasterState.NoMail, detail, 0), ((await lab.RowAsync()).State, (await lab.RowAsync()).Detail, server.Connections));
    }

    [Fact]
    public async Task A_domain_is_checked_as_long_as_its_customer_has_the_service()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);
        await lab.WorkAsync();
        using var said = new StringWriter();
        Assert.Equal(0, await PostmasterCheckCommand.RunAsync(lab.Desk, "Alder.Example.", said, Stop));
        Assert.Equal(1, await PostmasterCheckCommand.RunAsync(lab.Desk, "birch.example", said, Stop));
        await lab.WorkAsync();
        Assert.Equal(2, server.Connections);

        await lab.Database.WriteAsync(db => new CustomerStore(db).UpdateAsync([Some.Customer with { State = CustomerState.Closed }], Stop), Stop);
        lab.Clock.AdvanceMinutes(10);
        await lab.WorkAsync();

        Assert.Empty(await lab.Database.ReadAsync(db => new PostmasterStore(db).ListAsync(10, Stop), Stop));

        // Until cases have heard of it the row stays, and is of no use for anything else.
        Assert.Equal(PostmasterState.Gone, (await lab.RowAsync()).State);
        Assert.Equal(1, await PostmasterCheckCommand.RunAsync(lab.Desk, "alder.example", said, Stop));
        lab.Clock.AdvanceDays(400);
        await lab.WorkAsync();
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_check_that_takes_too_long_is_put_off()
    {
        await using var lab = await Lab.OpenAsync(FreePorts.Next(), atMost: TimeSpan.Zero);

        await lab.WorkAsync();

        var row = await lab.RowAsync();
        Assert.Equal((PostmasterState.PutOff, "It took too long."), (row.State, row.Detail));
    }

    [Fact]
    public void Whoever_has_a_domain_next_has_other_codes()
    {
        var desk = new PostmasterDesk(null!, null!, new byte[32], new FakeClock(Some.Time));

        Assert.NotEqual(desk.CodeOf(new CustomerId(1), "alder.example", 1), desk.CodeOf(new CustomerId(2), "alder.example", 1));
        Assert.NotEqual(desk.CodeOf(new CustomerId(1), "alder.example", 1), desk.CodeOf(new CustomerId(1), "alder.example", 2));
    }

    private sealed class Lab : IAsyncDisposable
    {
        private readonly TestDatabase test;
        private readonly LiveViews views;
        private readonly PostmasterClerk clerk;
        private readonly PostmasterReplyClerk replies;

        private Lab(TestDatabase test, LiveViews views, int port, string mx, TimeSpan? atMost)
        {
            (this.test, this.views) = (test, views);
            var provider = new Provider
            {
                Name = "Example Internet",
                Domains = ["provider.example"],
                HostName = "mail.provider.example",
                BaseUrl = "https://mail.provider.example",
                SupportTelephone = "+1 555 0100",
                Networks = [Prefix.Parse("192.0.2.0/24")],
                NeverBlock = [],
            };
            var prober = new PostmasterProber(
                (name, type, _) => ValueTask.FromResult(type switch
                {
                    DnsType.Mx => DnsAnswer.OfNames([mx]),
                    DnsType.A when name == mx => DnsAnswer.Of([Some.Address]),
                    _ => DnsAnswer.Nothing,
                }),
                (to, stop) => atMost is not null ? SilentAsync(stop) : RelayDialler.ConnectAsync(new IPEndPoint(IPAddress.Loopback, to.Port), null, stop),
                provider.HostName, provider.AbuseAddress, TimeSpan.FromSeconds(60)) { Port = port, AtMost = atMost ?? TimeSpan.FromMinutes(3) };
            Desk = new PostmasterDesk(Database, provider, new byte[32], Clock);
            var mail = new PostmasterMail(ShippedPolicy.Policy, provider, new NoticeTemplates(ShippedPolicy.Notices), Desk);
            clerk = new PostmasterClerk(Database, views, prober, mail, ShippedPolicy.Policy.Terms.ReadPostmasterWithin.Value, Clock);
            replies = new PostmasterReplyClerk(Database, Clock);
        }

        public FakeClock Clock { get; } = new(Some.Time);

        public Database Database => test.Database;

        public PostmasterDesk Desk { get; }

        public static async Task<Lab> OpenAsync(int port, string mx = "mx.alder.example", TimeSpan? atMost = null)
        {
            var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
            await test.Database.WriteAsync(async db =>
            {
                var customers = new CustomerStore(db);
                await customers.AddAsync([Some.Customer], Some.Time, Stop);
                await customers.PutServicesAsync(
                    [new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.MailServer, Name = "mx", State = ServiceState.Active }], Stop);
                await customers.AssignAsync([Some.Assignment with { Prefix = null, Domain = "alder.example" }], Some.Time, Stop);
            }, Stop);
            return new Lab(test, await LiveViews.LoadAsync(test.Database, Stop), port, mx, atMost);
        }

        // As a host that drops what comes.
        private static async Task<System.Net.Sockets.Socket> SilentAsync(CancellationToken stop)
        {
            await new TaskCompletionSource().Task.WaitAsync(stop);
            throw new System.Diagnostics.UnreachableException();
        }

        public async Task WorkAsync()
        {
            while (await clerk.WorkAsync(Stop) > 0)
            {
                // Until nothing is due.
            }
        }

        /// <summary>A reply comes to the address that our last mail names, as the mail slice hands it over.</summary>
        public async Task ReplyAsync(ProgramMark? mark)
        {
            var code = Regex.Match((await LettersAsync())[^1], "Reply-To: postmaster\\+([a-z2-7]{24})@provider\\.example\r\n").Groups[1].Value;
            Assert.NotNull(await Database.WriteAsync(
                db => new PostmasterReplyStore(db).AddAsync(new NewPostmasterReply(Clock.GetCurrentInstant(), PostmasterCode.HashOf(code), mark), Stop), Stop));
            Assert.Equal(1, await replies.WorkAsync(Stop));
            Assert.Equal(0, await replies.WorkAsync(Stop));
        }

        public async Task<PostmasterRow> RowAsync() => (await Database.ReadAsync(db => new PostmasterStore(db).FindAsync("alder.example", Stop), Stop))!;

        /// <summary>What was written to the postmaster, oldest first.</summary>
        public async Task<IReadOnlyList<string>> LettersAsync() =>
        [
            .. (await Database.ReadAsync(db => db.QueryAsync<byte[]>("SELECT message FROM outbound WHERE purpose = 'postmaster' AND recipient = 'postmaster@alder.example' ORDER BY id", null, Stop), Stop))
                .Select(Encoding.UTF8.GetString),
        ];

        public async ValueTask DisposeAsync()
        {
            views.Dispose();
            await test.DisposeAsync();
        }
    }
}
