using Mailreeve.AbuseDesk.Desk;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Network;
using Mailreeve.Web.Access;
using Mailreeve.Web.Admin;
using Mailreeve.Web.Api;
using Mailreeve.Web.ClientSetup;
using Mailreeve.Web.Layout;
using Mailreeve.Web.Desk;
using Mailreeve.Web.Mailboxes;
using Mailreeve.Web.Portal;
using Mailreeve.Web.Public;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mailreeve.Web;

/// <summary>
/// The pages and the JSON API, by audience: Public, Portal (customers), Desk (operators), Admin, Api. Handlers ask the stores and the
/// desk; components show; no rule is made here.
/// </summary>
/// <remarks>
/// The host registers <c>Database</c>, <c>LiveViews</c>, <c>IClock</c>, <c>MailServices</c>, <c>PublicSuffixList</c> and the slices before; limits are in <see cref="WebOptions"/>.
/// </remarks>
public static class WebSetup
{
    /// <summary>Registers what the pages need.</summary>
    public static IServiceCollection AddMailreeveWeb(this IServiceCollection services, WebOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ReportStatuses>();
        services.AddSingleton<ReportIntake>();
        services.AddSingleton<PortalCases>();
        services.AddSingleton<BlockLifting>();
        services.AddSingleton<BlockDesk>();
        services.AddSingleton<BlockProposals>();
        services.AddSingleton<NameBlockDesk>();
        // Where nobody says who suspends services, a person does.
        services.TryAddSingleton(new SuspensionBackEnds([], EndsSessions: false));
        services.AddSingleton<SuspensionDesk>();
        services.AddSingleton<MailboxForms>();
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddProblemDetails();
        services.AddDataProtection()
            .PersistKeysToFileSystem(System.IO.Directory.CreateDirectory(options.KeysFolder))
            .SetApplicationName("mailreeve");
        services.AddAntiforgery(form => Configure(form, options));
        services.AddRateLimiter(limiter => RateLimits.Add(limiter, options));
        services.AddSignIn(options);
        return services;
    }

    /// <summary>Maps all pages, in the order in which a request passes through.</summary>
    public static WebApplication MapMailreeveWeb(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<WebOptions>();
        UseProxies(app, options);
        app.UseSecurityHeaders(options.IsTls);
        app.UseExceptionHandler(failed => failed.Run(FailAsync));
        app.UseStatusCodePages(ShowStatusAsync);
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();

        Embedded.Map(app);
        Health.Map(app);
        ReportsApi.Map(app);
        WhoApi.Map(app);
        DetectionsApi.Map(app);
        PublicPages.Map(app);
        ReportPages.Map(app);
        PostmasterAnswerPages.Map(app);
        ClientSetupPages.Map(app);
        SignInPages.Map(app);
        PortalPages.Map(app);
        DeskPages.Map(app);
        AdminPages.Map(app);
        return app;
    }

    private static void Configure(AntiforgeryOptions form, WebOptions options)
    {
        form.FormFieldName = "form-token";
        form.Cookie.Name = "mailreeve-form";
        form.Cookie.HttpOnly = true;
        form.Cookie.SameSite = SameSiteMode.Strict;
        form.Cookie.SecurePolicy = options.IsTls ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        form.SuppressXFrameOptionsHeader = true;
    }

    private static void UseProxies(WebApplication app, WebOptions options)
    {
        if (options.TrustedProxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.TrustedProxies)
        {
            var first = proxy.First.ToIPAddress();
            forwarded.KnownIPNetworks.Add(new System.Net.IPNetwork(first, proxy.First.IsIPv4 ? proxy.Length - 96 : proxy.Length));
        }

        app.UseForwardedHeaders(forwarded);
    }

    private static Task FailAsync(HttpContext http) =>
        (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? Results.Problem(statusCode: 500, title: "This did not work", detail: "The fault is ours, and is in our log. Send it again in a minute.")
            : Page.Message(500, "This did not work", "The fault is ours, and is in our log. Try again in a minute."))
        .ExecuteAsync(http);

    private static Task ShowStatusAsync(Microsoft.AspNetCore.Diagnostics.StatusCodeContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            return Results.Problem(statusCode: status).ExecuteAsync(http);
        return (status switch
        {
            404 => Page.NotFound(),
            403 => Page.Message(403, "Not for you", "You are signed in, but this needs another role."),
            405 => Page.Message(405, "Not like this", "This address does not do what was asked of it."),
            _ => Page.Message(status, "This did not work", "Go back and try again."),
        }).ExecuteAsync(http);
    }
}
