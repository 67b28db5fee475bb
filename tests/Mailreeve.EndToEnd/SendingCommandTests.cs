using Mailreeve.Policy;
using Mailreeve.Policy.Sending;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>The commands about what customers send, as an operator gives them: <c>hold</c>, <c>queue</c> and <c>permission</c>.</summary>
public sealed class SendingCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_held_mail_is_listed_shown_and_let_go_or_dropped_once(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        var (released, dropped) = await database.Database.WriteAsync(AddHoldsAsync, Stop);

        var list = await RunAsync(server, "hold", "list");
        Assert.Equal(0, list.ExitCode);
        Assert.Matches($@"(?m)^{released} .* 2 messages  kim@provider\.example  {Some.Customer.RegNumber}  messages-per-hour$", list.Output);
        Assert.Matches($@"(?m)^{dropped} .* 1 messages  all that the customer sends  {Some.Customer.RegNumber}  ", list.Output);

        var show = await RunAsync(server, "hold", "show", $"{released}");
        Assert.Equal(0, show.ExitCode);
        Assert.Contains($"{released}: kim@provider.example, of {Some.Customer.Name}", show.Output, StringComparison.Ordinal);
        Assert.Contains("101 messages within an hour; 100 are allowed. (clause C1 of revision ", show.Output, StringComparison.Ordinal);
        Assert.Contains("2 messages to 3 recipients", show.Output, StringComparison.Ordinal);
        Assert.Contains("from 203.0.113.25  as kim@provider.example  to 2  1000 octets  Cheap watches", show.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(server, "hold", "show", "H-99")).ExitCode);

        Assert.NotEqual(0, (await RunAsync(server, "hold", "release", $"{released}")).ExitCode);
        Assert.Equal(1, (await RunAsync(server, "hold", "release", $"{released}", "--reason", " ")).ExitCode);
        var nonsense = await RunAsync(server, "hold", "release", "H-x", "--reason", "A birthday.");
        Assert.NotEqual(0, nonsense.ExitCode);
        Assert.Contains("'H-x' is no number of a hold", nonsense.Errors, StringComparison.Ordinal);
        Assert.Equal(["held", "held", "held", "held"], await StatesAsync(database));

        // The number also without its letter.
        var release = await RunAsync(server, "hold", "release", $"{released.Value}", "--reason", "A birthday.");
        Assert.True(release.ExitCode == 0, release.Output + release.Errors);
        var drop = await RunAsync(server, "hold", "drop", $"{dropped}", "--reason", "Hijacked.");
        Assert.True(drop.ExitCode == 0, drop.Output + drop.Errors);
        Assert.Equal(["queued", "queued", "queued", "dropped"], await StatesAsync(database));

        var again = await RunAsync(server, "hold", "drop", $"{released}", "--reason", "Too late.");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"{released} was released already, by ", again.Output, StringComparison.Ordinal);
        Assert.Equal(["queued", "queued", "queued", "dropped"], await StatesAsync(database));
        Assert.Contains("A birthday.", (await RunAsync(server, "hold", "show", $"{released}")).Output, StringComparison.Ordinal);
        Assert.Equal("Nothing is held.", (await RunAsync(server, "hold", "list")).Output.TrimEnd());
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_waits_in_the_queue_is_listed_shown_held_let_go_and_tried(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        await database.Database.WriteAsync(db => AddQueueAsync(db, "a@one.example", "b@one.example", "c@two.example", "d@three.example"), Stop);
        await database.Database.WriteAsync(db => db.ExecuteAsync("UPDATE outbound SET state = 'attempting' WHERE id = 4", new { }, Stop), Stop);
        // A remote server may say anything, and its words are shown on a terminal.
        await database.Database.WriteAsync(db => db.ExecuteAsync("UPDATE outbound SET last_reply = @reply, attempts = 3 WHERE id = 3", new { reply = "451 \u001b[2Jlater\u0007" }, Stop), Stop);

        var summary = await RunAsync(server, "queue", "list");
        Assert.Equal(0, summary.ExitCode);
        Assert.Matches(@"(?m)^ +2  queued      one\.example  next ", summary.Output);
        Assert.Contains("4 recipients.", summary.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(summary.Output, c => c is '\u001b' or '\u0007');
        var one = await RunAsync(server, "queue", "list", "--destination", "ONE.example.");
        Assert.Matches(@"(?m)^ +1  queued      0 attempts  <kim@provider\.example> to <a@one\.example>$", one.Output);
        Assert.Contains("2 recipients.", one.Output, StringComparison.Ordinal);
        var show = await RunAsync(server, "queue", "show", "3");
        Assert.Matches(@"(?m)^said last     451  \[2Jlater *$", show.Output);
        Assert.Matches(@"(?m)^attempts      3$", show.Output);
        Assert.Equal(1, (await RunAsync(server, "queue", "show", "99")).ExitCode);

        var all = await RunAsync(server, "queue", "hold");
        Assert.Equal(2, all.ExitCode);
        Assert.Contains("Which messages?", all.Output, StringComparison.Ordinal);
        Assert.Equal("2 of 2 held.", (await RunAsync(server, "queue", "hold", "--destination", "one.example")).Output.TrimEnd());
        var busy = await RunAsync(server, "queue", "hold", "4");
        Assert.Equal((1, "0 of 1 held. The others are being sent, or are so already."), (busy.ExitCode, busy.Output.TrimEnd()));
        Assert.Equal(["held", "held", "queued", "attempting"], await StatesAsync(database));

        Assert.Equal("1 of 1 released.", (await RunAsync(server, "queue", "release", "2")).Output.TrimEnd());
        Assert.Equal(["held", "queued", "queued", "attempting"], await StatesAsync(database));
        Assert.Contains($"by hand       {Actor.Operator(Environment.UserName)}", (await RunAsync(server, "queue", "show", "2")).Output, StringComparison.Ordinal);

        await database.Database.WriteAsync(db => db.ExecuteAsync("UPDATE outbound SET next_attempt_at = 253402300799000", new { }, Stop), Stop);
        var retry = await RunAsync(server, "queue", "retry", "--sender", "kim@provider.example");
        Assert.Equal((0, "2 of 4 due now. The others are being sent, or are so already."), (retry.ExitCode, retry.Output.TrimEnd()));
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Many_messages_are_dropped_only_when_their_number_is_typed_and_senders_are_told_when_asked(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        await database.Database.WriteAsync(db => AddQueueAsync(db, [.. Enumerable.Range(1, 101).Select(i => $"u{i}@many.example"), "a@one.example"]), Stop);
        string[] drop = ["queue", "drop", "--destination", "many.example", "-c", server.ConfigPath];

        foreach (var typed in new[] { "", "yes\n", "100\n" })
        {
            var refused = await Program.RunAsync(typed, drop, Stop);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("This takes 101 messages out of the queue", refused.Output, StringComparison.Ordinal);
            Assert.Contains("Nothing was dropped.", refused.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("dropped", await StatesAsync(database));
        var told = await RunAsync(server, "queue", "drop", "102", "--bounce");
        Assert.Equal("1 of 1 dropped, and their senders are told.", told.Output.TrimEnd());
        var done = await Program.RunAsync("101\n", drop, Stop);

        Assert.True(done.ExitCode == 0, done.Output + done.Errors);
        Assert.Contains("101 of 101 dropped.", done.Output, StringComparison.Ordinal);
        var states = await StatesAsync(database);
        Assert.All(states.Take(101), state => Assert.Equal("dropped", state));
        // The program writes to the sender, and ends it then.
        Assert.Equal("queued", states[101]);
        Assert.Contains(QueueDesk.DroppedReply, (await RunAsync(server, "queue", "show", "102")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task C1_permissions_are_added_from_a_file_and_from_one_with_a_mistake_none(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        await database.Database.WriteAsync(db => new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop), Stop);
        var file = RunFolder.NewPath("permissions.csv");
        await File.WriteAllTextAsync(file, "# The newsletter\n\nnews.alder.example,Kim@Elsewhere.example\n<news.alder.example>, lee@elsewhere.example\n", Stop);

        var first = await ImportAsync(server, file, Some.Customer.RegNumber);
        Assert.Equal((0, "2 permissions added, 0 were on record."), (first.ExitCode, first.Output.TrimEnd()));
        Assert.Equal("0 permissions added, 2 were on record.", (await ImportAsync(server, file, Some.Customer.RegNumber)).Output.TrimEnd());

        await File.WriteAllTextAsync(file, "news.alder.example,pat@elsewhere.example\nnews.alder.example\nnews.alder.example,nobody\n", Stop);
        var wrong = await ImportAsync(server, file, Some.Customer.RegNumber);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains($"{file}:2", wrong.Output, StringComparison.Ordinal);
        Assert.Contains($"{file}:3", wrong.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("added", wrong.Output, StringComparison.Ordinal);

        Assert.Equal(2, (await ImportAsync(server, RunFolder.NewPath("nothing.csv"), Some.Customer.RegNumber)).ExitCode);
        Assert.Equal(1, (await ImportAsync(server, file, "104-2237-9")).ExitCode);
        Assert.NotEqual(0, (await RunAsync(server, "permission", "import", file)).ExitCode);
        Assert.Equal(2, await database.Database.ReadAsync(
            db => new PermissionStore(db).CountAsync(
                Some.Customer.Id, "news.alder.example", ["kim@elsewhere.example", "lee@elsewhere.example", "pat@elsewhere.example"], Stop), Stop));
    }

    private static Task<CommandRun> RunAsync(ServerProcess server, params string[] arguments) => Program.RunAsync(Stop, [.. arguments, "-c", server.ConfigPath]);

    private static Task<CommandRun> ImportAsync(ServerProcess server, string file, string customer) =>
        RunAsync(server, "permission", "import", file, "--customer", customer);

    private static Task<IReadOnlyList<string>> StatesAsync(TestDatabase database) =>
        database.Database.ReadAsync(db => db.QueryAsync<string>("SELECT state FROM outbound ORDER BY id", null, Stop), Stop);

    // A mailbox with two messages to three recipients, and a customer with one more.
    private static async Task<(HoldId, HoldId)> AddHoldsAsync(DbSession db)
    {
        await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
        var mailbox = (await new MailboxStore(db).AddAsync(new NewMailbox(Some.Customer.Id, "kim@provider.example", null, Some.Time), Stop))!.Value;
        var ofMailbox = await PlaceAsync(db, mailbox, HoldReason.MessagesPerHour, "101 messages within an hour; 100 are allowed.");
        var ofCustomer = await PlaceAsync(db, null, HoldReason.MessagesPerHour, "1001 messages within an hour; 1000 are allowed.");
        var submissions = new SubmissionStore(db);
        var some = Some.Submission with { MailboxId = mailbox, HoldId = ofMailbox, Subject = "Cheap watches" };
        await submissions.AddAsync(some with { Recipients = 2 }, Stop);
        await submissions.AddAsync(some with { Id = 2, TraceId = "2" }, Stop);
        await submissions.AddAsync(some with { Id = 3, TraceId = "3", MailboxId = null, HoldId = ofCustomer }, Stop);
        await new OutboundStore(db).AddAsync(
            [
                .. new[] { (1, ofMailbox), (1, ofMailbox), (2, ofMailbox), (3, ofCustomer) }.Select((of, i) => Some.Outbound with
                {
                    Id = i + 1, Purpose = OutboundPurpose.Submission, SubjectId = of.Item1, SubmissionId = of.Item1, HoldId = of.Item2.Value,
                }),
            ],
            Stop);
        return (ofMailbox, ofCustomer);
    }

    private static Task<HoldId> PlaceAsync(DbSession db, MailboxId? mailbox, HoldReason reason, string detail) => new SendingHoldStore(db).PlaceAsync(
        new NewHold
        {
            CustomerId = Some.Customer.Id,
            MailboxId = mailbox,
            Reason = reason,
            Detail = detail,
            Clause = new ClauseId("C1"),
            PolicyRevision = Some.Revision,
            PlacedAt = Some.Time,
            PlacedBy = Actor.Policy,
        },
        Stop);

    private static Task AddQueueAsync(DbSession db, params IReadOnlyList<string> recipients) => new OutboundStore(db).AddAsync(
        [
            .. recipients.Select((r, i) => Some.Outbound with
            {
                Id = i + 1, Purpose = OutboundPurpose.Submission, EnvelopeFrom = "kim@provider.example", Recipient = r,
            }),
        ],
        Stop);
}
