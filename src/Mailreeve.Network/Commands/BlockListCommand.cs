using Mailreeve.Network.Access;
using Mailreeve.Policy.Blocks;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>block list</c></summary>
public static class BlockListCommand
{
    private const long RowsMax = 1000;
    private const int SessionsMax = 20;

    /// <summary>Prints blocks in force, newest first, with what is proven about each at each machine, and how the machines fare.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, Instant now, TextWriter output, CancellationToken stop)
    {
        var enforced = await database.ReadAsync(db => new EnforcementStore(db).InForceAsync(RowsMax, stop), stop);
        var (blocks, proven, nodes) = enforced;
        foreach (var whole in enforced.Customers)
            await output.WriteLineAsync($"{whole.RegNumber}  {whole.CustomerName}: all that is theirs  {ScopeOf(whole.Scope)}  until {whole.ExpiresAt:uuuu-MM-dd HH:mm}  {whole.Clause}  by {whole.PlacedBy}: {whole.Reason}");
        foreach (var block in blocks)
        {
            await output.WriteLineAsync($"{block.Id.Value,-6}  {block.Prefix}  {ScopeOf(block.Scope)}  until {block.ExpiresAt:uuuu-MM-dd HH:mm}  {block.Clause}  by {block.PlacedBy}: {block.Reason}");
            foreach (var line in EnforcementText.Of(proven[block.Id], nodes, now))
                await output.WriteLineAsync($"        {line}");
            foreach (var order in enforced.Sessions[block.Id].Take(SessionsMax))
                await output.WriteLineAsync($"        {SessionOrderText.Of(order)}");
        }

        foreach (var block in enforced.Services)
        {
            await output.WriteLineAsync($"{block.Id.Value,-6}  {block.Target} of {block.RegNumber} {block.CustomerName}  until {block.ExpiresAt:uuuu-MM-dd HH:mm}  {block.Clause}  by {block.PlacedBy}: {block.Reason}");
            foreach (var line in SuspensionText.Of(block, proven[block.Id], enforced.Sessions[block.Id], now))
                await output.WriteLineAsync($"        {line}");
        }

        var names = await database.ReadAsync(db => new NameBlockStore(db).InForceAsync(stop), stop);
        foreach (var block in names)
            await output.WriteLineAsync($"{block.Name}  and all below  until {block.ExpiresAt:uuuu-MM-dd HH:mm}  {block.Clause}  by {block.PlacedBy}: {block.Reason}");
        foreach (var waiting in await database.ReadAsync(db => new BlockProposalStore(db).WaitingAsync(RowsMax, stop), stop))
            await output.WriteLineAsync($"proposal {waiting.Id}: {waiting.Target}  {ScopeOf(waiting.Scope)}  waits for a second person until {waiting.ExpiresAt:uuuu-MM-dd HH:mm}  {waiting.Clause}  by {waiting.ProposedBy}: {waiting.Reason}");
        if (enforced.OfLists > 0)
            await output.WriteLineAsync($"Entries of lists of others besides: {enforced.OfLists}; see 'mailreeve thirdparty list'.");
        else if (blocks.Count + names.Count + enforced.Customers.Count + enforced.Services.Count == 0)
            await output.WriteLineAsync("Nothing is blocked.");
        foreach (var node in nodes.Where(n => n.Problem is not null))
            await output.WriteLineAsync($"{node.BackEnd} at {node.Node} does not enforce: {node.Problem}");
        return 0;
    }

    private static string ScopeOf(BlockScope scope) => scope == BlockScope.Port25 ? "port 25" : "all";
}
