using System.CommandLine;
using Mailreeve.Network.Commands;
using Mailreeve.Policy.Detections;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve detection add|list</c></summary>
internal static class DetectionCommands
{
    private const int NameLengthMax = 64;

    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("detection", "Scans and break-ins that sensors have seen (clause C5).") { Config, Add(), List() };

    private static Command Add()
    {
        var address = CommandInput.Address("Who attacked");
        var sensor = new Option<string>("--sensor") { Description = "The name of who saw it; always the same for the same.", Required = true };
        sensor.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: >= 1 and <= NameLengthMax } name || name.Any(char.IsControl))
                result.AddError($"A name of a sensor has 1 to {NameLengthMax} characters.");
        });
        var type = new Option<string>("--type") { Description = $"What it was: {string.Join(", ", DetectionTypes.ByName.Keys.Order(StringComparer.Ordinal))}.", Required = true };
        type.Validators.Add(result =>
        {
            if (!DetectionTypes.ByName.ContainsKey(result.GetValueOrDefault<string>() ?? ""))
                result.AddError($"'{result.GetValueOrDefault<string>()}' is no type of detection.");
        });
        var targets = new Option<long>("--targets") { Description = "How many hosts, ports, accounts or passwords were tried.", DefaultValueFactory = _ => 1 };
        targets.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() is < 1 or > 1_000_000)
                result.AddError("Targets are 1 to 1000000.");
        });
        var connected = new Option<bool>("--connected") { Description = "A connection was made, as for a password over TCP: nobody has forged the address." };
        var at = CommandInput.Moment("--at", "When, as 2026-03-02T10:15:30Z or with another offset; now when it is left out.");
        var detail = new Option<string>("--detail") { Description = "What else there is to say; operators see it.", DefaultValueFactory = _ => "" };
        var add = new Command("add", "Says that a sensor saw an address attack; for fail2ban and its like. What follows is decided by the running program.")
        {
            address, sensor, type, targets, connected, at, detail,
        };
        add.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, settings, output) =>
        {
            var now = SystemClock.Instance.GetCurrentInstant();
            var then = Instant.Min(parsed.GetValue(at) ?? now, now);
            var seen = new Detection
            {
                Sensor = parsed.GetValue(sensor)!,
                Type = DetectionTypes.ByName[parsed.GetValue(type)!],
                Targets = parsed.GetValue(targets),
                IsTwoWay = parsed.GetValue(connected),
                FirstAt = then,
                LastAt = then,
            };
            return DetectionAddCommand.RunAsync(database, settings.Provider, parsed.GetValue(address), seen, parsed.GetValue(detail)!, now, output, stop);
        }));
        return add;
    }

    private static Command List()
    {
        var list = new Command("list", "Lists what sensors saw, newest first, and what became of it.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => DetectionListCommand.RunAsync(database, output, stop)));
        return list;
    }
}
