using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve who ADDRESS [--port N] [--at TIME] [--doubt SECONDS] [--known-at TIME] [--json]</c></summary>
internal static class WhoCommand
{
    private const int NobodyNamed = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Make()
    {
        var config = Setup.ConfigOption();
        var address = CommandInput.Address("The address");
        var port = new Option<int?>("--port") { Description = "The source port. Where several customers share an address, only it tells them apart." };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 65_535)
                result.AddError("A port is 1 to 65535.");
        });
        var at = CommandInput.Moment("--at", "When, as 2026-03-02T10:15:30Z or with another offset; now when it is left out.");
        var doubt = new Option<int>("--doubt") { Description = "By how many seconds that time may be off, either way.", DefaultValueFactory = _ => (int)WhoDesk.UsualDoubt.TotalSeconds };
        doubt.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 30 * 86_400)
                result.AddError("A doubt is 0 to 2592000 seconds.");
        });
        var knownAt = CommandInput.Moment("--known-at", "Answer as it would have been answered at this time, before later corrections.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("who", "Tells which customer had an address at a time, and what says so. Ends with 1 when it names nobody.")
        {
            address, port, at, doubt, knownAt, json, config,
        };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, settings, output) =>
        {
            var asker = new WhoAsker(Actor.Operator("command line"), SystemClock.Instance.GetCurrentInstant());
            var question = WhoDesk.QuestionOf(
                parsed.GetValue(address), parsed.GetValue(port), parsed.GetValue(at), Duration.FromSeconds(parsed.GetValue(doubt)), asker.Now);
            var finding = (await WhoDesk.AnswerAsync(database, settings.Provider, question, parsed.GetValue(knownAt), asker, stop))!;
            await output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(WhoJson.Of(finding), Indented) : string.Join('\n', LinesOf(finding)));
            return finding.Answer.Chain.Count > 0 ? 0 : NobodyNamed;
        }));
        return command;
    }

    private static IEnumerable<string> LinesOf(WhoFinding finding)
    {
        var (question, answer) = (finding.Question, finding.Answer);
        var port = question.Port is { } p ? string.Create(CultureInfo.InvariantCulture, $", port {p}") : "";
        var window = question.Window.Start == question.Window.End ? At(question.Window.Start) : $"between {At(question.Window.Start)} and {At(question.Window.End)}";
        yield return $"address   {question.Address}{port}, {window}";
        if (finding.KnownAt is { } known)
            yield return $"known     at {At(known)}";
        yield return $"verdict   {WhoRules.Word(answer.Verdict)}";
        foreach (var (customer, i) in finding.Chain.Select((c, i) => (c, i)))
            yield return $"{(i == 0 ? "customer" : "  of    ")}  {customer.Name}, {customer.RegNumber}";
        foreach (var customer in finding.Possible)
            yield return $"perhaps   {customer.Name}, {customer.RegNumber}";
        foreach (var ground in answer.Grounds)
            yield return $"because   {WhoWords.Of(ground)}";
        if (answer.Chain.Count == 0)
            yield return $"why       {answer.Why}";
    }

    private static string At(Instant at) => InstantPattern.General.Format(at);
}
