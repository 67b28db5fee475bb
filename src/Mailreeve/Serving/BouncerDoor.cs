using Mailreeve.Configuration;
using Mailreeve.Mail.Wire;
using Mailreeve.Network.Bouncers;
using Mailreeve.Policy;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>Where bouncers ask which addresses are blocked: listeners of its own, which have nothing else.</summary>
internal static class BouncerDoor
{
    /// <summary>Adds what answers, when it is to listen anywhere.</summary>
    public static void AddBouncers(this IServiceCollection services, Settings settings)
    {
        if (!settings.Enforcement.Bouncers.IsServed)
            return;
        services.AddSingleton(s => new BouncerHandOver(
                s.GetRequiredService<Database>(), s.GetRequiredService<LiveViews>(), s.GetRequiredService<Provider>().NeverBlock, s.GetRequiredService<IClock>()))
            .AddSingleton<BouncerApi>();
    }

    /// <summary>Listens where the configuration says.</summary>
    public static void ListenForBouncers(this KestrelServerOptions kestrel, Settings settings)
    {
        foreach (var endPoint in settings.Enforcement.Bouncers.Listen)
            kestrel.Listen(endPoint, Mark);
        foreach (var endPoint in settings.Enforcement.Bouncers.ListenTls)
        {
            var tls = kestrel.ApplicationServices.GetRequiredService<ServerTls>();
            kestrel.Listen(endPoint, listen =>
            {
                Mark(listen);
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => ValueTask.FromResult(tls.OptionsForPages(context.ClientHelloInfo.ServerName)),
                });
            });
        }
    }

    /// <summary>Answers those who came in there, before all pages.</summary>
    public static void UseBouncers(this WebApplication app)
    {
        if (app.Services.GetService<BouncerApi>() is { } api)
            app.UseWhen(http => http.Features.Get<Door>() is not null, bouncers => bouncers.Run(api.AnswerAsync));
    }

    private static void Mark(ListenOptions listen) =>
        listen.Use(next => connection =>
        {
            connection.Features.Set(Door.Instance);
            return next(connection);
        });

    /// <summary>Marks a connection that came in there.</summary>
    private sealed class Door
    {
        public static readonly Door Instance = new();
    }
}
