using System.Text.Json;
using Mailreeve.Protocols.Net;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Protocols.Detections;

/// <summary>Reads what sensors post: one detection as a JSON object (RFC 8259), or a list of them.</summary>
/// <remarks>Strict, so that a sensor that is set up wrongly is told at its first word: unknown fields are mistakes, and so is a field that comes twice.</remarks>
public static class DetectionReader
{
    /// <summary>Detections in one body.</summary>
    public const int CountMax = 1000;

    /// <summary>Hosts, ports or accounts of one detection.</summary>
    public const long TargetsMax = 1_000_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private static readonly string[] Fields = ["address", "type", "targets", "connected", "at", "detail"];

    // Clocks of sensors differ a little.
    private static readonly Duration Ahead = Duration.FromMinutes(5);

    // What is older counts nowhere. Whoever sends milliseconds for seconds, or the year without its century, hears of it.
    private static readonly Duration Ago = Duration.FromDays(30);

    /// <summary>Reads a body, or tells all that is wrong with it.</summary>
    /// <param name="body">The body, UTF-8.</param>
    /// <param name="types">Short names of what may be detected.</param>
    /// <param name="now">The time: nothing was seen later, but for what clocks differ.</param>
    public static DetectionReading Read(ReadOnlyMemory<byte> body, IReadOnlyCollection<string> types, Instant now)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Object => Of([json.RootElement], types, now),
                JsonValueKind.Array when json.RootElement.GetArrayLength() is > CountMax and var count => new DetectionReading.TooMany(count),
                JsonValueKind.Array => Of([.. json.RootElement.EnumerateArray()], types, now),
                _ => new DetectionReading.NotJson("Send one detection as an object, or a list of them."),
            };
        }
        catch (JsonException e)
        {
            return new DetectionReading.NotJson($"Line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON as RFC 8259 defines it, or a field comes twice.");
        }
        catch (InvalidOperationException)
        {
            // The name of a field has half of a surrogate pair.
            return new DetectionReading.NotJson("The name of a field is no text.");
        }
    }

    private static DetectionReading Of(IReadOnlyList<JsonElement> elements, IReadOnlyCollection<string> types, Instant now)
    {
        var problems = new List<DetectionProblem>();
        if (elements.Count == 0)
            problems.Add(new DetectionProblem(0, "", "The list is empty. Send nothing when nothing was seen."));
        var seen = new List<SaidDetection>(elements.Count);
        for (var index = 0; index < elements.Count; index++)
        {
            if (One(elements[index], index, types, now, problems) is { } one)
                seen.Add(one);
        }

        return problems.Count == 0 ? new DetectionReading.Good(seen) : new DetectionReading.Bad(problems);
    }

    private static SaidDetection? One(JsonElement element, int index, IReadOnlyCollection<string> types, Instant now, List<DetectionProblem> problems)
    {
        var before = problems.Count;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Wrong("", "A detection is an object.");
            return null;
        }

        if (element.EnumerateObject().Any(p => !Fields.Contains(p.Name, StringComparer.Ordinal)))
            Wrong("", $"A detection consists of {string.Join(", ", Fields)}, and of nothing else. Who saw it, the key says.");
        var address = Address.ParseOrNull(Text("address"));
        if (address is null)
            Wrong("address", "Write it like \"198.51.100.7\" or \"2001:db8::7\".");
        var type = Text("type");
        if (type is null || !types.Contains(type))
            Wrong("type", $"It is one of {string.Join(", ", types.Order(StringComparer.Ordinal))}.");
        var targets = Value("targets") is { } number ? number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var whole) ? whole : 0 : 1;
        if (targets is < 1 or > TargetsMax)
            Wrong("targets", $"Targets are 1 to {TargetsMax}.");
        var connected = Value("connected")?.ValueKind ?? JsonValueKind.False;
        if (connected is not (JsonValueKind.True or JsonValueKind.False))
            Wrong("connected", "It is true or false.");
        var at = Value("at") is { } time ? MomentOf(time) : null;
        if (at is null)
            Wrong("at", "Write it like \"2026-03-02T10:15:30Z\", or as seconds since 1970. Without it a second telling could not be told from another attack.");
        else if (at > now + Ahead || at < now - Ago)
            Wrong("at", at > now ? "This is later than our clock." : $"This is more than {Ago.Days} days ago.");
        var detail = Value("detail") is null ? "" : Text("detail");
        if (detail is null)
            Wrong("detail", "It is a text.");
        return problems.Count == before ? new SaidDetection(address!.Value, type!, targets, connected == JsonValueKind.True, at!.Value, detail!) : null;

        void Wrong(string field, string problem) => problems.Add(new DetectionProblem(index, field, problem));

        JsonElement? Value(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        string? Text(string name) => Value(name) is { ValueKind: JsonValueKind.String } value ? TextOf(value) : null;
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    // RFC 3339, or seconds since 1970 as fail2ban counts them, with a fraction.
    private static Instant? MomentOf(JsonElement value)
    {
        const decimal secondsMax = 253_402_300_799m;
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetDecimal(out var seconds) && seconds is >= 0 and <= secondsMax
                ? Instant.FromUnixTimeMilliseconds((long)(seconds * 1000))
                : null;
        }

        return value.ValueKind == JsonValueKind.String && TextOf(value) is { } text && OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time)
            ? Instant.FromUnixTimeMilliseconds(time.ToInstant().ToUnixTimeMilliseconds())
            : null;
    }
}
