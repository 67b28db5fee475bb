using System.Globalization;
using Mailreeve.Network.Who;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Desk;

/// <summary>Who had an address at a time, for operators.</summary>
internal static class WhoPages
{
    private const int TextLengthMax = 100;

    public static void Map(IEndpointRouteBuilder desk) => desk.MapGet("/who", AskAsync).For(DeskAction.SeeCustomers);

    private static async Task<IResult> AskAsync(
        string? address, string? port, string? at, string? known, HttpContext http, Database database, WebOptions options, IClock clock, CancellationToken stop)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        var asked = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["address"] = Given(address),
            ["port"] = Given(port),
            ["at"] = Given(at),
            ["known"] = Given(known),
        };
        var read = Address.ParseOrNull(asked["address"]);
        if (read is null && asked["address"].Length > 0)
            problems["address"] = "Write it like 198.51.100.7 or 2001:db8::7.";
        var number = ushort.TryParse(asked["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) && p > 0 ? (int?)p : null;
        if (number is null && asked["port"].Length > 0)
            problems["port"] = "A port is 1 to 65535.";
        var when = Moment("at", asked, problems);
        var knownAt = Moment("known", asked, problems);

        WhoFinding? finding = null;
        if (read is { } one && problems.Count == 0)
        {
            var question = WhoDesk.QuestionOf(one, number, when, WhoDesk.UsualDoubt, clock.GetCurrentInstant());
            finding = await database.ReadAsync(db => WhoDesk.AskAsync(db, options.Provider, question, knownAt, stop), stop);
        }

        return Page.Of<WhoPage>(new
        {
            Asked = (IReadOnlyDictionary<string, string>)asked,
            Problems = (IReadOnlyDictionary<string, string>)problems,
            Finding = finding,
            MayPlace = SignedIn.May(http.User, DeskAction.PlaceBlocks),
        });
    }

    private static string Given(string? text) => text is null ? "" : text.Length <= TextLengthMax ? text.Trim() : text[..TextLengthMax].Trim();

    private static Instant? Moment(string key, Dictionary<string, string> asked, Dictionary<string, string> problems)
    {
        if (asked[key].Length == 0)
            return null;
        if (FileMoment.TryParse(asked[key], DateTimeZone.Utc, out var moment, out var problem))
            return moment;
        problems[key] = $"{problem} Write it like 2026-03-02T10:15:30Z.";
        return null;
    }
}
