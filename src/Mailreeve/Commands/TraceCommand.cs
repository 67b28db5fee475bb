using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mailreeve.Mail.Signing;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve trace FILE</c> and <c>mailreeve trace --id ID</c></summary>
internal static class TraceCommand
{
    private const int NobodyNamed = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var file = new Argument<FileInfo?>("file")
        {
            Description = "A reported message, a report about one, or text in which one is quoted.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var id = new Option<string?>("--id") { Description = "The id of a trace, when nothing else is known." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("trace", "Tells who sent a reported message, when, to how many, and whether its trace is genuine. Ends with 1 when it names nobody.")
        {
            file, id, json, config,
        };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) =>
            RunAsync(database, parsed.GetValue(file), parsed.GetValue(id), parsed.GetValue(json), output, stop)));
        return command;
    }

    private static async Task<int> RunAsync(Database database, FileInfo? file, string? id, bool json, TextWriter output, CancellationToken stop)
    {
        if ((file is null) == (id is null))
        {
            await Console.Error.WriteLineAsync("Name a file, or an id with --id.");
            return Setup.CannotBegin;
        }

        IReadOnlyList<MessageTrace> traces;
        var now = SystemClock.Instance.GetCurrentInstant();
        try
        {
            traces = id is not null
                ? [await database.ReadAsync(db => MessageTrace.OfIdAsync(db, id.Trim(), now, stop), stop)]
                : await TraceAsync(database, file!, now, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{file}: {e.Message}");
            return Setup.CannotBegin;
        }

        if (json)
            await output.WriteLineAsync(JsonSerializer.Serialize(traces.Select(AsJson), Indented));
        else
            await output.WriteLineAsync(string.Join("\n\n", traces.Select(t => string.Join('\n', LinesOf(t)))));
        return traces.Any(t => TraceRules.NamesSender(t.Verdict)) ? 0 : NobodyNamed;
    }

    private static async Task<IReadOnlyList<MessageTrace>> TraceAsync(Database database, FileInfo file, Instant now, CancellationToken stop)
    {
        // No more than is read of it: a file can be of any size.
        await using var stream = file.OpenRead();
        var octets = new byte[Math.Min(stream.Length, ReportLimits.Default.MessageBytes)];
        await stream.ReadExactlyAsync(octets, stop);
        return await database.ReadAsync(db => MessageTrace.OfAsync(db, octets, now, stop), stop);
    }

    private static IEnumerable<string> LinesOf(MessageTrace trace)
    {
        yield return $"verdict     {TraceRules.Words(trace.Verdict)}";
        if (trace.Sighting is not { } sighting)
            yield break;
        yield return $"trace       {sighting.Id}, {PlaceOf(sighting.Place)}";
        // What a forged trace names was not its sender.
        if (trace.Submission is not { } sent || trace.Verdict == TraceVerdict.Forged)
            yield break;
        yield return $"message     {sent.Id}, handed in {sent.At} from {sent.ClientAddress}, {sent.Size} octets";
        yield return $"customer    {sent.CustomerName}, {sent.RegNumber}";
        yield return $"mailbox     {sent.Mailbox ?? "none: the customer's own server"}";
        yield return $"sender      <{sent.EnvelopeFrom}>, in the header {sent.HeaderFrom}";
        yield return $"recipients  {sent.Recipients}";
        yield return $"Message-ID  {sent.MessageId}";
    }

    private static object AsJson(MessageTrace trace)
    {
        var sent = trace.Verdict == TraceVerdict.Forged ? null : trace.Submission;
        return new
        {
            verdict = EnumText.Of(trace.Verdict),
            words = TraceRules.Words(trace.Verdict),
            namesSender = TraceRules.NamesSender(trace.Verdict),
            traceId = trace.Sighting?.Id,
            place = trace.Sighting is { } sighting ? EnumText.Of(sighting.Place) : null,
            submission = sent is null ? null : new
            {
                id = sent.Id,
                at = $"{sent.At}",
                customer = sent.RegNumber,
                customerName = sent.CustomerName,
                mailbox = sent.Mailbox,
                clientAddress = $"{sent.ClientAddress}",
                envelopeFrom = sent.EnvelopeFrom,
                headerFrom = sent.HeaderFrom,
                messageId = sent.MessageId,
                recipients = sent.Recipients,
                size = sent.Size,
            },
        };
    }

    private static string PlaceOf(TracePlace place) => place switch
    {
        TracePlace.Attached => "in an attached message",
        TracePlace.Header => "in an attached header",
        TracePlace.Outermost => "in the header of the file",
        _ => "in the text",
    };
}
