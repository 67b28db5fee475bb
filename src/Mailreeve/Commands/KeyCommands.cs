using System.CommandLine;
using Mailreeve.Mail.Signing;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve keys list</c>, <c>keys rotate-dkim</c> and <c>keys rotate-trace</c></summary>
internal static class KeyCommands
{
    public static Command Make() => new Command("keys", "What outgoing mail is signed with.") { List(), RotateDkim(), RotateTrace() };

    private static Command List()
    {
        var config = Setup.ConfigOption();
        var command = new Command("list", "Prints the keys and secrets that there are, and never what they are.") { config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, _, output) => ListAsync(database, output, stop)));
        return command;
    }

    private static async Task<int> ListAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var (traces, keys) = await database.ReadAsync(
            async db => (await new TraceKeyStore(db).AllAsync(stop), await new DkimKeyStore(db).InUseAsync(stop)), stop);
        foreach (var trace in traces)
            await output.WriteLineAsync($"trace {trace.Id}  made {trace.CreatedAt}  {(trace.RetiredAt is { } at ? $"retired {at}" : "in use")}");
        foreach (var key in keys)
        {
            var state = key.PublishedAt is { } at ? $"seen in the DNS {at}" : "waits for its record in the DNS";
            await output.WriteLineAsync($"dkim {key.Selector}._domainkey.{key.Domain}  {EnumText.Of(key.Algorithm)}  made {key.CreatedAt}  {state}");
        }

        return 0;
    }

    private static Command RotateDkim()
    {
        var config = Setup.ConfigOption();
        var domain = new Argument<string>("domain") { Description = "The mail domain: ours, or a customer's own." };
        var command = new Command("rotate-dkim", "Makes new keys for a domain. They sign once the records that 'mailreeve zone' prints are seen in the DNS.")
        {
            domain, config,
        };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, settings, output) =>
        {
            var keys = new DomainKeys(database, settings.Provider, SystemClock.Instance);
            var name = parsed.GetValue(domain)!;
            if (await keys.OfAsync(name, stop) is null)
            {
                await Console.Error.WriteLineAsync($"Nobody here sends from '{name}'.");
                return 1;
            }

            var made = await keys.RotateAsync(name, stop);
            await output.WriteLineAsync(made > 0 ? $"{made} keys made for {name}." : $"{name} has keys of today already.");
            return 0;
        }));
        return command;
    }

    private static Command RotateTrace()
    {
        var config = Setup.ConfigOption();
        var command = new Command("rotate-trace", "Makes a new secret for traces now. The old one stays, to check old traces with.") { config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, async (database, _, output) =>
        {
            var id = await database.WriteAsync(db => new TraceKeyStore(db).RotateAsync(SystemClock.Instance.GetCurrentInstant(), stop), stop);
            await output.WriteLineAsync($"Traces are made with secret {id} from now on.");
            return 0;
        }));
        return command;
    }
}
