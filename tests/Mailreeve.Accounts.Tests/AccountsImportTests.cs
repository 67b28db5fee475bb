using Mailreeve.Accounts.Import;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using NodaTime;

namespace Mailreeve.Accounts.Tests;

public sealed class AccountsImportTests : IAsyncDisposable
{
    private const string Two = """
        [[customer]]
        reg-number = "100-0001-2"
        name = "Alder \"Dental\""
        time-zone = "America/Los_Angeles"
        upstream = "100-0000-4"
        contacts = [
          { channel = "email", address = "abuse@alder.example", role = "abuse" },
          { channel = "phone", address = "+1 559 555 0100", role = "owner" },
        ]
        services = [{ kind = "web-hosting", name = "www.alder.example" }, { kind = "net-access" }]
        assignments = [
          { address = "192.0.2.9", from = 2026-01-01, service = "www.alder.example" },
          { domain = "Alder.example.", from = 2026-01-01T00:00:00Z, to = 2027-01-01T00:00:00+01:00 },
        ]

        [[customer]]
        reg-number = "100-0000-4"
        name = "Reseller"
        time-zone = "Etc/UTC"
        assignments = [{ prefix = "192.0.2.0/24" }, { prefix = "2001:db8::/48" }]

        """;

    private static readonly ProviderResources Ours = new([Prefix.Parse("192.0.2.0/24"), Prefix.Parse("2001:db8::/32")], ["provider.example"], ["trusted", "new"]);
    private static readonly ProviderResources Nothing = new([], [], []);

    private readonly AccountsFixture it = new();

    [Fact]
    public async Task What_is_exported_changes_nothing_when_it_is_imported()
    {
        var first = await ImportAsync(Two);
        it.Clock.AdvanceDays(1);
        var text = await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop);

        Assert.Empty(first.Problems);
        var again = await ImportAsync(text);
        Assert.Equal(("", 0), (again.Changes, again.Count));
        Assert.Empty(again.Problems);
        Assert.Equal(text, await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop));
        // The file as it was written by hand changes nothing either: what has no beginning keeps the one it was given.
        Assert.Equal("", (await ImportAsync(Two)).Changes);
    }

    [Fact]
    public async Task A_login_names_one_customer_and_may_pass_to_another()
    {
        static string Customer(string number, string services) => $"""
            [[customer]]
            reg-number = "{number}"
            name = "Customer {number}"
            time-zone = "Etc/UTC"
            services = [{services}]

            """;
        const string Kim = "{ kind = \"net-access\", name = \"line\", login = \"Kim@DSL.provider.example\" }";
        const string Mac = "{ kind = \"net-access\", name = \"cable\", login = \"02-00-5E-10-00-07\" }";
        const string Ended = "{ kind = \"net-access\", name = \"line\", login = \"kim@dsl.provider.example\", state = \"ended\" }";

        Assert.Empty((await ImportAsync(Customer("100-0000-4", $"{Kim}, {Mac}"))).Problems);
        Assert.Contains("login = \"kim@dsl.provider.example\"", await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop), StringComparison.Ordinal);
        Assert.Contains("login = \"02:00:5e:10:00:07\"", await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop), StringComparison.Ordinal);
        // The file's own second one, and one that somebody else has already.
        Assert.Contains("already the login of the service in line", Assert.Single((await ImportAsync(Customer("100-0000-4", $"{Kim}, {Ended.Replace("ended", "active", StringComparison.Ordinal).Replace("line", "other", StringComparison.Ordinal)}"))).Problems).ToString(), StringComparison.Ordinal);
        Assert.Contains("already the login of 100-0000-4's service line", Assert.Single((await ImportAsync(Customer("100-0001-2", Kim))).Problems).ToString(), StringComparison.Ordinal);

        var passed = await ImportAsync(Customer("100-0000-4", $"{Ended}, {Mac}") + Customer("100-0001-2", Kim));

        Assert.Empty(passed.Problems);
        using var views = await LiveViews.LoadAsync(it.Database, AccountsFixture.Stop);
        var service = views.Directory.Logins["kim@dsl.provider.example"];
        Assert.Equal("100-0001-2", views.Directory.Find(service.Customer)!.RegNumber);
    }

    [Fact]
    public async Task A_class_of_addresses_to_send_from_is_kept_and_one_that_is_not_configured_is_a_mistake()
    {
        const string Alder = """
            [[customer]]
            name = "Alder"
            time-zone = "Etc/UTC"
            source-class = "trusted"
            """;

        Assert.Empty((await ImportAsync(Alder)).Problems);
        Assert.Contains("source-class = \"trusted\"", await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop), StringComparison.Ordinal);
        Assert.Contains("source-class: trusted -> new", (await ImportAsync(Alder.Replace("trusted", "new", StringComparison.Ordinal))).Changes, StringComparison.Ordinal);
        var wrong = Assert.Single((await ImportAsync(Alder.Replace("trusted", "old", StringComparison.Ordinal))).Problems);
        Assert.Equal(("customer[1].source-class", 4), (wrong.Key, wrong.Line));
    }

    [Fact]
    public async Task A_day_begins_where_the_customer_is()
    {
        await ImportAsync(Two);

        var assignment = (await AssignmentsAsync("100-0001-2")).Single(a => a.Prefix is not null);

        Assert.Equal(Instant.FromUtc(2026, 1, 1, 8, 0), assignment.ValidFrom);
        Assert.NotNull(assignment.Service);
    }

    [Fact]
    public async Task What_vanishes_from_the_file_ends_now_and_stays_in_history()
    {
        await ImportAsync(Two);
        it.Clock.AdvanceDays(3);

        var result = await ImportAsync(Two.Replace(", { prefix = \"2001:db8::/48\" }", "", StringComparison.Ordinal));

        Assert.Contains("- assignment 2001:db8::/48", result.Changes, StringComparison.Ordinal);
        var gone = (await AssignmentsAsync("100-0000-4")).Single(a => a.Prefix == Prefix.Parse("2001:db8::/48"));
        Assert.Equal(it.Clock.GetCurrentInstant(), gone.ValidTo);
        Assert.Equal(0, (await ImportAsync(await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop))).Count);
    }

    [Fact]
    public async Task Customers_and_contacts_change_and_others_are_left_alone()
    {
        await ImportAsync(Two);

        var result = await ImportAsync("""
            [[customer]]
            reg-number = "100-0001-2"
            name = "Alder"
            time-zone = "America/Los_Angeles"
            contacts = [
              { channel = "phone", address = "+1 559 555 0100", role = "owner" },
              { channel = "email", address = "abuse@alder.example", role = "abuse" },
            ]
            """);

        Assert.Empty(result.Problems);
        Assert.Contains("~ order of contacts", result.Changes, StringComparison.Ordinal);
        Assert.Contains("~ upstream: 100-0000-4 -> none", result.Changes, StringComparison.Ordinal);
        var alder = await it.CustomerAsync("100-0001-2");
        Assert.Equal(("Alder", null), (alder!.Name, alder.Upstream));
        var contacts = await it.Database.ReadAsync(
            db => new CustomerStore(db).ContactsOfAsync(alder.Id, null, null, AccountsFixture.Stop), AccountsFixture.Stop);
        Assert.Equal([ContactChannel.Phone, ContactChannel.Email], contacts.Select(c => c.Channel));
        Assert.Equal("Reseller", (await it.CustomerAsync("100-0000-4"))!.Name);
    }

    [Fact]
    public async Task A_customer_without_number_is_given_one_and_is_known_by_its_name_afterwards()
    {
        const string text = "[[customer]]\nname = \"Birch\"\ntime-zone = \"Etc/UTC\"\n";
        await ImportAsync(Two);

        var result = await ImportAsync(text);

        // 100-0000-4 and 100-0001-2 are taken.
        var given = RegNumber.From(2).ToString();
        Assert.Contains($"{given} Birch", result.Changes, StringComparison.Ordinal);
        Assert.Equal("Birch", (await it.CustomerAsync(given))!.Name);
        Assert.Equal(0, (await ImportAsync(text)).Count);
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_changes_nothing()
    {
        var tried = await AccountsImport.TryAsync(it.Database, "accounts.toml", Two, Nothing, it.Clock, AccountsFixture.Stop);

        Assert.Null(await it.CustomerAsync("100-0000-4"));
        Assert.Equal((await ImportAsync(Two)).Changes, tried.Changes);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once_with_their_lines_and_nothing_is_changed()
    {
        var result = await ImportAsync("""
            [[customer]]
            reg-number = "100-0000-4"
            name = "A"
            time-zone = "America/Los_Angels"
            upstream = "100-0001-2"
            colour = "red"
            assignments = [{ prefix = "192.0.2.0/28" }, { prefix = "192.0.2.77/28" }, { address = "203.0.113.1" }]

            [[customer]]
            reg-number = "100-0001-2"
            name = 7
            time-zone = "Etc/UTC"
            upstream = "100-0000-4"
            contacts = [{ channel = "email", address = "nobody", role = "abuse" }]

            [[customer]]
            reg-number = "100-0000-9"
            name = "C"
            time-zone = "Etc/UTC"
            upstream = "999-9999-2"
            assignments = [{ address = "192.0.2.5", from = 2026-01-01T00:00:00 }, { address = "192.0.2.6" }]
            """);

        Assert.Equal(
            [
                "4 customer[1].time-zone", "5 customer[1].upstream", "6 customer[1].colour", "7 customer[1].assignments[2].prefix",
                "7 customer[1].assignments[3]", "11 customer[2].name", "14 customer[2].contacts[1].address", "17 customer[3].reg-number",
                "20 customer[3].upstream", "21 customer[3].assignments[1].from", "21 customer[3].assignments[2]",
            ],
            result.Problems.Select(p => $"{p.Line} {p.Key}").Order(new LineOrder()));
        Assert.All(result.Problems, p => Assert.NotEqual("", p.Remedy));
        Assert.Null(await it.CustomerAsync("100-0000-4"));
    }

    [Fact]
    public async Task A_conflict_with_what_is_stored_names_both_sides()
    {
        await ImportAsync(Two);

        var result = await ImportAsync("""
            [[customer]]
            name = "Birch"
            time-zone = "Etc/UTC"
            assignments = [{ prefix = "192.0.2.64/28" }]
            """);

        var problem = Assert.Single(result.Problems);
        Assert.Equal(4, problem.Line);
        Assert.Contains("192.0.2.64/28 of Birch (line 4", problem.Message, StringComparison.Ordinal);
        Assert.Contains("lies in 192.0.2.0/24 of 100-0000-4 Reseller (stored", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mailboxes_come_and_change_with_the_file_and_those_it_leaves_out_stay()
    {
        const string head = """
            [[customer]]
            reg-number = "100-0000-4"
            name = "Alder"
            time-zone = "Etc/UTC"
            mail-domains = ["Alder.example"]

            """;
        const string kim = """{ address = "Kim@provider.example", aliases = ["k@alder.example"], catch-all-of = ["alder.example"], steps = 2 }""";
        const string lee = """{ address = "lee@alder.example" }""";
        Assert.Equal(4, (await ImportAsync($"{head}mailboxes = [{kim}, {lee}]")).Count);
        var exported = await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop);
        Assert.Contains(
            """{ address = "kim@provider.example", aliases = ["k@alder.example"], catch-all-of = ["alder.example"], steps = 2 }""", exported, StringComparison.Ordinal);
        Assert.Equal("", (await ImportAsync(exported)).Changes);

        Assert.Equal("", (await ImportAsync($"{head}mailboxes = [{kim}]")).Changes);
        var changed = await ImportAsync(
            head + """mailboxes = [{ address = "kim@provider.example", state = "suspended" }, { address = "lee@alder.example", aliases = ["k@alder.example"] }]""");
        Assert.Contains("k@alder.example leads to the mailbox kim@provider.example", Assert.Single(changed.Problems).Message, StringComparison.Ordinal);
        changed = await ImportAsync(head + """mailboxes = [{ address = "kim@provider.example", state = "suspended" }]""");
        Assert.Empty(changed.Problems);
        Assert.Contains("(active, 2 steps), also k@alder.example", changed.Changes, StringComparison.Ordinal);
        exported = await AccountsExport.TextAsync(it.Database, AccountsFixture.Stop);
        Assert.Contains("""{ address = "kim@provider.example", steps = 2, state = "suspended" }""", exported, StringComparison.Ordinal);
        Assert.Equal("", (await ImportAsync(exported)).Changes);
    }

    [Theory]
    [InlineData("""mailboxes = [{ address = "kim@elsewhere.example" }]""", "mailboxes[1].address")]
    [InlineData("""mailboxes = [{ address = "abuse@provider.example" }]""", "mailboxes[1].address")]
    [InlineData("""mailboxes = [{ address = "kim@provider.example" }, { address = "lee@provider.example", aliases = ["KIM@provider.example"] }]""", "mailboxes[2].address")]
    [InlineData("""mailboxes = [{ address = "kim@provider.example", catch-all-of = ["alder.example"] }]""", "mailboxes[1].catch-all-of")]
    [InlineData("""mailboxes = [{ address = "kim@provider.example", steps = -1 }]""", "mailboxes[1].steps")]
    [InlineData("""mail-domains = ["alder"]""", "mail-domains")]
    public async Task A_mailbox_that_cannot_be_is_told_and_nothing_is_changed(string line, string key)
    {
        var result = await ImportAsync($"""
            [[customer]]
            name = "Alder"
            time-zone = "Etc/UTC"
            {line}
            """);

        Assert.Equal($"customer[1].{key}", Assert.Single(result.Problems).Key);
        Assert.Equal(4, result.Problems[0].Line);
    }

    public ValueTask DisposeAsync() => it.DisposeAsync();

    private Task<ImportResult> ImportAsync(string text) =>
        AccountsImport.RunAsync(it.Database, "accounts.toml", text, Ours, it.Clock, AccountsFixture.Stop);

    private async Task<IReadOnlyList<Assignment>> AssignmentsAsync(string number)
    {
        var customer = await it.CustomerAsync(number);
        return await it.Database.ReadAsync(db => new CustomerStore(db).AssignmentsOfAsync(customer!.Id, AccountsFixture.Stop), AccountsFixture.Stop);
    }

    private sealed class LineOrder : IComparer<string>
    {
        public int Compare(string? x, string? y) => LineOf(x!).CompareTo(LineOf(y!));

        private static int LineOf(string text) => int.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)]);
    }
}
