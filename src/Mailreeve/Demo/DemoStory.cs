using Mailreeve.AbuseDesk.Desk;
using Mailreeve.AbuseDesk.Explain;
using Mailreeve.Accounts.Import;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Serving;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Demo;

/// <summary>
/// The main job, end to end, on real protocols: a complaint by mail, the case, the notice, the clock, the block, the answer, the lift,
/// the charge; then mail in and out. Each step says what was observed; one that does not hold ends the story with exit code 1.
/// </summary>
internal sealed class DemoStory
{
    private const string Accused = "127.80.7.25";
    private const string Neighbour = "127.80.7.33";
    private const string AccusedNumber = "104-2237-2";
    private const string Password = "correct horse battery staple";
    private const string MailboxAddress = "robin@provider.example";
    private const string StolenAddress = "fibre@provider.example";
    private const string OperatorName = "mara";
    private static readonly CaseId Case = new(1);

    private readonly Server server;
    private readonly DemoClock clock;
    private readonly CustomerMailServer customers;
    private readonly Outside outside;
    private readonly MailboxUser user;
    private readonly SendingStory sending;
    private readonly Observations observed;
    private readonly string baseUrl;

    private DemoStory(
        Server server, DemoClock clock, CustomerMailServer customers, Outside outside, MailboxUser user, SendingStory sending, Observations observed,
        string baseUrl) =>
        (this.server, this.clock, this.customers, this.outside, this.user, this.sending, this.observed, this.baseUrl) =
        (server, clock, customers, outside, user, sending, observed, baseUrl);

    /// <summary>Plays the story in a temporary folder.</summary>
    /// <param name="once">Whether to end after it; otherwise the pages stay up until the program is told to stop.</param>
    /// <param name="output">Where it is told.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>0 when every observation held, else 1.</returns>
    public static async Task<int> RunAsync(bool once, TextWriter output, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("mailreeve-demo-");
        try
        {
            var (web, smtp, imap, submission, sink) = (LocalPorts.Free(), LocalPorts.Free(), LocalPorts.Free(), LocalPorts.Free(), LocalPorts.Free());
            var settings = DemoProvider.Settings(folder.FullName, web, smtp, imap, submission, sink);
            if (Setup.ReadPolicy(settings.PolicyFolder, output) is not { } policy)
                return 1;

            var clock = new DemoClock();
            var accounts = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Demo", "accounts.toml"), stop);
            await using var customers = await CustomerMailServer.StartAsync(sink, DomainsIn(accounts), clock);
            await using var server = await Server.StartAsync(settings with { QuietLog = true }, policy, clock, stop);
            var observed = new Observations(output, clock);
            var user = new MailboxUser(smtp, imap, submission, MailboxAddress, Password);
            var sending = new SendingStory(server, clock, customers, observed, user, new MailboxUser(smtp, imap, submission, StolenAddress, Password));
            var story = new DemoStory(server, clock, customers, new Outside(smtp), user, sending, observed, settings.Provider.BaseUrl);
            await story.OpenAccountsAsync(settings.Provider, accounts, stop);
            await story.PlayAsync(stop);
            if (!once && observed.AllHeld)
                await story.StayAsync(smtp, imap, submission, output, stop);
            return observed.AllHeld ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> DomainsIn(string accounts) =>
        accounts.Split('"').Where(s => s.StartsWith("abuse@", StringComparison.Ordinal)).Select(s => s["abuse@".Length..]);

    private async Task OpenAccountsAsync(Provider provider, string accounts, CancellationToken stop)
    {
        observed.Chapter("A provider with a dozen customers and a downstream");
        var result = await AccountsImport.RunAsync(server.Database, "accounts.toml", accounts, ProviderResources.Of(provider, []), clock, stop);
        observed.That("the accounts file is imported", result.Problems.Count == 0, string.Join('\n', result.Problems));

        using var hashing = new PasswordHashing();
        var hash = await hashing.HashAsync(Password, stop);
        await server.Database.WriteAsync(async db =>
        {
            var store = new CustomerStore(db);
            foreach (var customer in await store.ListAsync(stop))
            {
                await store.SetPasswordHashAsync(customer.Id, hash, stop);
                foreach (var mailbox in await new MailboxStore(db).OfCustomerAsync(customer.Id, stop))
                    await new MailboxStore(db).SetPasswordHashAsync(mailbox.Id, hash, stop);
            }

            await new OperatorStore(db).AddAsync(OperatorName, OperatorRole.Admin, hash, clock.GetCurrentInstant(), stop);
        }, stop);
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        // What comes later makes no sense when an earlier part did not hold.
        foreach (var part in new Func<CancellationToken, Task>[] { ComplainAsync, NotifyAsync, BlockAsync, AnswerAsync, LiftAsync, ChargeAsync, MailboxAsync, sending.PlayAsync })
        {
            if (observed.AllHeld)
                await part(stop);
        }
    }

    private async Task ComplainAsync(CancellationToken stop)
    {
        observed.Chapter("A spam run, and a complaint about it by mail");
        observed.That($"{Accused} may send mail", await outside.KnockAsync(Accused, stop) is null);
        var reply = await outside.ReportAsync(Accused, clock.GetCurrentInstant() - Duration.FromMinutes(2), "run-1@sandpiper.example", stop);
        observed.That("the report is taken over STARTTLS, and is on disk", reply.Contains("R-", StringComparison.Ordinal), reply);

        var open = await observed.UntilAsync("it makes a case", FindCaseAsync, c => c is not null, stop);
        observed.That("the case is about that address", open?.Resource.Name == Accused);
        var downstream = await outside.ReportAsync("203.0.113.200", clock.GetCurrentInstant(), "run-2@elsewhere.example", stop);
        observed.That("a report about an address of nobody is taken too", downstream.Contains("R-", StringComparison.Ordinal), downstream);
    }

    private async Task NotifyAsync(CancellationToken stop)
    {
        observed.Chapter("The customer is told (D1), and the clock starts (C4)");
        await observed.UntilAsync("the notice reaches the customer's mail server", _ => Task.FromResult(customers.Messages.Count), n => n > 0, stop);
        var text = customers.Messages.TryPeek(out var message) ? System.Text.Encoding.UTF8.GetString(message.Raw) : "";
        observed.That("it goes to the contact for complaints", message?.Recipients[0].Mailbox.ToString() == "abuse@sandpiper.example");
        observed.That("it does not say who complained", !text.Contains("reporter.example", StringComparison.OrdinalIgnoreCase));
        var told = await observed.UntilAsync("its acceptance starts the clock", FindCaseAsync, c => c?.Due is not null, stop);
        observed.Note($"answer due {told?.Due}");
    }

    private async Task BlockAsync(CancellationToken stop)
    {
        observed.Chapter("24 hours pass without an answer (C4)");
        var due = (await FindCaseAsync(stop))!.Due!.Value;
        clock.PassUntil(due - Duration.FromMinutes(1));
        observed.That("a minute before the end the address may still send", await outside.KnockAsync(Accused, stop) is null);
        clock.PassUntil(due);
        var refused = await observed.UntilAsync("then it is refused", s => outside.KnockAsync(Accused, s), r => r is not null, stop);
        observed.That("the reply is 550 5.7.1 and names clause and case", refused?.Contains("C4", StringComparison.Ordinal) == true, refused ?? "");
        observed.That($"nobody else is: {Neighbour} may send", await outside.KnockAsync(Neighbour, stop) is null);
        await observed.UntilAsync("the customer is told of the block", _ => Task.FromResult(customers.Messages.Count), n => n > 1, stop);
    }

    private async Task AnswerAsync(CancellationToken stop)
    {
        observed.Chapter("The customer answers on the portal (D3)");
        using var customer = new PortalVisitor(baseUrl);
        await customer.SendAsync("/sign-in", "/sign-in", new() { ["number"] = AccusedNumber, ["password"] = Password }, stop);
        var page = await customer.OpenAsync($"/portal/cases/{Case}", stop);
        observed.That("the page shows the case, and not who complained",
            page.Contains(Accused, StringComparison.Ordinal) && !page.Contains("reporter.example", StringComparison.OrdinalIgnoreCase));
        await customer.SendAsync($"/portal/cases/{Case}", $"/portal/cases/{Case}/answer", new()
        {
            ["resolution"] = "A workstation had a stolen password. It was set up anew.",
            ["prevention"] = "Outgoing mail now needs a second factor, and is counted.",
        }, stop);
        var answered = await FindCaseAsync(stop);
        observed.That("resolution and preventive measures wait for an operator", answered?.Phase == CasePhase.InReview, $"{answered?.Phase}");
    }

    private async Task LiftAsync(CancellationToken stop)
    {
        observed.Chapter("An operator is convinced");
        observed.That("until then the block stands", await outside.KnockAsync(Accused, stop) is not null);
        var desk = server.Services.GetRequiredService<CaseDesk>();
        var done = await desk.AcceptAnswerAsync(Case, Actor.Operator(OperatorName), "Second factor seen in place.", stop);
        observed.That("the answer is accepted", done is DeskResult.Done, (done as DeskResult.Refused)?.Why ?? "");
        observed.That("the next connection is taken", await outside.KnockAsync(Accused, stop) is null);
        await observed.UntilAsync("the customer is told", _ => Task.FromResult(customers.Messages.Count), n => n > 2, stop);
    }

    private async Task ChargeAsync(CancellationToken stop)
    {
        observed.Chapter("The charge (C3)");
        var charges = await server.Database.ReadAsync(db => new ChargeStore(db).OfCaseAsync(Case, stop), stop);
        observed.That("one charge of 500.00 USD was proposed, and none was made by itself",
            charges is [{ State: ChargeState.Proposed, AmountCents: 50_000 }], string.Join(", ", charges.Select(c => $"{c.Amount} for {c.ReportId}: {c.State}")));
        var desk = server.Services.GetRequiredService<CaseDesk>();
        var done = charges.Count == 0 ? null : await desk.ConfirmChargeAsync(charges[0].Id, Actor.Operator(OperatorName), "Seen in our log.", stop);
        observed.That("an operator confirms it", done is DeskResult.Done, (done as DeskResult.Refused)?.Why ?? "");

        observed.Chapter($"mailreeve explain case {Case}");
        var policy = server.Services.GetRequiredService<AbusePolicy>();
        foreach (var line in await CaseExplanation.LinesAsync(server.Database, policy, Case, stop))
            observed.Line(line);
    }

    private async Task MailboxAsync(CancellationToken stop)
    {
        observed.Chapter("Meanwhile, mail (C9)");
        var reply = await user.WriteToAsync("Lunch", stop);
        observed.That($"a message for {MailboxAddress} is taken, and is on disk", reply.Contains("Accepted", StringComparison.Ordinal), reply);
        var (subjects, room) = await user.LookAsync(stop);
        observed.That("it is in the inbox when its user looks, over IMAP and TLS", subjects is ["Lunch"], string.Join(", ", subjects));
        observed.That("the mailbox holds 25 MB, as the policy says", room == 24_414, $"{room} KiB");
    }

    private async Task StayAsync(int smtp, int imap, int submission, TextWriter output, CancellationToken stop)
    {
        // Something for the desk to decide, and for the customer to answer.
        await outside.ReportAsync("127.80.7.34", clock.GetCurrentInstant() - Duration.FromMinutes(9), "run-3@harbourlane.example", stop);
        await outside.ReportAsync("198.51.100.17", clock.GetCurrentInstant() - Duration.FromMinutes(5), "run-4@larkspur.example", stop);
        await output.WriteLineAsync($"""

            The pages stay up until you press Ctrl-C; everything is thrown away then.

              Policy, report form    {baseUrl}/
              A customer             {baseUrl}/sign-in      Reg # {AccusedNumber}, password: {Password}
              Their hoster           {baseUrl}/sign-in      Reg # 104-2238-0, same password; a downstream's case is theirs
              Their mailboxes        {baseUrl}/portal/mailboxes  robin@provider.example; same password
              The desk               {baseUrl}/desk/sign-in name {OperatorName}, same password; it shows a code to enrol
              Mail                   127.0.0.1:{smtp} (abuse@provider.example, {MailboxAddress})
              Mail, to be sent       127.0.0.1:{submission}, submission under TLS; name {MailboxAddress}, same password
              Mail, to be read       127.0.0.1:{imap}, IMAP under TLS; name {MailboxAddress}, same password
            """);
        try
        {
            await server.WaitForShutdownAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how this ends.
        }
    }

    private Task<AbuseCase?> FindCaseAsync(CancellationToken stop) =>
        server.Database.ReadAsync(db => new CaseStore(db).FindAsync(Case, stop), stop);
}
