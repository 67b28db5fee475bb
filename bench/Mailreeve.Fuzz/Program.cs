using System.CommandLine;
using Mailreeve.Fuzz;
using SharpFuzz;

// Changes inputs of a parser until it does what it must not. bench/README.md says how it is used.
// The counters come first: whatever names a target loads the parsers.
var coverage = Coverage.Begin();
var target = new Argument<string>("target") { Description = "What is run" };
target.AcceptOnlyFromAmong([.. FuzzTarget.All.Select(t => t.Name)]);
var minutes = new Option<double>("--minutes") { Description = "How long, on the clock", DefaultValueFactory = _ => 1 };
var seed = new Option<int>("--seed") { Description = "Of the changes", DefaultValueFactory = _ => 1 };
var bytes = new Option<int>("--bytes") { Description = "How long an input gets", DefaultValueFactory = _ => 8 << 10 };
var afl = new Option<bool>("--afl") { Description = "Be what afl-fuzz runs" };
var root = new RootCommand("Fuzzing of Mailreeve's parsers.") { target, minutes, seed, bytes, afl };
root.SetAction((parsed, stop) =>
{
    var chosen = FuzzTarget.Find(parsed.GetValue(target)!)!;
    if (!parsed.GetValue(afl))
        return Task.FromResult(new FuzzRun(chosen, coverage, parsed.GetValue(seed), parsed.GetValue(bytes)).Run(TimeSpan.FromMinutes(parsed.GetValue(minutes)), stop) == 0 ? 0 : 1);

    Fuzzer.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        chosen.Run(input.ToArray());
    });
    return Task.FromResult(0);
});
return await root.Parse(args).InvokeAsync();
