using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mailreeve.Web.Layout;

/// <summary>Pages as results of a handler: the handler asks and decides, the component only shows.</summary>
internal static class Page
{
    /// <summary>The page that this component renders.</summary>
    /// <param name="parameters">An object whose properties are the component's parameters.</param>
    /// <param name="status">HTTP status.</param>
    public static IResult Of<T>(object? parameters = null, int status = StatusCodes.Status200OK)
        where T : IComponent =>
        new RazorComponentResult<T>(parameters ?? new { }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>A page that says one thing.</summary>
    public static IResult Message(int status, string title, string text) => Of<MessagePage>(new { Title = title, Text = text }, status);

    /// <summary>There is nothing here; the same for what one may not see.</summary>
    public static IResult NotFound() =>
        Message(StatusCodes.Status404NotFound, "Not found", "There is nothing at this address, or it is not yours to see.");

    /// <summary>After a form was acted on: the page to look at next, so that reloading it does nothing twice.</summary>
    public static IResult SeeOther(string path) => new SeeOtherResult(path);

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
