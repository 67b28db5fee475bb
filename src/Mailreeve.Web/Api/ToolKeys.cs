using Mailreeve.Network;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using Microsoft.AspNetCore.Http;

namespace Mailreeve.Web.Api;

/// <summary>The keys of the operator's own tools and sensors (<c>mailreeve api-key add</c>).</summary>
internal static class ToolKeys
{
    private const string Scheme = "Bearer ";

    /// <summary>Whose key a request came with, when it is for this purpose.</summary>
    /// <returns>The key; or else why the request is refused.</returns>
    public static async Task<(ApiKeyRow? Key, IResult? Refusal)> FindAsync(
        HttpContext http, Database database, ApiKeyPurpose purpose, CancellationToken stop)
    {
        if (await WhoseAsync(http, database, stop) is not { } key)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return (null, ApiRefusal.Of(401, "No key of ours", "Send Authorization: Bearer KEY, with a key that 'mailreeve api-key add' has printed."));
        }

        return key.Purpose == purpose
            ? (key, null)
            : (null, ApiRefusal.Of(403, "A key for something else", $"This needs a key that was made with 'mailreeve api-key add NAME --for {EnumText.Of(purpose)}'."));
    }

    private static async Task<ApiKeyRow?> WhoseAsync(HttpContext http, Database database, CancellationToken stop)
    {
        var value = http.Request.Headers.Authorization.ToString();
        // Whoever has no key at all costs no look into the database.
        var key = value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
        if (!ProgramKey.IsOne(key))
            return null;
        var all = await database.ReadAsync(db => new ApiKeyStore(db).InUseAsync(stop), stop);
        return ProgramKey.OwnerOf(key, all, k => k.KeyHash);
    }
}
