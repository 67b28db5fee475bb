using Mailreeve.Network.ThirdParties;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Commands;

/// <summary><c>thirdparty list</c></summary>
public static class ThirdPartyListCommand
{
    /// <summary>Prints how the subscriptions fare, and the entries of our own.</summary>
    /// <returns>0; 1 when a list was not taken the last time.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        var (lists, own) = await database.ReadAsync(
            async db => (await new ThirdPartyStore(db).AllAsync(stop), await new BlockStore(db).OfListAsync(ThirdPartyList.Own, stop)), stop);
        foreach (var list in lists)
            await output.WriteLineAsync(Text(list));
        foreach (var block in own)
            await output.WriteLineAsync($"{block.Prefix}  until {block.ExpiresAt:uuuu-MM-dd HH:mm}  by {block.PlacedBy}: {block.Reason}");
        if (lists.Count + own.Count == 0)
            await output.WriteLineAsync("There are no subscriptions, and no entries of our own.");
        return lists.Any(l => l.Problem is not null) ? 1 : 0;
    }

    /// <summary>How one fares, in a line.</summary>
    public static string Text(ThirdPartyRow list)
    {
        var taken = list.TakenAt is { } at ? $"taken {at:uuuu-MM-dd HH:mm}" : "never taken";
        var leftOut = list.LeftOut == 0 ? "" : $", {list.LeftOut} left out (private, ours, or never blocked)";
        return $"{list.Name}  {list.Entries} entries{leftOut}, {taken}, from {list.Source}{(list.Problem is { } problem ? $"\n        not taken {list.TriedAt:uuuu-MM-dd HH:mm}: {problem}" : "")}";
    }
}
