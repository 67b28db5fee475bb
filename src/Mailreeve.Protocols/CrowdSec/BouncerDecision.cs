using System.Globalization;
using System.Text.Json;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.CrowdSec;

/// <summary>One decision, as the bouncers of CrowdSec read it from its local API (version 1).</summary>
/// <param name="Id">Its number.</param>
/// <param name="Prefix">Whom it stops.</param>
/// <param name="For">For how long from now; below zero when it is over.</param>
/// <param name="Scenario">Why, as it stands in a bouncer's log.</param>
public readonly record struct BouncerDecision(long Id, Prefix Prefix, Duration For, string Scenario)
{
    /// <summary>By whom decisions are, as bouncers can choose by.</summary>
    public const string Origin = "mailreeve";

    private static readonly JsonEncodedText Ban = JsonEncodedText.Encode("ban");
    private static readonly JsonEncodedText EncodedOrigin = JsonEncodedText.Encode(Origin);

    /// <summary>Writes it as an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("duration"u8, TextOf(For));
        json.WriteNumber("id"u8, Id);
        json.WriteString("origin"u8, EncodedOrigin);
        json.WriteString("scenario"u8, Scenario);
        json.WriteString("scope"u8, Prefix.IsSingle ? "Ip"u8 : "Range"u8);
        json.WriteString("type"u8, Ban);
        json.WriteString("value"u8, Prefix.ToString());
        json.WriteEndObject();
    }

    // As Go prints durations; with all parts, for some bouncers look for the hours, or for the point.
    private static string TextOf(Duration duration)
    {
        var milliseconds = (long)Math.Abs(duration.TotalMilliseconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(duration < Duration.Zero ? "-" : "")}{milliseconds / 3_600_000}h{milliseconds / 60_000 % 60}m{milliseconds / 1000 % 60}.{milliseconds % 1000:000}s");
    }
}
