using System.CommandLine;
using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve mailbox add|list|show|password|app-password|storage|suspend|reopen|end|alias|domain</c></summary>
internal static class MailboxCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    public static Command Make() => new Command("mailbox", "Mailboxes (clause C9).")
    {
        Config, Add(), List(), Show(), Password(), AppPassword(), Storage(),
        Act(new Command("suspend", "Suspends a mailbox: nobody signs in, mail for it waits."), MailboxAct.Suspend),
        Act(new Command("reopen", "Opens a suspended or unused mailbox again."), MailboxAct.Reopen),
        Act(new Command("end", "Ends a mailbox for good. Its address stays taken."), MailboxAct.End),
        Alias(), Domain(),
    };

    private static Command Add()
    {
        var (address, customer, stdin) = (Address(), Customer(required: true), PasswordStdin());
        var add = new Command("add", "Makes a mailbox; makes a password and prints it, or takes yours.") { address, customer, stdin };
        add.SetAction((parsed, stop) => WithDeskAsync(parsed, async (database, desk, _, output) => await MailboxAddCommand.RunAsync(
            database, desk, parsed.GetValue(address)!, parsed.GetValue(customer)!, await GivenAsync(parsed.GetValue(stdin), stop), output, stop)));
        return add;
    }

    private static Command List()
    {
        var customer = Customer(required: false);
        var list = new Command("list", "Lists mailboxes.") { customer };
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            MailboxListCommand.RunAsync(database, parsed.GetValue(customer), output, stop)));
        return list;
    }

    private static Command Show()
    {
        var address = Address();
        var show = new Command("show", "Shows one mailbox, and what the policy says about it.") { address };
        show.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, _, policy, output) =>
            MailboxShowCommand.RunAsync(database, policy, parsed.GetValue(address)!, output, stop)));
        return show;
    }

    private static Command Password()
    {
        var (address, stdin) = (Address(), PasswordStdin());
        var password = new Command("password", "Makes a new password for a mailbox and prints it, or takes yours.") { address, stdin };
        password.SetAction((parsed, stop) => WithDeskAsync(parsed, async (database, desk, _, output) => await MailboxPasswordCommand.RunAsync(
            database, desk, parsed.GetValue(address)!, await GivenAsync(parsed.GetValue(stdin), stop), output, stop)));
        return password;
    }

    private static Command AppPassword()
    {
        var address = Address();
        var name = new Argument<string>("name") { Description = "What it is for, for example Telephone." };
        var number = new Argument<long>("number") { Description = "Its number in the list." };
        var add = new Command("add", "Makes an app password and prints it.") { address, name };
        add.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxAppPasswordCommand.AddAsync(database, desk, parsed.GetValue(address)!, parsed.GetValue(name)!, output, stop)));
        var list = new Command("list", "Lists the app passwords of a mailbox.") { address };
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            MailboxAppPasswordCommand.ListAsync(database, parsed.GetValue(address)!, output, stop)));
        var revoke = new Command("revoke", "Takes an app password away.") { address, number };
        revoke.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxAppPasswordCommand.RevokeAsync(database, desk, parsed.GetValue(address)!, parsed.GetValue(number), output, stop)));
        return new Command("app-password", "Passwords for one program or device each.") { add, list, revoke };
    }

    private static Command Storage()
    {
        var address = Address();
        var steps = new Argument<long>("steps") { Description = "How many steps of extra storage it has from now on." };
        var storage = new Command("storage", "Buys extra storage for a mailbox, or gives it back.") { address, steps };
        storage.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, policy, output) =>
            MailboxStorageCommand.RunAsync(database, desk, policy, parsed.GetValue(address)!, parsed.GetValue(steps), output, stop)));
        return storage;
    }

    private static Command Act(Command command, MailboxAct act)
    {
        var address = Address();
        command.Add(address);
        command.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxActCommand.RunAsync(database, desk, parsed.GetValue(address)!, act, output, stop)));
        return command;
    }

    private static Command Alias()
    {
        var address = Address();
        var alias = new Argument<string>("alias") { Description = "The other address." };
        var add = new Command("add", "Gives a mailbox one more address.") { address, alias };
        add.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxAliasCommand.AddAsync(database, desk, parsed.GetValue(address)!, parsed.GetValue(alias)!, output, stop)));
        var remove = new Command("remove", "Takes an alias away.") { address, alias };
        remove.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxAliasCommand.RemoveAsync(database, desk, parsed.GetValue(address)!, parsed.GetValue(alias)!, output, stop)));
        return new Command("alias", "Further addresses of a mailbox.") { add, remove };
    }

    private static Command Domain()
    {
        var name = new Argument<string>("name") { Description = "The domain, of a customer." };
        var customer = Customer(required: true);
        var to = new Argument<string?>("address") { Description = "A mailbox; left out, such mail is refused.", Arity = ArgumentArity.ZeroOrOne };
        var add = new Command("add", "Keeps mail for a customer's domain.") { name, customer };
        add.SetAction((parsed, stop) => WithDeskAsync(parsed, (database, desk, _, output) =>
            MailboxDomainCommand.AddAsync(database, desk, parsed.GetValue(name)!, parsed.GetValue(customer)!, output, stop)));
        var remove = new Command("remove", "Keeps no mail for a domain any more.") { name };
        remove.SetAction((parsed, stop) => WithDeskAsync(parsed, (_, desk, _, output) =>
            MailboxDomainCommand.RemoveAsync(desk, parsed.GetValue(name)!, output, stop)));
        var catchAll = new Command("catch-all", "Says where mail for unknown names of a domain goes.") { name, to };
        catchAll.SetAction((parsed, stop) => WithDeskAsync(parsed, (_, desk, _, output) =>
            MailboxDomainCommand.CatchAllAsync(desk, parsed.GetValue(name)!, parsed.GetValue(to), output, stop)));
        var list = new Command("list", "Lists the mail domains of customers.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            MailboxDomainCommand.ListAsync(database, output, stop)));
        return new Command("domain", "Domains of customers whose mail is kept here.") { add, remove, catchAll, list };
    }

    private static Argument<string> Address() => new("address") { Description = "The mailbox's address." };

    private static Option<string> Customer(bool required) =>
        new("--customer") { Description = "Registration number, as in 104-2237-2.", Required = required };

    private static Option<bool> PasswordStdin() =>
        new("--password-stdin") { Description = "Reads the password from the first line of the input, so that it stands in no list of processes." };

    private static async Task<string?> GivenAsync(bool fromStdin, CancellationToken stop) =>
        fromStdin ? await Console.In.ReadLineAsync(stop) ?? "" : null;

    private static Task<int> WithDeskAsync(ParseResult parsed, Func<Database, MailboxDesk, AbusePolicy, TextWriter, Task<int>> run) =>
        Setup.WithDatabaseAsync(parsed, Config, async (database, settings, output) =>
        {
            if (Setup.ReadPolicy(settings.PolicyFolder, Console.Error) is not { } policy)
                return Setup.CannotBegin;
            using var hashing = new PasswordHashing();
            var desk = new MailboxDesk(database, hashing, policy.Policy, settings.Provider, SystemClock.Instance);
            return await run(database, desk, policy.Policy, output);
        });
}
