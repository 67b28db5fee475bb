using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Web.Access;

/// <summary>
/// Refuses a form that did not come from a page of ours. It stands before every handler that acts for someone who is signed in, or
/// signs someone in; the public report form acts for nobody, and works without cookies.
/// </summary>
internal sealed class FormGuard : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return await next(context);

        var antiforgery = http.RequestServices.GetRequiredService<IAntiforgery>();
        return await IsValidAsync(antiforgery, http)
            ? await next(context)
            : Page.Message(
                StatusCodes.Status400BadRequest,
                "This page was open for too long",
                "Nothing was changed. Go back, load the page again and repeat what you did.");
    }

    private static async Task<bool> IsValidAsync(IAntiforgery antiforgery, HttpContext http)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(http);
        }
        catch (AntiforgeryValidationException)
        {
            // No form at all: something in it cannot be read, such as a NUL.
            return false;
        }
    }
}
