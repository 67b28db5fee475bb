using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Mailreeve.Web.Api;

/// <summary>What programs post, read whole.</summary>
internal static class RequestBody
{
    /// <summary>Whether it says that it is JSON.</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body; null when it is larger than allowed.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext http, int sizeMax, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = sizeMax;
        if (http.Request.ContentLength > sizeMax)
            return null;
        try
        {
            while (true)
            {
                var read = await http.Request.BodyReader.ReadAsync(stop);
                if (!read.IsCompleted && read.Buffer.Length <= sizeMax)
                {
                    http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                var body = read.Buffer.Length > sizeMax ? null : read.Buffer.ToArray();
                // A reading that is left open costs the client its connection.
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }
}
