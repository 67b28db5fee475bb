using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>The web site on which a domain publishes its MTA-STS policy (RFC 8461 §3.3), and nothing else.</summary>
internal sealed class PolicySite : IAsyncDisposable
{
    private readonly WebApplication app;
    private int fetched;

    private PolicySite(WebApplication app) => this.app = app;

    /// <summary>How often the policy was given.</summary>
    public int Fetched => Volatile.Read(ref fetched);

    /// <summary>Starts it, on port 443 of an address of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="at">Its address.</param>
    /// <param name="certificate">What it shows.</param>
    /// <param name="policy">The policy, a field in each line.</param>
    public static async Task<PolicySite> OpenAsync(Machine machine, IPAddress at, PeerCertificate certificate, string policy)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<SocketTransportOptions>(
            sockets => sockets.CreateBoundListenSocket = to => machine.Listen(((IPEndPoint)to).Address, ((IPEndPoint)to).Port));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            at, 443, listen => listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate.Load() })));
        var app = builder.Build();
        var site = new PolicySite(app);
        app.Run(context => site.AnswerAsync(context, policy));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context, string policy)
    {
        if (!context.Request.Host.Host.StartsWith("mta-sts.", StringComparison.Ordinal) || context.Request.Path != "/.well-known/mta-sts.txt")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref fetched);
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(policy.ReplaceLineEndings("\r\n") + "\r\n");
    }
}
