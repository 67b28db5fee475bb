using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Rdap;

/// <summary>The list of who is to be asked about which addresses (RFC 9224 §5).</summary>
public static class RdapBootstrap
{
    private const int ServicesMax = 2_000;
    private const int EntriesMax = 20_000;

    /// <summary>The server for an address: that of the longest prefix around it; <see langword="null"/> when there is none, or the list is none.</summary>
    /// <param name="document">The list, JSON.</param>
    /// <param name="address">The address.</param>
    public static Uri? ServerFor(ReadOnlyMemory<byte> document, Address address)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 16 });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("services", out var services)
                || services.ValueKind != JsonValueKind.Array)
                return null;
            var (best, longest, entries) = (default(Uri), -1, 0);
            foreach (var service in services.EnumerateArray().Take(ServicesMax))
            {
                if (service.ValueKind != JsonValueKind.Array || service.GetArrayLength() < 2 || Server(service[1]) is not { } server)
                    continue;
                foreach (var text in Strings(service[0]))
                {
                    if (++entries > EntriesMax)
                        return best;
                    if (Prefix.TryParse(text, out var prefix) && prefix.IsIPv4 == address.IsIPv4 && prefix.Contains(address) && prefix.Length > longest)
                        (best, longest) = (server, prefix.Length);
                }
            }

            return best;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // In the clear anybody on the way could name another contact.
    private static Uri? Server(JsonElement urls)
    {
        foreach (var text in Strings(urls))
            if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && url.Scheme == "https")
                return url;
        return null;
    }

    private static IEnumerable<string> Strings(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)
            : [];
}
