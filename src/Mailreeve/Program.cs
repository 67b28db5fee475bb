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
    AddressPlanCommand.Make(),
    MailboxCommands.Make(),
    HoldCommands.Make(),
    BlockCommands.Make(),
    ThirdPartyCommands.Make(),
    BouncerCommands.Make(),
    ApiKeyCommands.Make(),
    RelayCommands.Make(),
    DetectionCommands.Make(),
    PostmasterCommands.Make(),
    PermissionCommands.Make(),
    QueueCommands.Make(),
    OperatorCommands.Make(),
    StoreCommands.Make(),
    CertificateCommands.Make(),
    ZoneCommand.Make(),
    KeyCommands.Make(),
    TraceCommand.Make(),
    WhoCommand.Make(),
    WhoAskedCommand.Make(),
    SessionCommands.Make(),
};
// Sessions end and rows are written when the program is told to stop; the two seconds that the library gives are too few for that.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
