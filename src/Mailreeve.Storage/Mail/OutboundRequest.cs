using System.Text.Json;
using System.Text.Json.Serialization;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Storage.Mail;

/// <summary>What a sender asked for beyond the sending itself, as it stands in <c>outbound.options</c>.</summary>
public sealed record OutboundRequest
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>When the sender wants to hear of this recipient (RFC 3461 §4.1); <see langword="null"/> for what servers usually do.</summary>
    public NotifyWhen? Notify { get; init; }

    /// <summary>The recipient as the sender first wrote it: <c>rfc822;kim@provider.example</c>, decoded (RFC 3461 §4.2).</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>The sender's own name for the message, decoded (RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether a notification of failure brings the whole message back (RFC 3461 §4.3); <see langword="null"/> when nothing was said.</summary>
    public bool? ReturnFull { get; init; }

    /// <summary>Whether the message has octets above 127 in its body (RFC 6152).</summary>
    public bool EightBit { get; init; }

    /// <summary>Whether addresses or header need SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>Nothing: what stands in the column is null.</summary>
    [JsonIgnore]
    public bool IsNothing => this == new OutboundRequest();

    /// <summary>The text in the column; <see langword="null"/> for nothing.</summary>
    public string? Write() => IsNothing ? null : JsonSerializer.Serialize(this, Options);

    /// <summary>Reads the column.</summary>
    /// <exception cref="JsonException">Not something that was written here.</exception>
    public static OutboundRequest Read(string? text) =>
        text is null ? Nothing : JsonSerializer.Deserialize<OutboundRequest>(text, Options) ?? Nothing;

    /// <summary>A request for nothing.</summary>
    public static readonly OutboundRequest Nothing = new();
}
