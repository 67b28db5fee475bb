using System.Buffers;
using System.Text.Json;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>Checks JSON values against the rules of a XARF schema; every breach is a problem that names the place.</summary>
internal sealed class XarfRules(Findings findings)
{
    private static readonly SearchValues<char> NotInMailbox = SearchValues.Create(" \t\r\n<>");

    /// <summary>Whether no rule has been broken so far.</summary>
    public bool Kept { get; private set; } = true;

    public void Fail(string place, string rule)
    {
        Kept = false;
        findings.Problem($"{place} {rule}.");
    }

    /// <summary>A required object.</summary>
    public JsonElement? Object(JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
            return value;
        Fail(name, value.ValueKind == JsonValueKind.Undefined ? "is missing" : "must be an object");
        return null;
    }

    /// <summary>A required text that passes the check.</summary>
    public string? Required(JsonElement parent, string name, Func<JsonElement, bool>? check = null, string rule = "is not valid")
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            Fail(name, "is missing");
            return null;
        }

        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text)
        {
            Fail(name, "must be a text");
            return null;
        }

        if (check is null || check(value))
            return text;
        Fail(name, $"'{Notation.Shorten(text)}' {rule}");
        return null;
    }

    /// <summary>Every property that is present and has a check must pass it; others are allowed.</summary>
    public void Each(JsonElement parent, IReadOnlyDictionary<string, Func<JsonElement, bool>> checks)
    {
        foreach (var property in parent.EnumerateObject())
            if (checks.TryGetValue(property.Name, out var check) && !check(property.Value))
                Fail(property.Name, $"'{Notation.Shorten(property.Value.ToString())}' is not valid");
    }

    public static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    public static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    public static bool IsBoolean(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    public static bool IsInteger(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _);

    public static bool IsPort(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) && port is >= 0 and < 65536;

    public static bool IsIp(JsonElement value) => IsText(value) && Address.ParseOrNull(value.GetString()) is not null;

    public static bool IsTime(JsonElement value) =>
        IsText(value) && ReportedTime.Read(value.GetString()) is { Utc: not null, Confidence: TimeConfidence.Exact or TimeConfidence.NoZone };

    public static bool IsEmail(JsonElement value) =>
        IsText(value) && value.GetString() is { } text && text.LastIndexOf('@') is > 0 and var at && at < text.Length - 1
        && !text.AsSpan().ContainsAny(NotInMailbox);

    public static bool IsHost(JsonElement value) => IsText(value) && Notation.Domain(value.GetString()) is not null;

    public static bool IsUri(JsonElement value) =>
        IsText(value) && (Notation.IsUrl(value.GetString()) || value.GetString()!.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase));
}
