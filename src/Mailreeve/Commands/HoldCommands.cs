using System.CommandLine;
using System.Globalization;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Senders.Commands;
using Mailreeve.Policy;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve hold list|show|release|drop</c></summary>
internal static class HoldCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("hold", "Mail of customers that is held until a person has looked at it (clause C1).")
    {
        Config, List(), Show(),
        End(new Command("release", "Lets the held mail go; the sender may send again."), HoldOutcome.Released),
        End(new Command("drop", "Drops the held mail; nobody gets it."), HoldOutcome.Dropped),
    };

    private static Command List()
    {
        var list = new Command("list", "Lists what is held.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            HoldListCommand.RunAsync(database, output, stop)));
        return list;
    }

    private static Command Show()
    {
        var number = Number();
        var show = new Command("show", "Shows one hold, and senders, subjects and numbers of recipients of what it holds.") { number };
        show.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            HoldShowCommand.RunAsync(database, parsed.GetValue(number), output, stop)));
        return show;
    }

    private static Command End(Command command, HoldOutcome outcome)
    {
        var number = Number();
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the history of the hold.", Required = true };
        command.Add(number);
        command.Add(reason);
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) => HoldEndCommand.RunAsync(
            new HoldDesk(database, SystemClock.Instance), parsed.GetValue(number), outcome, parsed.GetValue(reason)!, output, stop)));
        return command;
    }

    // H-12, as it is printed, or 12.
    private static Argument<HoldId> Number() => new("number")
    {
        Description = "The hold, as in H-12.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (long.TryParse(text.StartsWith("H-", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return new HoldId(id);
            result.AddError($"'{text}' is no number of a hold. Write it like H-12.");
            return default;
        },
    };
}
