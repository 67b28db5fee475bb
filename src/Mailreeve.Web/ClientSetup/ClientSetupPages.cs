using Mailreeve.AbuseDesk.Cases;
using Mailreeve.Protocols.ClientSetup;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.ClientSetup;

/// <summary>Help with setting up a mail program (C9): for programs the files that they ask for, for people a page with the steps.</summary>
/// <remarks>
/// All of it is public, and follows from the domain of an address alone: nobody learns here whether a mailbox exists. Paths match in any
/// case; Outlook alone writes <c>autodiscover</c> in three ways.
/// </remarks>
internal static class ClientSetupPages
{
    private const string Xml = "text/xml; charset=utf-8";
    private const string AutodiscoverPath = "/autodiscover/autodiscover.xml";

    public static void Map(IEndpointRouteBuilder pages)
    {
        // The first one is asked for at the domain itself, the second one at autoconfig.DOMAIN.
        pages.MapGet("/.well-known/autoconfig/mail/config-v1.1.xml", Autoconfigured);
        pages.MapGet("/mail/config-v1.1.xml", Autoconfigured);
        pages.MapGet(AutodiscoverPath, Redirected);
        pages.MapPost(AutodiscoverPath, DiscoveredAsync).RequireRateLimiting(RateLimits.ClientSetup);
        pages.MapGet("/autodiscover/autodiscover.json", Pointed);
        pages.MapGet("/autodiscover/autodiscover.json/v1.0/{address}", Pointed);
        pages.MapGet("/setup", Shown);
        pages.MapGet("/setup/mailreeve.mobileconfig", Profiled);
    }

    private static IResult Autoconfigured(HttpContext http, MailServices services)
    {
        // With no address, or a placeholder that a program left as it was, the provider's own settings: they are the same for everyone.
        var asked = Asked(http.Request, "emailaddress");
        if (!services.AreOffered || asked is not null && !services.Serves(asked.Domain))
            return Page.NotFound();
        http.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Bytes(Autoconfig.Write(services, asked?.Domain), Xml);
    }

    private static async Task<IResult> DiscoveredAsync(HttpContext http, MailServices services, IClock clock, CancellationToken stop)
    {
        if (await ReadAsync(http, stop) is not { } body || AutodiscoverRequest.ParseOrNull(body) is not { } request)
            return Fault(AutodiscoverFault.InvalidRequest, clock);
        return request.WantsMailSettings ? Settings(request.Address, services, clock) : Fault(AutodiscoverFault.NotThatKind, clock);
    }

    private static IResult Redirected(HttpContext http, MailServices services, IClock clock)
    {
        if (Asked(http.Request, "emailaddress", "email") is { } address)
            return Settings(address, services, clock);

        // Outlook's last step for a customer's own domain, whose name is not in our certificate: it asks there without TLS, and shows its
        // user the address that it is sent to. Names that do not begin so were not reached by that CNAME, and could go in circles.
        return http.Request.Host.Host.StartsWith("autodiscover.", StringComparison.OrdinalIgnoreCase)
            && !http.Request.Host.Host.Equals(services.WebHost, StringComparison.OrdinalIgnoreCase)
            ? Results.Redirect($"{services.BaseUrl}{AutodiscoverPath}")
            : Fault(AutodiscoverFault.InvalidRequest, clock);
    }

    // The JSON of newer programs only says where something is. Of what they may ask for, the settings above are all we have.
    private static IResult Pointed(HttpContext http, MailServices services)
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return http.Request.Query["Protocol"].ToString().Equals("AutodiscoverV1", StringComparison.OrdinalIgnoreCase)
            ? Results.Json(new { Protocol = "AutodiscoverV1", Url = $"{services.BaseUrl}{AutodiscoverPath}" }, Json)
            : Results.Json(
                new { ErrorCode = "InvalidProtocol", ErrorMessage = "The only protocol is 'AutodiscoverV1'." }, Json, statusCode: StatusCodes.Status400BadRequest);
    }

    private static IResult Profiled(HttpContext http, MailServices services)
    {
        if (Asked(http.Request, "address") is not { } address || !services.Serves(address.Domain) || AppleProfile.WriteOrNull(services, address) is not { } profile)
            return Page.NotFound();
        return Results.Bytes(profile, AppleProfile.MediaType, "mailreeve.mobileconfig");
    }

    private static IResult Shown(HttpContext http, MailServices services, CaseBooks books)
    {
        var typed = http.Request.Query["address"].ToString();
        var address = SetupAddress.ParseOrNull(typed);
        var problem = typed.Trim().Length == 0 ? null
            : address is null ? "This is no mail address. It looks like name@" + services.Domains[0] + "."
            : services.Serves(address.Domain) ? null
            : "There are no mailboxes of this domain here. Look for a slip of the pen behind the @.";
        return Page.Of<SetupPage>(
            new { Address = problem is null ? address : null, Problem = problem, books.Policy },
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Json = new();

    private static IResult Settings(Mailbox address, MailServices services, IClock clock) =>
        services.AreOffered && services.Serves(address.Domain)
            ? Results.Bytes(Autodiscover.WriteSettings(services, address), Xml)
            : Fault(AutodiscoverFault.NotOurs, clock);

    private static IResult Fault(AutodiscoverFault fault, IClock clock) =>
        Results.Bytes(Autodiscover.WriteFault(fault, clock.GetCurrentInstant()), Xml);

    private static Mailbox? Asked(HttpRequest request, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (SetupAddress.ParseOrNull(request.Query[name].ToString()) is { } address)
                return address;
        }

        return null;
    }

    /// <summary>The body; null when it is larger than any request.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext http, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = AutodiscoverRequest.BytesMax;
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, stop);
            return body.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }
}
