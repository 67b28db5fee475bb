using System.Globalization;
using Mailreeve.Mail.Signing;
using Mailreeve.Policy.Tracing;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Signing;

public class TraceCasesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_file_is_in_the_table() => Assert.Equal(TraceCases.Files, TraceCases.All.Select(c => c.File).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Each_message_gets_the_verdict_of_the_table(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await TraceCases.FillAsync(database.Database, Stop);

        var found = new List<(string, string)>();
        foreach (var (file, _) in TraceCases.All)
            found.Add((file, Show(await database.Database.ReadAsync(db => MessageTrace.OfAsync(db, TraceCases.Read(file), TraceCases.Now, Stop), Stop))));

        Assert.Equal(TraceCases.All, found);
    }

    [Fact]
    public async Task A_genuine_trace_names_customer_mailbox_time_and_number_of_recipients()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await TraceCases.FillAsync(database.Database, Stop);

        var trace = Assert.Single(await database.Database.ReadAsync(db => MessageTrace.OfAsync(db, TraceCases.Read("01-whole.eml"), TraceCases.Now, Stop), Stop));

        Assert.Equal(
            ("Alder Hosting", "kim@alder.example", 3, "2026-03-02T10:15:30Z", Some.Address),
            (trace.Submission!.CustomerName, trace.Submission.Mailbox, trace.Submission.Recipients, $"{trace.Submission.At}", trace.Submission.ClientAddress));
    }

    [Fact]
    public async Task An_id_alone_finds_the_message_in_any_case_of_its_letters_and_nothing_is_found_for_another()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await TraceCases.FillAsync(database.Database, Stop);
        var id = (await database.Database.ReadAsync(db => MessageTrace.OfAsync(db, TraceCases.Read("01-whole.eml"), TraceCases.Now, Stop), Stop))[0].Sighting!.Id;

        var known = await database.Database.ReadAsync(db => MessageTrace.OfIdAsync(db, id.ToUpperInvariant(), TraceCases.Now, Stop), Stop);
        var unknown = await database.Database.ReadAsync(db => MessageTrace.OfIdAsync(db, "nobody", TraceCases.Now, Stop), Stop);

        Assert.Equal((TraceVerdict.IdOnly, 1001), (known.Verdict, known.Submission!.Id));
        Assert.Equal(TraceVerdict.Forged, unknown.Verdict);
    }

    private static string Show(IEnumerable<MessageTrace> traces) =>
        string.Join(", ", traces.Select(t => t.Submission is { } s ? string.Create(CultureInfo.InvariantCulture, $"{EnumText.Of(t.Verdict)} {s.Id}") : EnumText.Of(t.Verdict)));
}
