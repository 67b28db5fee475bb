using System.CommandLine;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Desk;
using Mailreeve.Configuration;
using Mailreeve.Network;
using Mailreeve.Network.Commands;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve block list|plan|add|confirm|decline|lift|lift-all</c></summary>
internal static class BlockCommands
{
    private static readonly Option<FileInfo> Config = Setup.ConfigOption();

    /// <summary><c>--as NAME</c></summary>
    public static readonly Option<string?> As = new("--as") { Description = "The operator who does it, within the limits of that role. Default: whoever may read the configuration, as an administrator." };

    public static Command Make() => new Command("block", "Addresses whose traffic is blocked, names, mailboxes and services (clauses C4 to C8).") { Config, List(), Plan(), Add(), Confirm(), Decline(), Lift(), LiftAll() };

    private static Command List()
    {
        var list = new Command("list", "Lists blocks in force, and where each is proven to be.");
        list.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, (database, _, output) =>
            BlockListCommand.RunAsync(database, SystemClock.Instance.GetCurrentInstant(), output, stop)));
        return list;
    }

    private static Command Plan()
    {
        var target = new Argument<string>("target") { Description = "A site by its name, or an address: shop.example, 192.0.2.7." };
        var plan = new Command("plan", "Tells what could be blocked to stop a site or an address, the smallest first, and whom it would hit (D5). Places nothing.") { target };
        plan.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, Config, async (database, settings, output) =>
        {
            var (text, now) = (parsed.GetValue(target)!, SystemClock.Instance.GetCurrentInstant());
            using var views = await LiveViews.LoadAsync(database, stop);
            if (Address.TryParse(text, out var address))
            {
                return await BlockPlanCommand.RunAsync(
                    text, await database.ReadAsync(db => BlockAdviceDesk.OfAddressAsync(db, views.Directory, settings.Provider, address, now, stop), stop), output);
            }

            if (!BlockedName.TryRead(text, out var name))
                return await RefuseAsync($"'{text}' is neither an address nor a name.");
            return await BlockPlanCommand.RunAsync(
                name, await database.ReadAsync(db => BlockAdviceDesk.OfSiteAsync(db, views.Directory, settings.Provider, [name], null, now, stop), stop), output);
        }));
        return plan;
    }

    private static Command Add()
    {
        var target = new Argument<string?>("target")
        {
            Description = "An address or a prefix: 192.0.2.7, 2001:db8::/64. A name, with all below it: shop.example. Or a mailbox: info@shop.example.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens.Count == 0)
                    return null;
                if (IsMailbox(result.Tokens[0].Value) || Prefix.TryParse(result.Tokens[0].Value, out _) || BlockedName.TryRead(result.Tokens[0].Value, out _))
                    return result.Tokens[0].Value;
                result.AddError($"'{result.Tokens[0].Value}' is neither an address, nor a prefix, nor a name, nor a mailbox.");
                return null;
            },
        };
        var customer = Customer("All that this customer has, and what comes to be theirs, instead of a target.");
        var service = new Option<string?>("--service") { Description = "With --customer: this service of theirs and nothing else, by its kind, or by kind and name: web-hosting, web-hosting/shop." };
        var scope = ScopeOption(BlockScope.All);
        var expires = ExpiresOption();
        var clause = new Option<string>("--clause") { Description = "The clause of the policy it rests on.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; whoever is blocked reads it.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what it would hit." };
        var add = new Command("add", "Blocks an address, a prefix, or all that a customer has, in both directions; or a name, a mailbox, or one service of a customer.") { target, customer, service, scope, expires, clause, reason, dryRun, As };
        add.SetAction((parsed, stop) => WithDeskAsync(parsed, Config, async desk =>
        {
            var (clauseId, why, time) = (new ClauseId(parsed.GetValue(clause)!), parsed.GetValue(reason)!, parsed.GetValue(expires));
            var wanted = parsed.GetValue(service);
            if (wanted is not null && parsed.GetValue(customer) is null)
                return await RefuseAsync("Say whose service with --customer.");
            switch (parsed.GetValue(target), parsed.GetValue(customer))
            {
                case ({ } text, null) when IsMailbox(text):
                    return await BlockSuspendCommand.RunAsync(
                        desk.Suspensions, desk.Suspensions.FindMailbox(text, desk.Role), t => new SuspensionOrder(t, clauseId, why, time),
                        desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop);
                case (null, { } whose) when wanted is not null:
                    return desk.CustomerOf(whose) is { } holder
                        ? await BlockSuspendCommand.RunAsync(
                            desk.Suspensions, await desk.Suspensions.FindServiceAsync(holder, wanted, desk.Role, stop),
                            t => new SuspensionOrder(t, clauseId, why, time), desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop)
                        : await RefuseAsync($"There is no customer {whose}.");
                case ({ } text, null) when BlockedName.TryRead(text, out var name):
                    return await BlockAddCommand.RunAsync(
                        desk.Names, new NameBlockOrder(name, clauseId, why, time), desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop);
                case ({ } text, null):
                    return await BlockAddCommand.RunAsync(
                        desk.Blocks, new BlockOrder(Prefix.Parse(text), parsed.GetValue(scope), clauseId, why, time),
                        desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop);
                case (null, { } number):
                    return desk.CustomerOf(number) is { } found
                        ? await BlockCustomerCommand.RunAsync(
                            desk.Blocks, new CustomerBlockOrder(found, parsed.GetValue(scope), clauseId, why, time),
                            desk.Role, desk.By, parsed.GetValue(dryRun), Console.Out, stop)
                        : await RefuseAsync($"There is no customer {number}.");
                default:
                    return await RefuseAsync("Name an address, a prefix, a name or a mailbox, or a customer with --customer.");
            }
        }, stop));
        return add;
    }

    private static Command Confirm()
    {
        var number = ProposalArgument();
        var confirm = new Command("confirm", "Says yes to a block that another operator wants and that takes two people.") { number, As };
        confirm.SetAction((parsed, stop) => WithDeskAsync(parsed, Config, desk =>
            BlockConfirmCommand.RunAsync(desk.Proposals, parsed.GetValue(number), desk.Role, desk.By, Console.Out, stop), stop));
        return confirm;
    }

    private static Command Decline()
    {
        var number = ProposalArgument();
        var reason = new Option<string>("--reason") { Description = "Why not; whoever wanted the block reads it.", Required = true };
        var decline = new Command("decline", "Says no to a block that another operator wants and that takes two people.") { number, reason, As };
        decline.SetAction((parsed, stop) => WithDeskAsync(parsed, Config, desk =>
            BlockDeclineCommand.RunAsync(desk.Proposals, parsed.GetValue(number), desk.Role, desk.By, parsed.GetValue(reason)!, Console.Out, stop), stop));
        return decline;
    }

    private static Argument<long> ProposalArgument() => new("proposal") { Description = "Its number, as 'block list' shows it." };

    private static Command Lift()
    {
        var number = new Argument<string?>("block")
        {
            Description = "The block, as 'block list' shows it: its number, the name, or the mailbox. When it is a part of all that a customer has, all of it is lifted.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var customer = Customer("The blocks of all that this customer has, instead of a number.");
        var reason = Reason();
        var lift = new Command("lift", "Lifts a block. Its case, when it has one, stays open.") { number, customer, reason, As };
        lift.SetAction((parsed, stop) => WithDeskAsync(parsed, Config, async desk =>
        {
            if (!OperatorRules.May(desk.Role, DeskAction.LiftBlocks))
                return await RefuseAsync("Your role does not lift blocks.");
            if (parsed.GetValue(customer) is { } whose)
                return await LiftWholeAsync(desk, whose, parsed.GetValue(reason)!, stop);
            if (parsed.GetValue(number) is not { } text)
                return await RefuseAsync("Name a block by its number, name or mailbox, or a customer with --customer.");
            if (!long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var block))
            {
                if (!IsMailbox(text) && !BlockedName.TryRead(text, out _))
                    return await RefuseAsync($"'{text}' is neither a number, nor a name, nor a mailbox.");
                var outcome = BlockedName.TryRead(text, out var name)
                    ? await desk.Lifting.LiftNameAsync(name, desk.By, parsed.GetValue(reason)!, stop)
                    : await desk.Lifting.LiftMailboxAsync(text, desk.By, parsed.GetValue(reason)!, stop);
                if (outcome is DeskResult.Refused notLifted)
                    return await RefuseAsync(notLifted.Why);
                await Console.Out.WriteLineAsync("Lifted.");
                return 0;
            }

            if (await desk.Lifting.LiftAsync(new BlockId(block), desk.By, parsed.GetValue(reason)!, stop) is DeskResult.Refused refused)
                return await RefuseAsync(refused.Why);
            await Console.Out.WriteLineAsync("Lifted.");
            return 0;
        }, stop));
        return lift;
    }

    private static async Task<int> LiftWholeAsync(Desk desk, string whose, string reason, CancellationToken stop)
    {
        if (desk.CustomerOf(whose) is not { } customer)
            return await RefuseAsync($"There is no customer {whose}.");
        var lifted = 0;
        foreach (var whole in await desk.Database.ReadAsync(db => new CustomerBlockStore(db).InForceAsync(stop), stop))
        {
            if (whole.CustomerId != customer)
                continue;
            if (await desk.Lifting.LiftWholeAsync(whole.Id, desk.By, reason, stop) is DeskResult.Refused refused)
                return await RefuseAsync(refused.Why);
            lifted++;
        }

        await Console.Out.WriteLineAsync(lifted == 0 ? "Nothing of the kind is blocked." : "Lifted.");
        return lifted == 0 ? 1 : 0;
    }

    private static bool IsMailbox(string text) => text.Contains('@', StringComparison.Ordinal);

    private static Option<string?> Customer(string description) => new("--customer") { Description = $"{description} Registration number, as in 104-2237-2." };

    private static Command LiftAll()
    {
        var reason = Reason();
        var words = new Option<string>("--words") { Description = $"\"{BlockLifting.WordsForAll}\", so that it is not typed by mistake.", Required = true };
        var lift = new Command("lift-all", "Lifts every block, for the day on which something went badly wrong. Cases stay open.") { reason, words, As };
        lift.SetAction((parsed, stop) => WithDeskAsync(parsed, Config, async desk =>
        {
            if (!OperatorRules.May(desk.Role, DeskAction.EditNeverBlock))
                return await RefuseAsync("Only an administrator lifts every block.");
            if (!BlockLifting.AreWordsForAll(parsed.GetValue(words)))
                return await RefuseAsync($"Nothing was lifted. To lift every block, give --words \"{BlockLifting.WordsForAll}\".");
            var (lifted, problem) = await desk.Lifting.LiftAllAsync(desk.By, parsed.GetValue(reason)!, stop);
            await Console.Out.WriteLineAsync($"{lifted} block(s) lifted.");
            return problem is null ? 0 : await RefuseAsync(problem);
        }, stop));
        return lift;
    }

    private static Option<string> Reason() => new("--reason") { Description = "Why; each customer concerned reads it.", Required = true };

    /// <summary>An address or a prefix.</summary>
    public static Argument<Prefix> PrefixArgument() => new("prefix")
    {
        Description = "An address or a prefix: 192.0.2.7, 2001:db8::/64.",
        CustomParser = result =>
        {
            if (Prefix.TryParse(result.Tokens[0].Value, out var prefix))
                return prefix;
            result.AddError($"'{result.Tokens[0].Value}' is neither an address nor a prefix.");
            return default;
        },
    };

    /// <summary><c>--scope</c></summary>
    public static Option<BlockScope> ScopeOption(BlockScope usual) => new("--scope")
    {
        Description = $"What is stopped: all, or port25. Default: {(usual == BlockScope.All ? "all" : "port25")}.",
        DefaultValueFactory = _ => usual,
    };

    /// <summary><c>--expires</c></summary>
    public static Option<Duration> ExpiresOption() => new("--expires")
    {
        Description = $"How long it lasts: \"48 h\". Default: {DurationText.Print(BlockDesk.ExpiryDefault)}.",
        DefaultValueFactory = _ => BlockDesk.ExpiryDefault,
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration) && duration > Duration.Zero)
                return duration;
            result.AddError($"'{result.Tokens[0].Value}' is no time. Write it like \"48 h\" or \"7 d\".");
            return default;
        },
    };

    /// <summary>Says why not.</summary>
    /// <returns>1.</returns>
    public static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 1;
    }

    /// <summary>Where blocks are placed and lifted, and by whom.</summary>
    internal sealed record Desk(Database Database, Settings Settings, PolicyInForce Policy, LiveViews Views, OperatorRole Role, Actor By)
    {
        public BlockDesk Blocks => new(Database, Views, Policy.Policy, Settings.Provider, SystemClock.Instance);

        public BlockProposals Proposals => new(Database, Blocks, SystemClock.Instance);

        public NameBlockDesk Names => new(
            Database, Policy.Policy, Settings.Provider, InboundServing.SuffixesFrom(Settings.Inbound.SuffixList, static _ => { }), SystemClock.Instance);

        public SuspensionDesk Suspensions => new(Database, Views, Policy.Policy, Settings.Provider, Settings.SuspensionBackEnds, SystemClock.Instance);

        public CustomerId? CustomerOf(string number) => Views.Directory.Customers.FirstOrDefault(c => c.RegNumber == number.Trim())?.Id;

        public BlockLifting Lifting => new(
            Database, new CaseDesk(Database, new CaseBooks(Policy.Policy, Settings.Provider, Views), SystemClock.Instance), SystemClock.Instance);
    }

    /// <summary>Runs a command on what blocks are placed with, as whoever <c>--as</c> names.</summary>
    public static Task<int> WithDeskAsync(ParseResult parsed, Option<FileInfo> config, Func<Desk, Task<int>> run, CancellationToken stop) =>
        Setup.WithDatabaseAsync(parsed, config, async (database, settings, _) =>
        {
            if (Setup.ReadPolicy(settings.PolicyFolder, Console.Error) is not { } policy)
                return Setup.CannotBegin;
            var (role, by) = (OperatorRole.Admin, Actor.Operator("command line"));
            if (parsed.GetValue(As) is { } name)
            {
                var found = await database.ReadAsync(db => new OperatorStore(db).FindByNameAsync(name, stop), stop);
                if (found is not { DisabledAt: null })
                    return await RefuseAsync($"There is no operator '{name}', or no more.");
                (role, by) = (found.Role, Actor.Operator(found.Name));
            }

            using var views = await LiveViews.LoadAsync(database, stop);
            return await run(new Desk(database, settings, policy, views, role, by));
        });
}
