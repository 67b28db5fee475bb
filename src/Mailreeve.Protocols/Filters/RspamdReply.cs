using System.Text.Json;

namespace Mailreeve.Protocols.Filters;

/// <summary>What Rspamd would have done with a message.</summary>
public enum RspamdAction
{
    /// <summary>Nothing.</summary>
    NoAction,

    /// <summary>Put it off once.</summary>
    Greylist,

    /// <summary>Mark it as spam.</summary>
    AddHeader,

    /// <summary>Mark it as spam in its subject.</summary>
    RewriteSubject,

    /// <summary>Put it off.</summary>
    SoftReject,

    /// <summary>Refuse it.</summary>
    Reject,
}

/// <summary>Rspamd's answer to <c>/checkv2</c>.</summary>
/// <param name="Action">What it would have done.</param>
/// <param name="Score">How bad it found the message.</param>
public sealed record RspamdReply(RspamdAction Action, double Score)
{
    /// <summary>Reads the JSON.</summary>
    /// <returns><see langword="null"/> when it is not such an answer.</returns>
    public static RspamdReply? ReadOrNull(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var document = JsonElement.ParseValue(ref reader);
            if (document.ValueKind != JsonValueKind.Object
                || !document.TryGetProperty("action", out var action) || action.ValueKind != JsonValueKind.String
                || !document.TryGetProperty("score", out var score) || !score.TryGetDouble(out var value))
                return null;
            return ActionOf(action.GetString()!) is { } known ? new RspamdReply(known, value) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static RspamdAction? ActionOf(string action) => action switch
    {
        "no action" => RspamdAction.NoAction,
        "greylist" => RspamdAction.Greylist,
        "add header" => RspamdAction.AddHeader,
        "rewrite subject" => RspamdAction.RewriteSubject,
        "soft reject" => RspamdAction.SoftReject,
        "reject" => RspamdAction.Reject,
        _ => null,
    };
}
