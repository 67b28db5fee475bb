using System.CommandLine;
using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve queue list|show|hold|release|retry|drop</c></summary>
internal static class QueueCommands
{
    private const int NothingDone = 1;
    private const long LinesMax = 200;
    private const long RowsMax = 1000;

    // More than this is not dropped without being asked.
    private const long AskedFrom = 100;

    private static readonly Option<FileInfo> Config = Setup.ConfigOption();
    private static readonly Argument<long[]> Ids = new("id") { Description = "Messages, by the number in the list.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<long?> Submission = new("--submission") { Description = "All recipients of one message that was handed in." };
    private static readonly Option<string?> Sender = new("--sender") { Description = "All from this envelope sender." };
    private static readonly Option<string?> Destination = new("--destination") { Description = "All to this domain." };
    private static readonly Option<long?> Hold = new("--hold") { Description = "All under this hold." };

    public static Command Make() => new Command("queue", "Outgoing mail that waits.")
    {
        Config, List(), Show(),
        Act("hold", "Keeps messages back until they are let go.", (desk, filter, by, _, stop) => desk.HoldAsync(filter, by, stop), "held"),
        Act("release", "Lets messages go that are held.", (desk, filter, by, now, stop) => desk.ReleaseAsync(filter, by, now, stop), "released"),
        Act("retry", "Tries messages now that wait for their time.", (desk, filter, by, now, stop) => desk.RetryAsync(filter, by, now, stop), "due now"),
        Drop(),
    };

    private static Command List()
    {
        var command = new Command("list", "Shows where mail waits; with a filter, each message.") { Ids, Submission, Sender, Destination, Hold };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, async (database, _, output) =>
        {
            var filter = FilterOf(parsed);
            await (filter.IsAll ? SummaryAsync(database, output, stop) : ListAsync(database, filter, output, stop));
            return 0;
        }));
        return command;
    }

    private static async Task SummaryAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var lines = await database.ReadAsync(db => new QueueDesk(db).SummaryAsync(LinesMax, stop), stop);
        foreach (var line in lines)
            await output.WriteLineAsync($"{line.Count,8}  {EnumText.Of(line.State),-10}  {line.Destination}  next {line.NextAttemptAt}  {Clean(line.LastReply)}".TrimEnd());
        await output.WriteLineAsync(lines.Count == 0 ? "Nothing waits." : $"{lines.Sum(l => l.Count)} recipients.");
    }

    private static async Task ListAsync(Database database, QueueFilter filter, TextWriter output, CancellationToken stop)
    {
        var (count, rows) = await database.ReadAsync(
            async db => (await new QueueDesk(db).CountAsync(filter, stop), await new QueueDesk(db).ListAsync(filter, 0, RowsMax, stop)), stop);
        foreach (var row in rows)
            await output.WriteLineAsync($"{row.Id,8}  {EnumText.Of(row.State),-10}  {row.Attempts} attempts  <{row.EnvelopeFrom}> to <{row.Recipient}>  {Clean(row.LastReply)}".TrimEnd());
        await output.WriteLineAsync($"{count} recipients{(count > rows.Count ? $", the first {rows.Count} shown" : "")}.");
    }

    private static Command Show()
    {
        var id = new Argument<long>("id") { Description = "The number in the list." };
        var command = new Command("show", "Shows all that is known of one message.") { id };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, async (database, _, output) =>
        {
            if (await database.ReadAsync(db => new QueueDesk(db).FindAsync(parsed.GetValue(id), stop), stop) is not { } row)
            {
                await output.WriteLineAsync($"There is no message {parsed.GetValue(id)}.");
                return NothingDone;
            }

            await WriteAsync(row, output);
            return 0;
        }));
        return command;
    }

    private static async Task WriteAsync(QueueRow row, TextWriter output)
    {
        (string Name, object? Value)[] facts =
        [
            ("id", row.Id), ("purpose", EnumText.Of(row.Purpose)), ("submission", row.SubmissionId), ("from", $"<{row.EnvelopeFrom}>"),
            ("to", $"<{row.Recipient}>"), ("state", EnumText.Of(row.State)), ("attempts", row.Attempts), ("written", row.CreatedAt),
            ("next attempt", row.FinishedAt is null ? row.NextAttemptAt : null), ("ended", row.FinishedAt), ("said last", Clean(row.LastReply)),
            ("hold", row.HoldId), ("class", row.SourceClass), ("octets", row.Length), ("by hand", row.ActedBy),
        ];
        foreach (var (name, value) in facts.Where(f => f.Value is not null))
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-13} {value}"));
    }

    private static Command Act(
        string name, string description, Func<QueueDesk, QueueFilter, Actor, Instant, CancellationToken, Task<int>> act, string done)
    {
        var command = new Command(name, description) { Ids, Submission, Sender, Destination, Hold };
        command.SetAction((parsed, stop) => ActAsync(parsed, act, done, stop));
        return command;
    }

    private static Command Drop()
    {
        var bounce = new Option<bool>("--bounce") { Description = "Tells the senders." };
        var yes = new Option<bool>("--yes") { Description = "Does not ask, however many there are." };
        var command = new Command("drop", "Takes messages out of the queue for good.") { Ids, Submission, Sender, Destination, Hold, bounce, yes };
        command.SetAction(async (parsed, stop) =>
        {
            var tell = parsed.GetValue(bounce);
            return await ActAsync(
                parsed, (desk, filter, by, now, s) => desk.DropAsync(filter, tell, by, now, s), tell ? "dropped, and their senders are told" : "dropped", stop,
                asks: !parsed.GetValue(yes));
        });
        return command;
    }

    private static Task<int> ActAsync(
        ParseResult parsed, Func<QueueDesk, QueueFilter, Actor, Instant, CancellationToken, Task<int>> act, string done, CancellationToken stop, bool asks = false) =>
        Setup.WithDatabaseAsync(parsed, Config, async (database, _, output) =>
        {
            var filter = FilterOf(parsed);
            if (filter.IsAll)
            {
                await output.WriteLineAsync("Which messages? Give numbers, --submission, --sender, --destination or --hold.");
                return Setup.CannotBegin;
            }

            var count = await database.ReadAsync(db => new QueueDesk(db).CountAsync(filter, stop), stop);
            if (asks && count > AskedFrom && !await IsMeantAsync(count, output, stop))
                return NothingDone;
            var by = Actor.Operator(Environment.UserName);
            var changed = await database.WriteAsync(db => act(new QueueDesk(db), filter, by, SystemClock.Instance.GetCurrentInstant(), stop), stop);
            await output.WriteLineAsync($"{changed} of {count} {done}.{(changed < count ? " The others are being sent, or are so already." : "")}");
            return changed == 0 ? NothingDone : 0;
        });

    private static async Task<bool> IsMeantAsync(long count, TextWriter output, CancellationToken stop)
    {
        await output.WriteLineAsync($"This takes {count} messages out of the queue for good. Type that number to go on.");
        if ((await Console.In.ReadLineAsync(stop))?.Trim() == count.ToString(CultureInfo.InvariantCulture))
            return true;
        await output.WriteLineAsync("Nothing was dropped.");
        return false;
    }

    private static QueueFilter FilterOf(ParseResult parsed) => new()
    {
        Ids = parsed.GetValue(Ids) is { Length: > 0 } ids ? ids : null,
        Submission = parsed.GetValue(Submission),
        Sender = parsed.GetValue(Sender),
        Destination = parsed.GetValue(Destination),
        Hold = parsed.GetValue(Hold),
    };

    // A remote server wrote it, and it goes to a terminal.
    private static string? Clean(string? reply) => reply is null ? null : new([.. reply.Select(c => char.IsControl(c) ? ' ' : c)]);
}
