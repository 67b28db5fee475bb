using System.CommandLine;
using Mailreeve.Bench;
using Mailreeve.Storage;
using Mailreeve.Testing;

// What a report costs, from SMTP to its case, and what a message costs on disk. README.md says how to read the figures.
RunFolder.IsOnDisk = true;
var database = new Option<string>("--database") { Description = "sqlite or postgresql", DefaultValueFactory = _ => "sqlite" };
database.AcceptOnlyFromAmong("sqlite", "postgresql");
var reports = new Option<int>("--reports") { Description = "Reports that are measured", DefaultValueFactory = _ => 10_000 };
var cases = new Option<int>("--cases") { Description = $"Distinct addresses they are about, 1 to {Load.CasesMax}", DefaultValueFactory = _ => 200 };
var connections = new Option<int>("--connections") { Description = "SMTP connections at once", DefaultValueFactory = _ => 50 };
var place = new Argument<string[]>("place") { Arity = new ArgumentArity(4, 4) };

Dialect DialectOf(ParseResult parsed) => parsed.GetValue(database) == "sqlite" ? Dialect.Sqlite : Dialect.PostgreSql;
Load LoadOf(ParseResult parsed) => new(
    DialectOf(parsed),
    parsed.GetValue(reports), Math.Clamp(parsed.GetValue(cases), 1, Load.CasesMax), parsed.GetValue(connections));

var split = new Command("split", "Cost of a report: parse, attribute, decide, commit.") { database, reports, cases };
split.SetAction((parsed, stop) => new SplitBench(LoadOf(parsed)).RunAsync(stop));
var whole = new Command("reports", "The whole program, from SMTP to the outcome.") { database, reports, cases, connections };
whole.SetAction((parsed, stop) => new ReportsBench(LoadOf(parsed)).RunAsync(stop));
var mixed = new Command("mixed", "Reports of all formats through the intake: cost by step and format, memory over time.") { database, reports, cases };
mixed.SetAction((parsed, stop) => new MixedBench(LoadOf(parsed)).RunAsync(stop));
var serve = new Command("serve", "The server of 'reports'.") { place };
serve.Hidden = true;
serve.SetAction((parsed, stop) =>
{
    var p = parsed.GetValue(place)!;
    return ServeCommand.RunAsync(p[0], p[1], int.Parse(p[2]), int.Parse(p[3]), stop);
});
var messages = new Command("messages", "Summaries, search and threads of messages.");
messages.SetAction(_ => MessagesBench.Run());
var signing = new Command("signing", "Signatures and traces of messages that go out.");
signing.SetAction(_ => SigningBench.Run());
var writers = new Option<int[]>("--writers") { Description = "Writers at once", DefaultValueFactory = _ => [1, 20, 100], AllowMultipleArgumentsPerToken = true };
var bytes = new Option<int>("--bytes") { Description = "Octets of a message", DefaultValueFactory = _ => 4096 };
var seconds = new Option<int>("--seconds") { Description = "How long each is measured", DefaultValueFactory = _ => 5 };
var segments = new Command("segments", "Appends to the journal of messages.") { writers, bytes, seconds };
segments.SetAction(async (parsed, stop) =>
{
    foreach (var count in parsed.GetValue(writers)!)
        await new SegmentsBench(count, parsed.GetValue(bytes), TimeSpan.FromSeconds(parsed.GetValue(seconds))).RunAsync(stop);
});
var duration = new Option<int>("--seconds") { Description = "How long", DefaultValueFactory = _ => 300 };
var seed = new Option<int>("--seed") { Description = "What the sessions do", DefaultValueFactory = _ => 1 };
var sessions = new Option<int>("--sessions") { Description = "IMAP sessions at once", DefaultValueFactory = _ => 8 };
var elsewhere = new Option<string[]>("--elsewhere") { Description = "Port, user and password of another server on the loopback", Arity = new ArgumentArity(3, 3), AllowMultipleArgumentsPerToken = true };
var stress = new Command("imap-stress", "IMAP sessions on one folder that hold the server to what it says.") { duration, seed, sessions, elsewhere };
stress.SetAction((parsed, stop) => ImapStressRun.RunAsync(
    parsed.GetValue(duration), parsed.GetValue(seed), parsed.GetValue(sessions), parsed.GetValue(elsewhere) is { Length: 3 } given ? given : null, stop));
var imap = new Command("imap", "IMAP on a mailbox of 2,000 messages.");
imap.SetAction((_, stop) => ImapBench.RunAsync(stop));
var inbound = new Command("inbound", "All checks of a message from outside, with what the DNS says in memory.");
inbound.SetAction((_, stop) => InboundBench.RunAsync(stop));
var asking = new Option<int[]>("--connections") { Description = "Connections at once", DefaultValueFactory = _ => [1, 20], AllowMultipleArgumentsPerToken = true };
var policyDelegation = new Command("policy", "Policy delegation: questions at RCPT.") { asking, seconds };
policyDelegation.SetAction((parsed, stop) => PolicyBench.RunAsync(parsed.GetValue(asking)!, parsed.GetValue(seconds), stop));
var present = new Option<int>("--blocks") { Description = "Blocks that are there", DefaultValueFactory = _ => 100_000 };
var decisions = new Option<int>("--decisions") { Description = "Blocks that are measured", DefaultValueFactory = _ => 1000 };
var enforcement = new Command("enforcement", "From the decision to block until the kernel drops; start and repair. As root.") { database, present, decisions };
enforcement.SetAction((parsed, stop) => new EnforcementBench(DialectOf(parsed), parsed.GetValue(present), parsed.GetValue(decisions)).RunAsync(stop));
var port = new Argument<int>("port");
var domain = new Argument<string>("domain");
var policyServe = new Command("policy-serve", "The server of 'policy', until its input ends; for load scripts, too.") { port, domain };
policyServe.SetAction((parsed, stop) => PolicyServeCommand.RunAsync(parsed.GetValue(port), parsed.GetValue(domain)!, stop));
var queued = new Option<int>("--messages") { Description = "Messages that are due", DefaultValueFactory = _ => 10_000 };
var destinations = new Option<int>("--destinations") { Description = "Destinations they go to", DefaultValueFactory = _ => 1 };
var waiting = new Option<int>("--waiting") { Description = "Further messages that wait for a later time", DefaultValueFactory = _ => 0 };
var sink = new Option<int>("--port") { Description = "Port of smtp-sink", DefaultValueFactory = _ => 2526 };
var queue = new Command("queue", "Empties a queue into smtp-sink.") { queued, destinations, waiting, sink };
queue.SetAction((parsed, stop) =>
    new QueueBench(parsed.GetValue(queued), parsed.GetValue(destinations), parsed.GetValue(waiting), parsed.GetValue(sink)).RunAsync(stop));
var attacking = new Option<int>("--connections") { Description = "Attacking connections at once", DefaultValueFactory = _ => 200 };
var measured = new Option<int>("--seconds") { Description = "How long, without and with the attack, 1 to 20", DefaultValueFactory = _ => 20 };
var unprotected = new Option<bool>("--unprotected") { Description = "Without a cap on sessions, and without pauses" };
var hijack = new Command("hijack", "How long customers wait while a hijacked account attacks.") { database, attacking, measured, unprotected };
hijack.SetAction((parsed, stop) => new HijackBench(
    DialectOf(parsed), parsed.GetValue(attacking), Math.Clamp(parsed.GetValue(measured), 1, 20), parsed.GetValue(unprotected)).RunAsync(stop));
var serveHijack = new Command("hijack-serve", "The server of 'hijack'.") { place };
serveHijack.Hidden = true;
serveHijack.SetAction((parsed, stop) =>
{
    var p = parsed.GetValue(place)!;
    return HijackServeCommand.RunAsync(p[0], int.Parse(p[1]), int.Parse(p[2]), bool.Parse(p[3]), stop);
});
var fromWhere = new Argument<int>("connections");
var attack = new Command("hijack-attack", "The attackers of 'hijack'.") { port, fromWhere };
attack.Hidden = true;
attack.SetAction((parsed, stop) => HijackAttackCommand.RunAsync(parsed.GetValue(port), parsed.GetValue(fromWhere), stop));
var prefixes = new Option<int>("--prefixes") { Description = "Prefixes that are assigned", DefaultValueFactory = _ => 1_000_000 };
var addresses = new Command("addresses", "Look-ups of who has an address.") { prefixes, seconds };
addresses.SetAction(parsed => new AddressesBench(parsed.GetValue(prefixes), parsed.GetValue(seconds)).Run());
var records = new Option<int>("--records") { Description = "Accounting records", DefaultValueFactory = _ => 90_000 };
var onTheirWay = new Option<int>("--window") { Description = "Records on their way at once, 1 to 250", DefaultValueFactory = _ => 200 };
var ended = new Option<int>("--present") { Description = "Ended sessions that are there before, ten of each address", DefaultValueFactory = _ => 0 };
var accounting = new Command("sessions", "RADIUS accounting from the datagram to the answer, and questions about it.") { database, records, onTheirWay, ended };
accounting.SetAction((parsed, stop) => new SessionsBench(
    DialectOf(parsed), parsed.GetValue(records), Math.Clamp(parsed.GetValue(onTheirWay), 1, 250), parsed.GetValue(ended)).RunAsync(stop));
var listed = new Option<int>("--entries") { Description = "Addresses in the list", DefaultValueFactory = _ => 1_000_000 };
var rounds = new Option<int>("--rounds") { Description = "How often each is measured", DefaultValueFactory = _ => 5 };
var dnsbl = new Command("dnsbl", "Answers of our own list against rbldnsd, turn by turn; changes; memory.") { listed, rounds, seconds };
dnsbl.SetAction((parsed, stop) => new DnsblBench(parsed.GetValue(listed), parsed.GetValue(rounds), parsed.GetValue(seconds)).RunAsync(stop));
var connection = new Argument<string>("connection");
var dnsblServe = new Command("dnsbl-serve", "The server of 'dnsbl'.") { connection, port };
dnsblServe.Hidden = true;
dnsblServe.SetAction((parsed, stop) => DnsblServeCommand.RunAsync(parsed.GetValue(connection)!, parsed.GetValue(port), stop));
return await new RootCommand("Benchmarks of Mailreeve.") { addresses, accounting, split, whole, mixed, messages, signing, segments, imap, inbound, enforcement, stress, serve, policyDelegation, policyServe, queue, hijack, serveHijack, attack, dnsbl, dnsblServe }.Parse(args).InvokeAsync();
