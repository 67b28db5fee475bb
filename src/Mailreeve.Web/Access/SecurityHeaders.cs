using Microsoft.AspNetCore.Builder;

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
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers.CacheControl = "no-store";
            if (isTls)
                headers.StrictTransportSecurity = "max-age=31536000";
            return next(http);
        });
}
