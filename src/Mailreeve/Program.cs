using System.CommandLine;
using Mailreeve.Commands;

// The command line of Mailreeve. Each command is a file in Commands; what it does is in the slice it belongs to.
var root = new RootCommand("Runs an Internet provider's mail service and keeps its anti-spam policy.")
{
    DemoCommand.Make(),
    ServeCommand.Make(),
    PolicyCommands.Make(),
    ExplainCommand.Make(),
    ReportCommands.Make(),
    AccountsCommands.Make(),
    CustomerCommands.Make(),
    MailboxCommands.Make(),
    OperatorCommands.Make(),
    StoreCommands.Make(),
    ZoneCommand.Make(),
};
return await root.Parse(args).InvokeAsync();
