using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

/// <summary>The web site of a domain that publishes a policy, or takes reports.</summary>
internal sealed class PolicySite : IAsyncDisposable
{
    private readonly WebApplication app;

    private PolicySite(WebApplication app) => this.app = app;

    public int Port => new Uri(app.Urls.First()).Port;

    /// <param name="certificate">What it shows.</param>
    /// <param name="authority">Who vouches for it; sent along.</param>
    /// <param name="answer">Answers every request.</param>
    public static async Task<PolicySite> OpenAsync(X509Certificate2 certificate, Certificates authority, Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate, ServerCertificateChain = [authority.Authority] })));
        var app = builder.Build();
        app.Run(context => answer(context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PolicySite(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
