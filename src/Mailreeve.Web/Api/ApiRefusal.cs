using Microsoft.AspNetCore.Http;

namespace Mailreeve.Web.Api;

/// <summary>Why a program is given nothing (RFC 9457).</summary>
internal static class ApiRefusal
{
    /// <summary>The answer.</summary>
    /// <param name="status">Of HTTP, 400 or more.</param>
    /// <param name="title">What is wrong, in a few words; the same for the same.</param>
    /// <param name="detail">What to do about it, as a sentence.</param>
    public static IResult Of(int status, string title, string detail) => Results.Problem(statusCode: status, title: title, detail: detail);
}
