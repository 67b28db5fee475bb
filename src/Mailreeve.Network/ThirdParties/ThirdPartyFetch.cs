using System.Net;
using System.Net.Http.Headers;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Feeds;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.ThirdParties;

/// <summary>
/// Fetches a list of others and makes the blocks that come from it the same. What is not good is not taken: the blocks stay as they are, and
/// the row of the list says why.
/// </summary>
/// <remarks>Blocks are changed in batches, so that others get their turn; who is killed between two goes on with the next fetch.</remarks>
/// <param name="database">The database.</param>
/// <param name="provider">Whose networks are ours, and what is never blocked.</param>
/// <param name="policyRevision">The revision of the policy in force.</param>
/// <param name="http">Fetches.</param>
/// <param name="clock">The time.</param>
public sealed class ThirdPartyFetch(Database database, Provider provider, string policyRevision, HttpClient http, IClock clock)
{
    /// <summary>The clause on blocks of others.</summary>
    public static readonly ClauseId Clause = new("C8");

    /// <summary>Octets of a list at most.</summary>
    public const int BytesMax = 32 << 20;

    private const int Batch = 1000;
    private const int ProblemLengthMax = 500;

    // Lists of which this process has itself taken what their tags are about.
    private readonly HashSet<string> taken = [];

    /// <summary>Fetches a list.</summary>
    /// <param name="list">Which.</param>
    /// <param name="known">How it fares; null when it was never fetched.</param>
    /// <param name="acceptsShrunken">Whether a person has looked at why it has become so much smaller.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How it fares now.</returns>
    public async Task<ThirdPartyRow> RunAsync(ThirdPartyList list, ThirdPartyRow? known, bool acceptsShrunken, CancellationToken stop)
    {
        var before = await InForceAsync(list.Name, stop);
        var row = (known ?? new ThirdPartyRow { Name = list.Name, Source = list.ShownSource, TriedAt = default }) with
        {
            Source = list.ShownSource,
            TriedAt = clock.GetCurrentInstant(),
            Entries = before.Count,
        };
        // Another place, blocks that somebody has lifted, or a configuration that may be another since (a scope, a reason, networks of ours):
        // what its tag says is about nothing that is here.
        if (!taken.Contains(list.Name) || known is null || known.Source != list.ShownSource || known.Entries != before.Count || acceptsShrunken)
            row = row with { Tag = null, ChangedAt = null };
        var fetched = await FetchAsync(list, row, stop);
        if (fetched.Octets is { } octets)
        {
            row = ThirdPartyRules.Decide(PrefixFeed.Read(list.Format, octets, list.Limits.EntriesMax), before.Count, list.Limits, provider.Networks, provider.NeverBlock, acceptsShrunken) switch
            {
                FeedVerdict.Taken good => await ApplyAsync(list, before, good, row with { Tag = fetched.Tag, ChangedAt = fetched.ChangedAt }, stop),
                FeedVerdict.Refused refused => row with { Problem = refused.Why },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        else if (fetched.Problem is { } problem)
        {
            row = row with { Problem = problem.Length > ProblemLengthMax ? problem[..ProblemLengthMax] : problem };
        }
        else
        {
            // It is as it was, and as good.
            await ExtendAsync(list, before, stop);
            row = row with { TakenAt = row.TriedAt, Problem = null };
        }

        await database.WriteAsync(db => new ThirdPartyStore(db).PutAsync(row, stop), stop);
        return row;
    }

    /// <summary>Lifts all that comes from a list to which there is no subscription any more.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ForgetAsync(string name, CancellationToken stop)
    {
        var blocks = await InForceAsync(name, stop);
        await LiftAsync(blocks, "The list is not used any more.", stop);
        await database.WriteAsync(db => new ThirdPartyStore(db).ForgetAsync(name, stop), stop);
        return blocks.Count;
    }

    private Task<IReadOnlyList<BlockRow>> InForceAsync(string name, CancellationToken stop) =>
        database.ReadAsync(db => new BlockStore(db).OfListAsync(name, stop), stop);

    private async Task<ThirdPartyRow> ApplyAsync(ThirdPartyList list, IReadOnlyList<BlockRow> before, FeedVerdict.Taken good, ThirdPartyRow row, CancellationToken stop)
    {
        var wanted = good.Prefixes.ToHashSet();
        var had = before.Where(IsAsConfigured).Select(b => b.Prefix).ToHashSet();
        foreach (var some in good.Prefixes.Where(p => !had.Contains(p)).Chunk(Batch))
            await PlaceAsync(list, some, stop);
        // Of two that are the same, one is enough.
        var kept = new HashSet<Prefix>();
        var stays = before.ToLookup(b => IsAsConfigured(b) && wanted.Contains(b.Prefix) && kept.Add(b.Prefix));
        await LiftAsync([.. stays[false]], "It is not in the list any more.", stop);
        await ExtendAsync(list, [.. stays[true]], stop);
        taken.Add(list.Name);
        return row with { TakenAt = row.TriedAt, Entries = wanted.Count, LeftOut = good.LeftOut, Problem = null };

        bool IsAsConfigured(BlockRow block) => block.Scope == list.Scope && block.Reason == list.Reason;
    }

    private Task PlaceAsync(ThirdPartyList list, Prefix[] prefixes, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        return database.WriteAsync(async db =>
        {
            var id = await db.NextIdsAsync("block", prefixes.Length, stop);
            await new BlockStore(db).PlaceAsync(
                [
                    .. prefixes.Select(p => new NewBlock
                    {
                        Id = new BlockId(id++),
                        List = list.Name,
                        Prefix = p,
                        Scope = list.Scope,
                        Clause = Clause,
                        PolicyRevision = policyRevision,
                        Reason = list.Reason,
                        PlacedBy = Actor.Policy,
                        StartsAt = now,
                        ExpiresAt = now + list.KeptFor,
                    }),
                ], stop);
        }, stop);
    }

    private async Task LiftAsync(IReadOnlyList<BlockRow> blocks, string reason, CancellationToken stop)
    {
        foreach (var some in blocks.Select(b => b.Id).Chunk(Batch))
            await database.WriteAsync(db => new BlockStore(db).LiftAsync(some, Actor.Policy, reason, clock.GetCurrentInstant(), stop), stop);
    }

    // Half of their time is left at least, so not every fetch writes every row; and more when it is fetched so seldom that they would end before.
    private async Task ExtendAsync(ThirdPartyList list, IReadOnlyList<BlockRow> blocks, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var left = Duration.Max(list.KeptFor / 2, 2 * list.Every);
        foreach (var some in blocks.Where(b => b.ExpiresAt - now < left).Select(b => b.Id).Chunk(Batch))
            await database.WriteAsync(db => new BlockStore(db).ExtendAsync(some, now + list.KeptFor, stop), stop);
    }

    private async Task<Fetched> FetchAsync(ThirdPartyList list, ThirdPartyRow row, CancellationToken stop)
    {
        try
        {
            return list.Url is { } url ? await GetAsync(url, row, stop) : await ReadAsync(list.Source, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // Whatever it is, it is about this list: compressed data that is damaged, say, has exceptions of its own.
            return new Fetched { Problem = e is OperationCanceledException ? "It did not answer in time." : e.Message };
        }
    }

    private static async Task<Fetched> ReadAsync(string path, CancellationToken stop)
    {
        await using var file = File.OpenRead(path);
        return await ToEndAsync(file, stop) is { } octets ? new Fetched { Octets = octets } : TooLarge;
    }

    private async Task<Fetched> GetAsync(Uri url, ThirdPartyRow row, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (row.Tag is not null && EntityTagHeaderValue.TryParse(row.Tag, out var tag))
            request.Headers.IfNoneMatch.Add(tag);
        else if (row.ChangedAt is not null && DateTimeOffset.TryParse(row.ChangedAt, System.Globalization.CultureInfo.InvariantCulture, out var changed))
            request.Headers.IfModifiedSince = changed;
        // The client's own limit ends with the head of the answer.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(http.Timeout);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (response.StatusCode == HttpStatusCode.NotModified)
            return new Fetched();
        if (response.StatusCode != HttpStatusCode.OK)
            return new Fetched { Problem = $"Its server answered {(int)response.StatusCode}." };
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        return await ToEndAsync(body, patience.Token) is { } octets
            ? new Fetched { Octets = octets, Tag = response.Headers.ETag?.ToString(), ChangedAt = response.Content.Headers.LastModified?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) }
            : TooLarge;
    }

    private static Fetched TooLarge => new() { Problem = $"It is larger than {BytesMax >> 20} MiB." };

    private static async Task<byte[]?> ToEndAsync(Stream stream, CancellationToken stop)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, stop) is > 0 and var octets)
        {
            if (whole.Length + octets > BytesMax)
                return null;
            whole.Write(buffer, 0, octets);
        }

        return whole.ToArray();
    }

    // Neither octets nor a problem: nothing has changed.
    private sealed record Fetched
    {
        public byte[]? Octets { get; init; }

        public string? Tag { get; init; }

        public string? ChangedAt { get; init; }

        public string? Problem { get; init; }
    }
}
