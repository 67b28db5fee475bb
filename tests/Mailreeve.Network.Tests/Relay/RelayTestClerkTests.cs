using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.Network.Relay;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Network.Tests.Relay;

/// <summary>C7: a host is found open when the message has come back, and by nothing else.</summary>
public sealed class RelayTestClerkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly Address Host = Address.Parse("127.0.0.1");

    [Fact]
    public async Task A_closed_server_is_closed_after_all_tests_on_one_connection()
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Closed, RelayRunState.Done, "mx.alder.example"), (run.Verdict, run.State, run.Host));
        Assert.Equal(1, server.Connections);
        Assert.Equal("EHLO relay-test.provider.example", server.Heard[0]);
        var tests = RelayTestTable.All.Count;
        Assert.Equal(tests, server.Heard.Count(l => l.StartsWith("MAIL", StringComparison.Ordinal)));
        Assert.Equal(tests, server.Heard.Count(l => l == "RSET"));
        Assert.DoesNotContain("DATA", server.Heard);
        var attempts = await lab.AttemptsAsync(run.Id);
        Assert.All(attempts, a => Assert.Equal(RelayVerdict.Refused, a.Verdict));
        Assert.Contains("> RCPT TO:<", attempts[0].Transcript, StringComparison.Ordinal);
        Assert.Contains("< 554 5.7.1 Relay access denied", attempts[0].Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_tested_is_counted_by_what_it_showed()
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port);

        await lab.RunAsync();
        lab.Clock.AdvanceMinutes(1);
        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(1, lab.Figures.Rounds);
        var counted = Assert.Single(lab.Figures.Runs);
        Assert.Equal((RelayRunState.Done, RelayRunVerdict.Closed, 1L), (counted.State, counted.Verdict, counted.Runs));
    }

    [Theory]
    [InlineData("other-domain", "")]
    [InlineData("percent-literal", "%.*@\\[127")]
    [InlineData("percent-alone", "%[^@]*>")]
    [InlineData("route-literal", "<@\\[127")]
    [InlineData("bang", "!r[^@]*>")]
    [InlineData("quoted", "\"[^\"]*@[^\"]*\">")]
    public async Task What_comes_back_proves_it_and_no_further_test_is_made(string test, string takes)
    {
        Lab? lab = null;
        await using var server = new TestedHost
        {
            Rcpt = rcpt => Regex.IsMatch(rcpt, takes) ? "250 2.1.5 Ok" : "550 5.7.1 No",
            Take = (_, rcpt, message) => lab!.ArriveAsync(Token(rcpt), Host, message),
        };
        await using var _ = lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Open, RelayRunState.Done), (run.Verdict, run.State));
        var attempts = await lab.AttemptsAsync(run.Id);
        var proven = Assert.Single(attempts, a => a.Verdict == RelayVerdict.Proven);
        Assert.Equal((test, (Address?)Host), (proven.Test, proven.ExitAddress));
        Assert.All(attempts.Where(a => a.Number > proven.Number), a => Assert.Equal(RelayVerdict.Waiting, a.Verdict));
    }

    [Fact]
    public async Task A_relay_by_way_of_another_server_is_proven_by_the_way_that_the_message_came()
    {
        Lab? lab = null;
        await using var server = new TestedHost
        {
            Rcpt = _ => "250 2.1.5 Ok",
            Take = (_, rcpt, message) => lab!.ArriveAsync(
                Token(rcpt), Some.OtherAddress, "Received: from mx.alder.example (mx.alder.example [192.0.2.7])\r\n\tby smart.example; Mon, 02 Mar 2026 10:15:30 +0000\r\n" + message),
        };
        await using var _ = lab = await Lab.OpenAsync(server.Port, Some.Address);

        var run = await lab.RunAsync(Some.Address);

        Assert.Equal(RelayRunVerdict.Open, run.Verdict);
        Assert.Equal(Some.OtherAddress, (await lab.AttemptsAsync(run.Id)).First(a => a.Verdict == RelayVerdict.Proven).ExitAddress);
    }

    [Fact]
    public async Task Accepting_and_bouncing_is_not_relaying()
    {
        Lab? lab = null;
        await using var server = new TestedHost
        {
            Rcpt = _ => "250 2.1.5 Ok",
            // The bounce goes to the sender, which is the token itself in one test, and quotes the whole message.
            Take = (mail, _, message) => Regex.Match(mail, "<([rp][0-9]+-[^@]+)@(collector|third)\\.example>") is { Success: true } sender
                ? lab!.ArriveAsync(sender.Groups[1].Value, Host, $"From: MAILER-DAEMON@mx.alder.example\r\nSubject: Undelivered\r\n\r\n{message}")
                : Task.CompletedTask,
        };
        await using var _ = lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Pending, RelayRunState.Pending), (run.Verdict, run.State));
        var attempts = await lab.AttemptsAsync(run.Id);
        Assert.All(attempts, a => Assert.Equal(RelayVerdict.TookMessage, a.Verdict));
        Assert.NotNull(attempts.Single(a => a.Test == "same-sender").BouncedAt);
        lab.Clock.AdvanceHours(24);
        lab.Clock.AdvanceSeconds(1);
        await lab.Clerk.WorkAsync(Stop);

        run = await lab.FindAsync(run.Id);
        Assert.Equal((RelayRunVerdict.Closed, RelayRunState.Done), (run.Verdict, run.State));
        Assert.All(await lab.AttemptsAsync(run.Id), a => Assert.Equal(RelayVerdict.NotRelayed, a.Verdict));
    }

    [Fact]
    public async Task What_arrives_after_a_day_still_proves_it()
    {
        var taken = new List<(string Token, string Message)>();
        await using var server = new TestedHost
        {
            Rcpt = _ => "250 2.1.5 Ok",
            Take = (_, rcpt, message) =>
            {
                taken.Add((Token(rcpt), message));
                return Task.CompletedTask;
            },
        };
        await using var lab = await Lab.OpenAsync(server.Port);
        var run = await lab.RunAsync();
        lab.Clock.AdvanceHours(25);
        await lab.Clerk.WorkAsync(Stop);
        await lab.Database.WriteAsync(db => new RelayRunStore(db).ToldAsync(run.Id, Some.Time, Stop), Stop);

        await lab.ArriveAsync(taken[7].Token, Host, taken[7].Message);

        run = await lab.FindAsync(run.Id);
        Assert.Equal((RelayRunVerdict.Open, null), (run.Verdict, run.CaseToldAt));
    }

    [Fact]
    public async Task A_message_that_came_another_way_is_for_a_person_to_judge()
    {
        Lab? lab = null;
        var count = 0;
        await using var server = new TestedHost
        {
            Rcpt = rcpt => ++count == 3 ? "250 2.1.5 Ok" : "550 5.7.1 No",
            Take = (_, rcpt, message) => lab!.ArriveAsync(Token(rcpt), Some.OtherAddress, message),
        };
        await using var _ = lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Unclear, RelayRunState.Done), (run.Verdict, run.State));
    }

    [Fact]
    public async Task A_server_that_hangs_up_on_those_who_err_is_called_again()
    {
        await using var server = new TestedHost { RefusalsMax = 10 };
        await using var lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal(RelayRunVerdict.Closed, run.Verdict);
        Assert.InRange(server.Connections, 3, 5);
        Assert.All(await lab.AttemptsAsync(run.Id), a => Assert.Equal(RelayVerdict.Refused, a.Verdict));
    }

    [Fact]
    public async Task Who_is_put_off_every_time_is_refused()
    {
        await using var server = new TestedHost { Rcpt = _ => "454 4.7.1 Relay access denied" };
        await using var lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Waiting, RelayRunState.Waiting), (run.Verdict, run.State));
        Assert.Equal(0, await lab.Clerk.WorkAsync(Stop));
        for (var round = 2; round <= RelayRules.RoundsMax; round++)
        {
            Assert.Equal(RelayRunVerdict.Waiting, (await lab.FindAsync(run.Id)).Verdict);
            lab.Clock.Advance(RelayRules.RoundEvery);
            await lab.Clerk.WorkAsync(Stop);
        }

        run = await lab.FindAsync(run.Id);
        Assert.Equal((RelayRunVerdict.Closed, 3), (run.Verdict, run.Rounds));
    }

    [Fact]
    public async Task Behind_greylisting_an_open_server_is_found_at_the_second_try()
    {
        Lab? lab = null;
        var seen = 0;
        await using var server = new TestedHost
        {
            Rcpt = _ => ++seen <= RelayTestTable.All.Count ? "450 4.7.1 Greylisted" : "250 2.1.5 Ok",
            Take = (_, rcpt, message) => lab!.ArriveAsync(Token(rcpt), Host, message),
        };
        await using var _ = lab = await Lab.OpenAsync(server.Port);
        var run = await lab.RunAsync();

        lab.Clock.Advance(RelayRules.RoundEvery);
        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(RelayRunVerdict.Open, (await lab.FindAsync(run.Id)).Verdict);
    }

    [Fact]
    public async Task Who_does_not_talk_to_us_proves_nothing()
    {
        await using var server = new TestedHost { Greeting = "554 5.7.1 Not you" };
        await using var lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal(RelayRunVerdict.RefusesTester, run.Verdict);
        Assert.Contains("554 5.7.1 Not you", run.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_nothing_to_judge()
    {
        await using var lab = await Lab.OpenAsync(FreePorts.Next());

        Assert.Equal(RelayRunVerdict.Unreachable, (await lab.RunAsync()).Verdict);
    }

    [Fact]
    public async Task A_port_at_which_nobody_listens_is_closed_and_one_that_does_not_answer_is_not_known_to_be()
    {
        await using var server = new TestedHost();
        await using var shut = await Lab.OpenAsync([server.Port, FreePorts.Next()]);
        await using var silent = await Lab.OpenAsync([FreePorts.Next(), server.Port]);
        silent.IsSilent = true;

        Assert.Equal(RelayRunVerdict.Closed, (await shut.RunAsync()).Verdict);
        var run = await silent.RunAsync();
        Assert.Equal((RelayRunVerdict.Incomplete, RelayRunState.Done), (run.Verdict, run.State));
        Assert.Contains("Nobody answered in time", run.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_puts_off_and_then_answers_no_more_is_not_known_to_be_closed()
    {
        await using var busy = new TestedHost { Rcpt = _ => "450 4.2.0 Greylisted" };
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync([busy.Port, server.Port]);
        Assert.Equal(RelayRunState.Waiting, (await lab.RunAsync()).State);

        lab.IsSilent = true;
        lab.Clock.AdvanceMinutes(20);
        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(RelayRunVerdict.Incomplete, (await lab.FindAsync(1)).Verdict);
    }

    [Theory]
    [InlineData("421 4.3.2 Too many connections", RelayRunVerdict.Incomplete)]
    [InlineData("554 5.7.1 Not you", RelayRunVerdict.RefusesTester)]
    public async Task A_port_that_does_not_talk_to_us_is_not_closed_whatever_the_other_is(string greeting, RelayRunVerdict expected)
    {
        await using var busy = new TestedHost { Greeting = greeting };
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync([busy.Port, server.Port]);

        var run = await lab.RunAsync();

        Assert.Equal((expected, RelayRunState.Done), (run.Verdict, run.State));
        Assert.Contains(greeting, run.Detail, StringComparison.Ordinal);
        Assert.All((await lab.AttemptsAsync(run.Id)).Where(a => a.Port == server.Port), a => Assert.Equal(RelayVerdict.Refused, a.Verdict));
    }

    [Fact]
    public async Task Who_refuses_a_name_in_EHLO_has_refused_the_test()
    {
        await using var server = new TestedHost
        {
            Ehlo = ehlo => ehlo.EndsWith(" relay-test.provider.example", StringComparison.Ordinal) ? "250 mx.alder.example" : "550 5.7.1 Not your name",
        };
        await using var lab = await Lab.OpenAsync(server.Port);

        var run = await lab.RunAsync();

        Assert.Equal((RelayRunVerdict.Closed, 1), (run.Verdict, run.Rounds));
        Assert.Contains(await lab.AttemptsAsync(run.Id), a => a.Verdict == RelayVerdict.Refused && a.Transcript.Contains("550 5.7.1 Not your name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_blocked_host_took_and_could_not_pass_on_does_not_make_it_closed()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);
        await lab.Database.WriteAsync(
            db => new BlockStore(db).PlaceAsync([Some.Block with { Prefix = Prefix.Single(Host), Scope = BlockScope.Port25 }], Stop), Stop);

        var run = await lab.RunAsync();
        lab.Clock.AdvanceHours(25);
        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(RelayRunVerdict.Unclear, (await lab.FindAsync(run.Id)).Verdict);
    }

    [Fact]
    public async Task What_a_host_took_before_it_was_blocked_does_not_make_it_closed_either()
    {
        await using var server = new TestedHost { Rcpt = _ => "250 2.1.5 Ok" };
        await using var lab = await Lab.OpenAsync(server.Port);
        var run = await lab.RunAsync();
        Assert.Equal((RelayRunVerdict.Pending, false), (run.Verdict, run.WasBlocked));

        await lab.Database.WriteAsync(
            db => new BlockStore(db).PlaceAsync([Some.Block with { Prefix = Prefix.Single(Host), Scope = BlockScope.Port25 }], Stop), Stop);
        lab.Clock.AdvanceHours(25);
        await lab.Clerk.WorkAsync(Stop);

        run = await lab.FindAsync(run.Id);
        Assert.Equal((RelayRunVerdict.Unclear, true), (run.Verdict, run.WasBlocked));
    }

    [Fact]
    public async Task A_run_is_not_made_when_its_customer_has_gone_meanwhile()
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port);
        var (id, _) = await lab.Desk.AskAsync(Host, RelayOccasion.Operator, Actor.Policy, Stop);
        await lab.Database.WriteAsync(db => new CustomerStore(db).UpdateAsync([Some.Customer with { State = CustomerState.Closed }], Stop), Stop);

        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(RelayRunVerdict.NotAllowed, (await lab.FindAsync(id!.Value)).Verdict);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Nobody_is_tested_whose_contract_does_not_allow_it_nor_twice_a_day()
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port);

        Assert.Contains("not in our networks", (await lab.Desk.AskAsync(Address.Parse("198.51.100.7"), RelayOccasion.Operator, Actor.Policy, Stop)).Refused, StringComparison.Ordinal);
        Assert.Contains("never-test list", (await lab.Desk.AskAsync(Address.Parse("127.0.0.9"), RelayOccasion.Operator, Actor.Policy, Stop)).Refused, StringComparison.Ordinal);
        await lab.RunAsync();
        Assert.Contains("less than", (await lab.Desk.AskAsync(Host, RelayOccasion.Operator, Actor.Policy, Stop)).Refused, StringComparison.Ordinal);
        lab.Clock.AdvanceHours(1);
        Assert.NotNull((await lab.Desk.AskAsync(Host, RelayOccasion.Customer, Actor.Policy, Stop)).Run);
        Assert.Contains("under way", (await lab.Desk.AskAsync(Host, RelayOccasion.Case, Actor.Policy, Stop)).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_maker_died_goes_on_where_it_was()
    {
        await using var server = new TestedHost();
        await using var lab = await Lab.OpenAsync(server.Port);
        var (id, _) = await lab.Desk.AskAsync(Host, RelayOccasion.Operator, Actor.Policy, Stop);
        await lab.Database.WriteAsync(async db =>
        {
            var runs = new RelayRunStore(db);
            await runs.TakeAsync(Some.Time, Some.Time + Duration.FromMinutes(35), Stop);
            var first = new RelayAttemptRow { RunId = id!.Value, Number = 1, Port = server.Port, Test = "other-domain", Verdict = RelayVerdict.Refused, Transcript = "> before" };
            await runs.AddAsync([first, first with { Number = 2, Test = "null-sender", Verdict = RelayVerdict.Waiting }], Stop);
        }, Stop);
        Assert.Equal(0, await lab.Clerk.WorkAsync(Stop));

        lab.Clock.AdvanceMinutes(35);
        await lab.Clerk.WorkAsync(Stop);

        Assert.Equal(RelayRunVerdict.Closed, (await lab.FindAsync(id!.Value)).Verdict);
        Assert.Single(server.Heard, l => l.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Equal("> before", (await lab.AttemptsAsync(id.Value))[0].Transcript);
    }

    private static string Token(string rcpt) => Regex.Match(rcpt, "r[0-9]+-[0-9]+-[0-9a-f]+").Value;

    private sealed class Lab : IAsyncDisposable
    {
        private static readonly byte[] Key = [7, 7, 7, 7];

        private readonly TestDatabase test;
        private readonly LiveViews views;

        private Lab(TestDatabase test, LiveViews views, int[] ports)
        {
            (this.test, this.views) = (test, views);
            var options = new RelayTestOptions
            {
                Collector = "collector.example",
                Third = "third.example",
                CollectorAddress = Address.Parse("198.51.100.25"),
                HeloName = "relay-test.provider.example",
                Ports = ports,
                NeverTest = [Prefix.Parse("127.0.0.9")],
                Pause = TimeSpan.Zero,
            };
            var provider = new Provider
            {
                Name = "Example Internet",
                Domains = ["provider.example"],
                HostName = "mail.provider.example",
                BaseUrl = "https://mail.provider.example",
                SupportTelephone = "+1 555 0100",
                Networks = [Prefix.Parse("127.0.0.0/8"), Prefix.Parse("192.0.2.0/24")],
                NeverBlock = [],
            };
            Desk = new RelayDesk(Database, views, provider, options, Clock);
            var tester = new RelayTester(options, provider, Key, Clock, (to, stop) =>
                IsSilent && to.Port == ports[0]
                    ? throw new TimeoutException("Nobody answered in time")
                    : RelayDialler.ConnectAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, to.Port), null, stop));
            Clerk = new RelayTestClerk(Database, Desk, tester, options, Figures, Clock, NullLogger<RelayTestClerk>.Instance);
            Collector = new RelayCollectorClerk(Database, Key, Clock, NullLogger<RelayCollectorClerk>.Instance);
        }

        public FakeClock Clock { get; } = new(Some.Time);

        public RelayFigures Figures { get; } = new();

        public Database Database => test.Database;

        public RelayDesk Desk { get; }

        public RelayTestClerk Clerk { get; }

        /// <summary>Whether the first port never answers.</summary>
        public bool IsSilent { get; set; }

        private RelayCollectorClerk Collector { get; }

        public static Task<Lab> OpenAsync(int port, Address? host = null) => OpenAsync([port], host);

        public static async Task<Lab> OpenAsync(int[] ports, Address? host = null)
        {
            var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
            await test.Database.WriteAsync(async db =>
            {
                var customers = new CustomerStore(db);
                await customers.AddAsync([Some.Customer], Some.Time, Stop);
                await customers.PutServicesAsync(
                    [new Service { Id = 0, Customer = Some.Customer.Id, Kind = ServiceKind.MailServer, Name = "mx", State = ServiceState.Active }], Stop);
                await customers.AssignAsync(
                [
                    Some.Assignment with { Prefix = host is { } single ? Prefix.Single(single) : Prefix.Parse("127.0.0.0/28") },
                    Some.Assignment with { Prefix = null, Domain = "alder.example" },
                ], Some.Time, Stop);
            }, Stop);
            return new Lab(test, await LiveViews.LoadAsync(test.Database, Stop), ports);
        }

        /// <summary>An operator asks, and it is done.</summary>
        public async Task<RelayRunRow> RunAsync(Address? host = null)
        {
            var (run, refused) = await Desk.AskAsync(host ?? Host, RelayOccasion.Operator, Actor.Operator("ada"), Stop);
            Assert.Null(refused);
            await Clerk.WorkAsync(Stop);
            return await FindAsync(run!.Value);
        }

        /// <summary>A message comes to the collector.</summary>
        public async Task ArriveAsync(string localPart, Address client, string message)
        {
            await Database.WriteAsync(db => new CollectedMailStore(db).AddAsync(
                new NewCollectedMail(Clock.GetCurrentInstant(), localPart, client, Encoding.ASCII.GetBytes(message)), Stop), Stop);
            await Collector.WorkAsync(Stop);
        }

        public async Task<RelayRunRow> FindAsync(long id) => (await Database.ReadAsync(db => new RelayRunStore(db).FindAsync(id, Stop), Stop))!;

        public Task<IReadOnlyList<RelayAttemptRow>> AttemptsAsync(long id) => Database.ReadAsync(db => new RelayRunStore(db).AttemptsAsync(id, Stop), Stop);

        public async ValueTask DisposeAsync()
        {
            views.Dispose();
            await test.DisposeAsync();
        }
    }
}
