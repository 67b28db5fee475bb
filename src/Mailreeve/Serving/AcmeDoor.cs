using Mailreeve.Mail.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Serving;

/// <summary>Where a certificate authority finds our proofs: among the pages, and at a listener that has nothing else (RFC 8555 §8.3).</summary>
internal static class AcmeDoor
{
    /// <summary>Listens for an authority there, in plain HTTP. Whoever else comes is sent to the pages.</summary>
    public static void ListenForProofs(this KestrelServerOptions kestrel, AcmeOptions acme)
    {
        foreach (var endPoint in acme.Listen)
        {
            kestrel.Listen(endPoint, listen => listen.Use(next => connection =>
            {
                connection.Features.Set(Door.Instance);
                return next(connection);
            }));
        }
    }

    /// <summary>Answers before all pages: it must not matter to an authority which of them there are.</summary>
    public static void UseProofs(this WebApplication app, string baseUrl)
    {
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments(AcmeChallenges.Path, StringComparison.Ordinal),
            proofs => proofs.Run(AnswerAsync));
        app.UseWhen(
            http => http.Features.Get<Door>() is not null,
            others => others.Run(http => SendOn(http, baseUrl)));
    }

    private static Task AnswerAsync(HttpContext http)
    {
        var token = http.Request.Path.Value![AcmeChallenges.Path.Length..].TrimStart('/');
        if (http.RequestServices.GetRequiredService<AcmeChallenges>().Find(token) is { } answer)
        {
            http.Response.ContentType = "application/octet-stream";
            return http.Response.WriteAsync(answer);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    // Not for ever: whoever comes may be a mail program that asks there every day.
    private static Task SendOn(HttpContext http, string baseUrl)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            http.Response.Redirect($"{baseUrl}{http.Request.Path.ToUriComponent()}{http.Request.QueryString}", permanent: false);
        else
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>Marks a connection that came in there.</summary>
    private sealed class Door
    {
        public static readonly Door Instance = new();
    }
}
