using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Protocols.Filters;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>Asks clamd about messages, over its own protocol: INSTREAM, in chunks with their length before them.</summary>
/// <remarks>Without an answer in time, mail goes on without it. Limits: those of <see cref="InboundOptions"/>; an answer of 1 KiB.</remarks>
/// <param name="options">Where it is.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">For the operator.</param>
public sealed class ClamdClient(InboundOptions options, IClock clock, ILogger<ClamdClient> log)
{
    private const int AnswerBytesMax = 1024;

    private readonly FilterRest rest = new(clock);

    /// <summary>What it says; null when it says nothing that can be used.</summary>
    public async Task<ClamdReply?> AskAsync(ReadOnlySequence<byte> message, CancellationToken stop)
    {
        if (rest.IsResting || message.Length > options.FilterBytesMax)
            return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(options.FilterTimeout);
            var reply = ClamdReply.Read(await ScanAsync(message, limit.Token));
            if (reply is ClamdReply.Failed failed)
                log.FilterSilent("clamd", failed.Why);
            return reply;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            rest.Begin();
            log.FilterSilent("clamd", e.Message);
            return null;
        }
    }

    private async Task<string> ScanAsync(ReadOnlySequence<byte> message, CancellationToken stop)
    {
        var endPoint = EndPointOf(options.Clamd!);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, stop);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), stop);
        var length = new byte[4];
        foreach (var piece in message)
        {
            if (piece.IsEmpty)
                continue;
            BinaryPrimitives.WriteInt32BigEndian(length, piece.Length);
            await stream.WriteAsync(length, stop);
            await stream.WriteAsync(piece, stop);
        }

        await stream.WriteAsync(new byte[4], stop);
        return await ReadReplyAsync(stream, stop);
    }

    private static async Task<string> ReadReplyAsync(NetworkStream stream, CancellationToken stop)
    {
        var reply = new byte[AnswerBytesMax];
        var length = 0;
        while (length < reply.Length)
        {
            var read = await stream.ReadAsync(reply.AsMemory(length), stop);
            length += read;
            if (read == 0 || reply.AsSpan(0, length).Contains((byte)0))
                break;
        }

        var end = reply.AsSpan(0, length).IndexOf((byte)0);
        return Encoding.Latin1.GetString(reply, 0, end < 0 ? length : end);
    }

    private static EndPoint EndPointOf(string where) =>
        where.StartsWith('/') ? new UnixDomainSocketEndPoint(where) : IPEndPoint.Parse(where);
}
