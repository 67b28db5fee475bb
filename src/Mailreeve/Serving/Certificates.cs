using Mailreeve.Clerks;
using Mailreeve.Configuration;
using Mailreeve.Mail.Certificates;
using Mailreeve.Mail.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NodaTime;
using Prometheus;

namespace Mailreeve.Serving;

/// <summary>The certificates of all servers, and what keeps them fresh.</summary>
internal static class Certificates
{
    private static readonly Gauge NotAfter = Metrics.CreateGauge(
        "mailreeve_certificate_not_after_seconds", "When the certificate for this name ends, in seconds since 1970.", "name");

    /// <summary>Adds the certificates; nothing when there are none.</summary>
    public static void AddCertificates(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<AcmeChallenges>();
        if (!settings.Tls.IsOffered)
            return;
        // What a certificate is worth is decided by the machine's clock, there and here, whatever the program's says.
        IClock clock = SystemClock.Instance;
        services.AddSingleton(s => ServerCertificates.Open(settings.Tls.Pairs, clock, s.GetRequiredService<ILogger<ServerCertificates>>()))
            .AddSingleton(s => TlsWith(s.GetRequiredService<ServerCertificates>()))
            .AddHostedService(s => new CertificateWatch(
                s.GetRequiredService<ServerCertificates>(), s.GetRequiredService<ClerkHealth>(), TimeProvider.System));
        if (settings.Tls.Acme is { } acme)
        {
            services.AddHostedService(s => new CertificateFetcher(
                new AcmeRenewal(
                    acme, s.GetRequiredService<AcmeChallenges>(), s.GetRequiredService<ServerCertificates>(), clock, s.GetRequiredService<ILogger<AcmeRenewal>>()),
                s.GetRequiredService<IHostApplicationLifetime>(), TimeProvider.System, s.GetRequiredService<ILogger<CertificateFetcher>>()));
        }
    }

    /// <summary>Listens for pages under TLS, and for authorities.</summary>
    public static void ListenForPagesUnderTls(this KestrelServerOptions kestrel, Settings settings)
    {
        foreach (var endPoint in settings.WebListenTls)
        {
            var tls = kestrel.ApplicationServices.GetRequiredService<ServerTls>();
            kestrel.Listen(endPoint, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = context => ValueTask.FromResult(tls.OptionsForPages(context.ClientHelloInfo.ServerName)),
            }));
        }

        if (settings.Tls.Acme is { } acme)
            kestrel.ListenForProofs(acme);
    }

    /// <summary>Says at each collection when they end.</summary>
    public static void CountCertificates(this WebApplication app)
    {
        if (app.Services.GetService<ServerCertificates>() is not { } certificates)
            return;
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => Count(certificates.Current));
    }

    private static void Count(CertificateSet current)
    {
        var names = current.All.SelectMany(c => c.Names).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var gone in NotAfter.GetAllLabelValues().Where(l => !names.Contains(l[0])).ToList())
            NotAfter.RemoveLabelled(gone);
        foreach (var name in names)
            NotAfter.WithLabels(name).Set(current.For(name)!.NotAfter.ToUnixTimeSeconds());
    }

    private static ServerTls TlsWith(ServerCertificates certificates) => new(() => certificates.Current);
}
