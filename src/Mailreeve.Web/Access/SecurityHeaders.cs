using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Mailreeve.Web.Access;

/// <summary>Headers on every answer: no foreign or inline script, no frames, no guessing of types, no address in a referrer.</summary>
internal static class SecurityHeaders
{
    // Texts of strangers are shown on these pages. Should one ever get through unescaped, it still finds nothing to run or to call.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app, bool isTls) =>
        app.Use(next => http =>
        {
            // At the last moment: a page about a failure begins with cleared headers, and needs these most.
            http.Response.OnStarting(static state => Set(((HttpResponse, bool))state), (http.Response, isTls));
            return next(http);
        });

    private static Task Set((HttpResponse Response, bool IsTls) answer)
    {
        var headers = answer.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (answer.IsTls)
            headers.StrictTransportSecurity = "max-age=31536000";
        // Pages hold what only one reader may see; what may be kept says so itself.
        if (!headers.CacheControl.ToString().Contains("public", StringComparison.Ordinal))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
