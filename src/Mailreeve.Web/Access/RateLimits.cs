using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Mailreeve.Protocols.Net;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Mailreeve.Web.Access;

/// <summary>How often strangers may knock, counted for each network: an IPv4 address, or an IPv6 /64, which one host has to itself.</summary>
internal static class RateLimits
{
    public const string Form = "form";
    public const string Api = "api";
    public const string SignIn = "sign-in";
    public const string ClientSetup = "client-setup";
    public const string Status = "status";
    public const string Who = "who";
    public const string Detections = "detections";

    public static void Add(RateLimiterOptions limiter, WebOptions options)
    {
        limiter.AddPolicy(Form, http => ForNetwork(http, options.FormReportsPerMinute));
        limiter.AddPolicy(Api, http => ForNetwork(http, options.ApiReportsPerMinute));
        limiter.AddPolicy(SignIn, http => ForNetwork(http, options.SignInsPerMinute));
        limiter.AddPolicy(ClientSetup, http => ForNetwork(http, options.ClientSetupsPerMinute));
        limiter.AddPolicy(Status, http => ForNetwork(http, options.StatusLooksPerMinute));
        limiter.AddPolicy(Who, http => Counted(http, options.WhoQuestionsPerMinute));
        limiter.AddPolicy(Detections, http => Counted(http, options.DetectionPostsPerMinute));
        limiter.OnRejected = RefuseAsync;
    }

    /// <summary>The network that a client is counted by.</summary>
    public static string NetworkOf(IPAddress? client)
    {
        if (client is null)
            return "";
        var address = Address.From(client);
        return address.IsIPv4 ? address.ToString() : new Address(address.Bits >> 64 << 64).ToString();
    }

    private static RateLimitPartition<string> ForNetwork(HttpContext http, int perMinute) =>
        // Looking at a form costs nothing; sending it does.
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? RateLimitPartition.GetNoLimiter("")
            : Counted(http, perMinute);

    private static RateLimitPartition<string> Counted(HttpContext http, int perMinute) =>
        RateLimitPartition.GetFixedWindowLimiter(NetworkOf(http.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = perMinute,
            Window = TimeSpan.FromMinutes(1),
        });

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken stop)
    {
        var http = context.HttpContext;
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var refusal = http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? Results.Problem(statusCode: 429, title: "Too often from your network", detail: $"Wait {wait.TotalSeconds:0} seconds and send it again.")
            : Page.Message(429, "One moment, please", "That was too often for one minute. Nothing was changed; wait a minute, go back and try again.");
        await refusal.ExecuteAsync(http);
    }
}
