using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Layout;

/// <summary>The style sheet, the script and the like: embedded in the program, addressed by their content, kept by browsers for good.</summary>
internal static class Embedded
{
    private static readonly FrozenDictionary<string, Asset> Files = Read();

    /// <summary>Where a file of <c>wwwroot</c> is found.</summary>
    public static string Url(string name) => $"/assets/{Files[name].Version}/{name}";

    public static void Map(IEndpointRouteBuilder pages) =>
        pages.MapGet("/assets/{version}/{name}", (string name, HttpContext http) =>
        {
            if (!Files.TryGetValue(name, out var file))
                return Results.NotFound();
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(file.Bytes, file.Type);
        });

    private static FrozenDictionary<string, Asset> Read()
    {
        const string folder = "wwwroot/";
        var assembly = typeof(Embedded).Assembly;
        var files = new Dictionary<string, Asset>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[resource[folder.Length..]] = new Asset(bytes, TypeOf(resource), Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
        }

        return files.ToFrozenDictionary();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        var other => throw new InvalidOperationException($"No media type for {other}."),
    };

    private sealed record Asset(byte[] Bytes, string Type, string Version);
}
