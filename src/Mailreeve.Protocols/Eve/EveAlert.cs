using System.Globalization;
using System.Text.Json;
using Mailreeve.Protocols.Net;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.Eve;

/// <summary>An alert of Suricata's EVE log (docs.suricata.io, "EVE JSON Format"), one JSON object a line.</summary>
public sealed record EveAlert
{
    /// <summary>Octets that a line may have; what is longer is no alert that could be understood.</summary>
    public const int LineBytesMax = 256 * 1024;

    private const int DepthMax = 32;

    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>Who attacked: what the rule names as the source of the attack, or else who sent the packet to a server.</summary>
    public required Address Attacker { get; init; }

    /// <summary>Its port; null for protocols without.</summary>
    public int? AttackerPort { get; init; }

    /// <summary>Whom.</summary>
    public required Address Target { get; init; }

    /// <summary>The port there; null for protocols without.</summary>
    public int? TargetPort { get; init; }

    /// <summary>The number of the rule.</summary>
    public required long Signature { get; init; }

    /// <summary>What the rule says; empty when it says nothing.</summary>
    public required string Message { get; init; }

    /// <summary>The classification of the rule, in words; empty for none.</summary>
    public required string Category { get; init; }

    /// <summary>From 1, the worst.</summary>
    public required long Severity { get; init; }

    /// <summary>
    /// Whether a connection was made: the protocol above TCP is known only of one whose both ends were heard. The source of anything else is
    /// whatever the packet says.
    /// </summary>
    public required bool IsTwoWay { get; init; }

    /// <summary>Whether a line may be an alert: a cheap look, before it is read.</summary>
    public static bool MayBe(ReadOnlySpan<byte> line) => line.IndexOf("\"alert\""u8) >= 0;

    /// <summary>Reads a line.</summary>
    /// <returns><see langword="null"/> when it is no alert, or none that names an attacker and a target.</returns>
    public static EveAlert? Read(ReadOnlyMemory<byte> line)
    {
        if (line.Length > LineBytesMax)
            return null;
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = DepthMax });
            return Of(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second for text with half of a surrogate pair.
            return null;
        }
    }

    private static EveAlert? Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "event_type") != "alert" || Child(root, "alert") is not { } alert
            || TimeOf(Text(root, "timestamp")) is not { } at || Number(alert, "signature_id") is not { } signature)
            return null;
        // The rule itself may say who attacks (keyword "target"). Otherwise the packet's source is it, unless the packet is an answer.
        var (from, to) = (Child(alert, "source"), Child(alert, "target"));
        if ((from is null || to is null) && Text(root, "direction") == "to_client")
            return null;
        var attacker = from is { } f && to is not null ? EndOf(f, "ip", "port") : EndOf(root, "src_ip", "src_port");
        var target = from is not null && to is { } t ? EndOf(t, "ip", "port") : EndOf(root, "dest_ip", "dest_port");
        if (attacker is not { } a || target is not { } b)
            return null;
        return new EveAlert
        {
            At = at,
            Attacker = a.Address,
            AttackerPort = a.Port,
            Target = b.Address,
            TargetPort = b.Port,
            Signature = signature,
            Message = Text(alert, "signature") ?? "",
            Category = Text(alert, "category") ?? "",
            Severity = Number(alert, "severity") ?? long.MaxValue,
            IsTwoWay = Text(root, "proto") == "TCP" && Text(root, "app_proto") is { Length: > 0 } and not ("failed" or "unknown"),
        };
    }

    private static (Address Address, int? Port)? EndOf(JsonElement of, string address, string port) =>
        Address.ParseOrNull(Text(of, address)) is { } read ? (read, Number(of, port) is >= 1 and <= 65535 and var number ? (int)number : null) : null;

    // 2017-04-07T22:24:37.251547+0100: without the colon that ISO 8601 has beside those of the time.
    private static Instant? TimeOf(string? text)
    {
        if (text is null || text.Length < 5)
            return null;
        if (text[^5] is '+' or '-')
            text = string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(..^2)}:{text.AsSpan(^2..)}");
        return OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time) ? time.ToInstant() : null;
    }

    private static JsonElement? Child(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
