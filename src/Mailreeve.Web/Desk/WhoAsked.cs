using System.Globalization;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>A question who had an address, as it stands in a query: of the form on the desk, or of the API.</summary>
internal sealed class WhoAsked
{
    private const int TextLengthMax = 100;
    private const int DoubtSecondsMax = 30 * 86_400;

    private readonly Dictionary<string, string> texts;
    private readonly Dictionary<string, string> problems = new(StringComparer.Ordinal);
    private readonly Address? address;
    private readonly int? port;
    private readonly Instant? at;
    private readonly Duration doubt;

    /// <summary>Reads it.</summary>
    public WhoAsked(IQueryCollection query)
    {
        texts = Names.ToDictionary(n => n, n => Given(query[n]), StringComparer.Ordinal);
        address = Address.ParseOrNull(texts["address"]);
        if (address is null && texts["address"].Length > 0)
            problems["address"] = "Write it like 198.51.100.7 or 2001:db8::7.";
        port = (int?)Number("port", 1, ushort.MaxValue, "A port is 1 to 65535.");
        at = Moment("at");
        KnownAt = Moment("known");
        doubt = Number("doubt", 0, DoubtSecondsMax, "A doubt is 0 to 2592000 seconds.") is { } seconds ? Duration.FromSeconds(seconds) : WhoDesk.UsualDoubt;
    }

    /// <summary>What a question may consist of.</summary>
    public static IReadOnlyList<string> Names { get; } = ["address", "port", "at", "known", "doubt"];

    /// <summary>What was written, by name; empty where nothing was.</summary>
    public IReadOnlyDictionary<string, string> Texts => texts;

    /// <summary>What is wrong, by name.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>As it was known at this moment; null for now.</summary>
    public Instant? KnownAt { get; }

    /// <summary>The question; null when no address was given, or something is wrong.</summary>
    public WhoQuestion? QuestionAt(Instant now) =>
        address is { } one && problems.Count == 0 ? WhoDesk.QuestionOf(one, port, at, doubt, now) : null;

    private static string Given(string? text) => text is null ? "" : text.Length <= TextLengthMax ? text.Trim() : text[..TextLengthMax].Trim();

    private long? Number(string key, long least, long most, string problem)
    {
        if (texts[key].Length == 0)
            return null;
        if (long.TryParse(texts[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        problems[key] = problem;
        return null;
    }

    private Instant? Moment(string key)
    {
        if (texts[key].Length == 0)
            return null;
        if (FileMoment.TryParse(texts[key], DateTimeZone.Utc, out var moment, out var problem))
            return moment;
        problems[key] = $"{problem} Write it like 2026-03-02T10:15:30Z.";
        return null;
    }
}
