using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodaTime;

namespace Mailreeve.Network.Webhooks;

/// <summary>What a webhook said.</summary>
/// <param name="State">What it says is so; null when it says nothing of the kind.</param>
/// <param name="Detail">What is to be said about it; null when it is as it should be.</param>
/// <param name="RetryAfter">When it wants to be asked again; null when it does not say.</param>
internal sealed record WebhookAnswer(string? State, string? Detail, Duration? RetryAfter);

/// <summary>Tells a webhook, over HTTP. It follows nobody elsewhere, reads a little of the answer, and waits for a limited time.</summary>
public sealed class WebhookCaller : IDisposable
{
    private const int AnswerBytesMax = 64 << 10;
    private const int DetailLengthMax = 300;
    private static readonly Duration RetryAfterMost = Duration.FromHours(1);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Tells it.</summary>
    internal async Task<WebhookAnswer> TellAsync(Webhook webhook, WebhookMessage message, Instant now, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(webhook.Timeout);
        try
        {
            using var request = RequestOf(webhook, message, now);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return await ReadAsync(answer, patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WebhookAnswer(null, $"It did not answer within {webhook.Timeout.TotalSeconds:0} s.", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new WebhookAnswer(null, Shortened(e.InnerException?.Message ?? e.Message), null);
        }
    }

    private static HttpRequestMessage RequestOf(Webhook webhook, WebhookMessage message, Instant now)
    {
        var body = message.ToJson();
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            Headers =
            {
                { "Idempotency-Key", message.IdempotencyKey },
                { "X-Mailreeve-Timestamp", timestamp },
                { "X-Mailreeve-Signature", WebhookMessage.Sign(webhook.Secret.Span, timestamp, body) },
            },
        };
    }

    private static async Task<WebhookAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        var after = answer.Headers.RetryAfter?.Delta is { } delta ? Duration.Min(Duration.FromTimeSpan(delta), RetryAfterMost) : (Duration?)null;
        var status = (int)answer.StatusCode;
        if (status is 202)
            return new WebhookAnswer(null, "It has taken it, and is at it.", after);
        if (status != 200)
            return new WebhookAnswer(null, $"It answers {status}{(status is >= 300 and < 400 ? ", and is not followed" : "")}.", after);
        var octets = await BodyAsync(answer, stop);
        if (octets is null)
            return new WebhookAnswer(null, $"It answers with more than {AnswerBytesMax} octets.", after);
        try
        {
            using var json = JsonDocument.Parse(octets.Value);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("state", out var state) && state.GetString() is { } text)
            {
                var detail = json.RootElement.TryGetProperty("detail", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
                return new WebhookAnswer(text, detail is null ? null : Shortened(detail), after);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is told below.
        }

        return new WebhookAnswer(null, "It answers 200, and does not say what is so.", after);
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(stop);
        var buffer = new byte[AnswerBytesMax + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop);
        // A null without its type would become an empty answer: memory can be made of an array that is none.
        return length > AnswerBytesMax ? (ReadOnlyMemory<byte>?)null : buffer.AsMemory(0, length);
    }

    private static string Shortened(string text) => text.Length > DetailLengthMax ? text[..DetailLengthMax] : text;
}
