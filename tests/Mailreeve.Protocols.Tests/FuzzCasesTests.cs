using Mailreeve.Fuzz;

namespace Mailreeve.Protocols.Tests;

/// <summary>What the fuzzer starts from and what it has found, through the same targets; bench/README.md says how it is run.</summary>
public class FuzzCasesTests
{
    public static TheoryData<string, string> Cases =>
        new(FuzzTarget.All.SelectMany(target => new FuzzFolder(target).Names.Select(name => (target.Name, name))));

    public static TheoryData<string> Targets => new(FuzzTarget.All.Select(t => t.Name));

    [Theory, MemberData(nameof(Cases))]
    public void No_case_does_what_it_must_not(string target, string name)
    {
        var chosen = FuzzTarget.Find(target)!;

        // An exception is the finding.
        chosen.Run(new FuzzFolder(chosen).Read(name));
    }

    [Theory, MemberData(nameof(Targets))]
    public void No_end_of_a_case_does_what_it_must_not(string target)
    {
        var chosen = FuzzTarget.Find(target)!;
        var folder = new FuzzFolder(chosen);
        var cases = folder.Names.Select(folder.Read).Where(c => c.Length <= 400).ToList();
        Assert.NotEmpty(cases);

        foreach (var input in cases)
        {
            for (var length = 0; length < input.Length; length += 1 + (input.Length / 20))
                chosen.Run(input[..length]);
        }
    }
}
