using System.Text.Json;
using System.Text.Json.Serialization;
using Mailreeve.Policy;
using Mailreeve.Policy.Cases;
using NodaTime;

namespace Mailreeve.Storage;

/// <summary>The JSON of a case's events: ids are numbers, instants UTC milliseconds, enums text.</summary>
public static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower),
            new NumberConverter<Instant>(i => i.ToUnixTimeMilliseconds(), Instant.FromUnixTimeMilliseconds),
            new NumberConverter<CustomerId>(i => i.Value, n => new CustomerId(n)),
            new NumberConverter<ReportId>(i => i.Value, n => new ReportId(n)),
            new NumberConverter<EventId>(i => i.Value, n => new EventId(n)),
            new NumberConverter<NoticeId>(i => i.Value, n => new NoticeId(n)),
            new NumberConverter<ResponseId>(i => i.Value, n => new ResponseId(n)),
            new NumberConverter<ChargeId>(i => i.Value, n => new ChargeId(n)),
            new NumberConverter<BlockId>(i => i.Value, n => new BlockId(n)),
            new NumberConverter<DecisionId>(i => i.Value, n => new DecisionId(n)),
        },
    };

    /// <summary>Writes an event.</summary>
    public static string Write(CaseEvent happened) => JsonSerializer.Serialize(happened, Options);

    /// <summary>Reads an event.</summary>
    /// <exception cref="JsonException">Not one that this version knows.</exception>
    public static CaseEvent Read(string json) =>
        JsonSerializer.Deserialize<CaseEvent>(json, Options) ?? throw new JsonException("null is not an event.");

    private sealed class NumberConverter<T>(Func<T, long> toNumber, Func<long, T> fromNumber) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => fromNumber(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(toNumber(value));
    }
}
