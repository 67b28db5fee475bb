using Mailreeve.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Api;

/// <summary>For whoever watches the program: <c>/health/live</c> says that it runs, <c>/health/ready</c> that it can work.</summary>
internal static class Health
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/health/live", () => Results.Text("alive"));
        pages.MapGet("/health/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(Database database, WebOptions options, CancellationToken stop)
    {
        try
        {
            await database.PingAsync(stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // The kind only: a connection string in a message must not reach whoever asks.
            return NotReady([$"The database does not answer ({e.GetType().Name})."]);
        }

        var problems = await options.NotReady(stop);
        return problems.Count == 0 ? Results.Text("ready") : NotReady(problems);
    }

    private static IResult NotReady(IReadOnlyList<string> problems) =>
        Results.Text(string.Join('\n', problems), statusCode: StatusCodes.Status503ServiceUnavailable);
}
