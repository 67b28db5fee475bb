using Mailreeve.Network.ThirdParties;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Commands;

/// <summary><c>thirdparty lift PREFIX --reason TEXT</c></summary>
public static class ThirdPartyLiftCommand
{
    /// <summary>Lifts the entries of our own about exactly that prefix.</summary>
    /// <returns>0; 1 when there is none, or nothing says why.</returns>
    public static async Task<int> RunAsync(Database database, Prefix prefix, Actor by, string reason, Instant now, TextWriter output, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            await output.WriteLineAsync("Say why it is lifted.");
            return 1;
        }

        var lifted = await database.WriteAsync(
            async db =>
            {
                var store = new BlockStore(db);
                var ids = (await store.OfListAsync(ThirdPartyList.Own, stop)).Where(b => b.Prefix == prefix).Select(b => b.Id).ToArray();
                return await store.LiftAsync(ids, by, reason.Trim(), now, stop);
            }, stop);
        await output.WriteLineAsync(lifted == 0 ? $"There is no entry of our own about {prefix}." : "Lifted.");
        return lifted == 0 ? 1 : 0;
    }
}
