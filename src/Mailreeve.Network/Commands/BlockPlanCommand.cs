using Mailreeve.Policy.Blocks;

namespace Mailreeve.Network.Commands;

/// <summary><c>block plan TARGET</c></summary>
public static class BlockPlanCommand
{
    /// <summary>Prints what could be blocked to stop a site or an address, the smallest first, and whom each would hit.</summary>
    /// <param name="target">The site or address.</param>
    /// <param name="advice">What is advised.</param>
    /// <param name="output">Where it is printed.</param>
    /// <returns>0 when there is a block that hits nobody else; 1 when there is none.</returns>
    public static async Task<int> RunAsync(string target, BlockAdvice advice, TextWriter output)
    {
        var number = 0;
        foreach (var choice in advice.Choices)
        {
            var kind = choice.Names.Count > 0 ? "by name" : "by address";
            await output.WriteLineAsync($"{++number}. {kind}: {choice.What}");
            await output.WriteLineAsync($"   {choice.Why}");
            foreach (var hit in choice.Hits)
                await output.WriteLineAsync($"   hits {hit}");
            foreach (var one in choice.Names.Concat(choice.Prefixes.Select(p => $"{p}")))
                await output.WriteLineAsync($"   mailreeve block add {one} --clause … --reason …");
        }

        foreach (var note in advice.Notes)
            await output.WriteLineAsync(note);
        await output.WriteLineAsync(
            advice.Choices.Count == 0 ? $"Nothing is known by which {target} could be blocked."
            : advice.Best is null ? "Each of these may hit others: decide whether it is worth it."
            : "The first one is enough. Nothing was placed.");
        return advice.Best is null ? 1 : 0;
    }
}
