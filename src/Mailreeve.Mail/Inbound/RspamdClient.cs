using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Net;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>Asks Rspamd about messages, over its own protocol: the message to <c>/checkv2</c>, JSON back.</summary>
/// <remarks>Without an answer in time, mail goes on without it. Limits: those of <see cref="InboundOptions"/>; an answer of 1 MiB.</remarks>
public sealed class RspamdClient : IDisposable
{
    private const int AnswerBytesMax = 1 << 20;

    private readonly HttpClient http;
    private readonly InboundOptions options;
    private readonly FilterRest rest;
    private readonly ILogger<RspamdClient> log;

    /// <summary>A client of the one that the options name.</summary>
    public RspamdClient(InboundOptions options, IClock clock, ILogger<RspamdClient> log)
    {
        (this.options, rest, this.log) = (options, new FilterRest(clock), log);
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = options.Rspamd,
            MaxResponseContentBufferSize = AnswerBytesMax,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>What it says; null when it says nothing that can be used.</summary>
    /// <param name="message">The message.</param>
    /// <param name="client">Who brought it.</param>
    /// <param name="helo">What that one calls itself.</param>
    /// <param name="from">Envelope sender; empty for the null sender.</param>
    /// <param name="recipients">Envelope recipients.</param>
    /// <param name="reference">Our name for the message.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<RspamdReply?> AskAsync(
        ReadOnlySequence<byte> message, Address client, string helo, string from, IEnumerable<string> recipients, string reference, CancellationToken stop)
    {
        if (rest.IsResting || message.Length > options.FilterBytesMax)
            return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(options.FilterTimeout);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/checkv2") { Content = new MessageContent(message) };
            Add(request.Headers, "IP", $"{client}");
            Add(request.Headers, "Helo", helo);
            Add(request.Headers, "From", from);
            Add(request.Headers, "Queue-Id", reference);
            foreach (var recipient in recipients)
                Add(request.Headers, "Rcpt", recipient);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            response.EnsureSuccessStatusCode();
            var reply = RspamdReply.ReadOrNull(await response.Content.ReadAsByteArrayAsync(limit.Token));
            if (reply is null)
                log.FilterSilent("Rspamd", "its answer cannot be understood");
            return reply;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            rest.Begin();
            log.FilterSilent("Rspamd", e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // What does not go into a header line is left out: it is only a hint.
    private static void Add(HttpRequestHeaders headers, string name, string value)
    {
        if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            headers.TryAddWithoutValidation(name, value);
    }

    private sealed class MessageContent(ReadOnlySequence<byte> message) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in message)
                await stream.WriteAsync(piece);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = message.Length;
            return true;
        }
    }
}
