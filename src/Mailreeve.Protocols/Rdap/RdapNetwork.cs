using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Rdap;

/// <summary>A network as its registry describes it (RFC 9083 §5.4).</summary>
/// <param name="First">Its first address.</param>
/// <param name="Last">Its last address.</param>
/// <param name="Holder">Whose it is: the name of the registrant, else of the network; <see langword="null"/> when neither is there.</param>
/// <param name="AbuseMailbox">Where it takes complaints; <see langword="null"/> when nobody is named.</param>
public sealed record RdapNetwork(Address First, Address Last, string? Holder, string? AbuseMailbox)
{
    private const int NestingMax = 4;
    private const int EntitiesMax = 50;
    private const int NameCharsMax = 100;

    /// <summary>Reads an answer to <c>ip/ADDRESS</c>.</summary>
    /// <returns><see langword="null"/> when it is something else, or does not hold the address that was asked for.</returns>
    public static RdapNetwork? Read(ReadOnlyMemory<byte> document, Address asked)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 32 });
            var root = json.RootElement;
            if (Text(root, "objectClassName") != "ip network"
                || !Address.TryParse(Text(root, "startAddress"), out var first) || !Address.TryParse(Text(root, "endAddress"), out var last)
                || asked < first || asked > last)
                return null;
            var holder = Named(root, "registrant", "fn", 0) ?? Text(root, "name");
            var mailbox = Named(root, "abuse", "email", 0);
            return new RdapNetwork(first, last, Clean(holder), IsMailbox(mailbox) ? mailbox!.ToLowerInvariant() : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A contact may stand below another: the abuse contact mostly is one of the registrant's.
    private static string? Named(JsonElement at, string role, string property, int nesting)
    {
        if (nesting >= NestingMax || at.ValueKind != JsonValueKind.Object || !at.TryGetProperty("entities", out var entities)
            || entities.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var entity in entities.EnumerateArray().Take(EntitiesMax))
            if (HasRole(entity, role) && VCard(entity, property) is { } value)
                return value;
        foreach (var entity in entities.EnumerateArray().Take(EntitiesMax))
            if (Named(entity, role, property, nesting + 1) is { } value)
                return value;
        return null;
    }

    private static bool HasRole(JsonElement entity, string role) =>
        entity.ValueKind == JsonValueKind.Object && entity.TryGetProperty("roles", out var roles) && roles.ValueKind == JsonValueKind.Array
        && roles.EnumerateArray().Any(r => r.ValueKind == JsonValueKind.String && r.ValueEquals(role));

    // jCard (RFC 7095 §3.3): ["vcard", [[name, parameters, type, value …] …]]
    private static string? VCard(JsonElement entity, string property)
    {
        if (!entity.TryGetProperty("vcardArray", out var card) || card.ValueKind != JsonValueKind.Array || card.GetArrayLength() < 2
            || card[1].ValueKind != JsonValueKind.Array)
            return null;
        foreach (var line in card[1].EnumerateArray().Take(EntitiesMax))
            if (line.ValueKind == JsonValueKind.Array && line.GetArrayLength() >= 4 && line[0].ValueKind == JsonValueKind.String && line[0].ValueEquals(property)
                && line[3].ValueKind == JsonValueKind.String && line[3].GetString() is { Length: > 0 } value)
                return value;
        return null;
    }

    private static string? Text(JsonElement at, string name) =>
        at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Clean(string? name)
    {
        if (name is null)
            return null;
        var plain = new string([.. name.Where(c => !char.IsControl(c) && c is not ('<' or '>'))]).Trim();
        return plain.Length == 0 ? null : plain.Length <= NameCharsMax ? plain : plain[..NameCharsMax];
    }

    // It goes into a mail to a stranger, so nothing unusual.
    private static bool IsMailbox(string? text) =>
        text is { Length: > 2 and <= 254 } && text.IndexOf('@', StringComparison.Ordinal) is var at and > 0 && at == text.LastIndexOf('@') && at < text.Length - 3
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+');
}
