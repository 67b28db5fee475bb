using System.Globalization;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;
using NodaTime.Text;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network.Who;

/// <summary>
/// A translator's log of port blocks, one in a line: <c>outside,first-port,last-port,inside,from,to</c>, for example
/// <c>203.0.113.5,1024,2047,100.64.0.9,2026-03-02T10:00:00Z,2026-03-02T11:30:00Z</c>. The last is empty while the block is in use.
/// </summary>
public static class PortBlockLog
{
    private const int Fields = 6;

    /// <summary>Reads the lines. Empty ones, those that begin with <c>#</c>, and one that names the columns say nothing.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="skipped">Told the number of each line that is none of these.</param>
    public static IEnumerable<PortBlock> Read(IEnumerable<string> lines, Action<int> skipped)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#' || (number == 1 && text.StartsWith("outside", StringComparison.OrdinalIgnoreCase)))
                continue;
            if (Parse(text.Split(',')) is { } block)
                yield return block;
            else
                skipped(number);
        }
    }

    /// <summary>
    /// The news that blocks are: who had the inside address when the block was given out is looked up now, and stays. It must be known by
    /// then: read the access network's own records first.
    /// </summary>
    public static async Task<IReadOnlyList<SessionNews>> NewsOfAsync(
        DbSession db, IReadOnlyList<PortBlock> blocks, string translator, Directory directory, Provider provider, CancellationToken stop)
    {
        var questions = blocks.Select(b => new WhoQuestion(b.Inside, null, new Interval(b.From, b.From))).ToList();
        // The inside address is meant as it is.
        var untranslated = provider with { Translators = [] };
        var records = await AddressRecords.FindAsync(db, questions, untranslated, null, stop);
        var news = new List<SessionNews>();
        foreach (var (block, question) in blocks.Zip(questions))
        {
            var who = WhoRules.Decide(records.FactsOf(question, directory, untranslated));
            var start = new SessionNews.Sighting
            {
                Source = SessionSource.Nat,
                Nas = translator,
                Session = $"{block.Outside}:{block.FirstPort}-{block.LastPort} {InstantPattern.General.Format(block.From)}",
                Kind = SightingKind.Start,
                At = block.From,
                StartedAt = block.From,
                Station = AccessName.Normalise(block.Inside.ToString()),
                Customer = who.Chain.Count > 0 ? who.Chain[0] : null,
                Prefixes = [Prefix.Single(block.Outside)],
                FirstPort = block.FirstPort,
                LastPort = block.LastPort,
            };
            news.Add(start);
            if (block.To is { } to)
                news.Add(start with { Kind = SightingKind.Stop, At = to });
        }

        return news;
    }

    private static PortBlock? Parse(string[] fields)
    {
        if (fields.Length != Fields || !Address.TryParse(fields[0].Trim(), out var outside) || !Address.TryParse(fields[3].Trim(), out var inside)
            || Port(fields[1]) is not { } first || Port(fields[2]) is not { } last || last < first || Time(fields[4]) is not { } from)
            return null;
        var to = Time(fields[5]);
        return to < from || (to is null && fields[5].Trim().Length > 0) ? null : new PortBlock(outside, first, last, inside, from, to);
    }

    private static int? Port(string text) => ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    private static Instant? Time(string text) =>
        OffsetDateTimePattern.Rfc3339.Parse(text.Trim()).TryGetValue(default, out var time) ? time.ToInstant() : null;
}

/// <summary>Ports of an outside address that an inside address had.</summary>
/// <param name="Outside">The address that others saw.</param>
/// <param name="FirstPort">Lowest port.</param>
/// <param name="LastPort">Highest port.</param>
/// <param name="Inside">The address that was translated.</param>
/// <param name="From">From when.</param>
/// <param name="To">Until when; null while it has them.</param>
public sealed record PortBlock(Address Outside, int FirstPort, int LastPort, Address Inside, Instant From, Instant? To);
