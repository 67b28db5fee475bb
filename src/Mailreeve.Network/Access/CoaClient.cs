using System.Net.Sockets;
using System.Security.Cryptography;
using Mailreeve.Protocols.Radius;

namespace Mailreeve.Network.Access;

/// <summary>What an access server says to a request.</summary>
public abstract record CoaAnswer
{
    private CoaAnswer()
    {
    }

    /// <summary>Yes.</summary>
    public sealed record Acknowledged : CoaAnswer;

    /// <summary>No.</summary>
    /// <param name="Why">In words.</param>
    public sealed record Refused(string Why) : CoaAnswer;

    /// <summary>Nothing that its secret proves to be from it.</summary>
    public sealed record Silence : CoaAnswer;
}

/// <summary>Asks an access server to end or change a session: over UDP, the same octets again until an answer comes or patience is over (RFC 5176 §2.3).</summary>
public static class CoaClient
{
    /// <summary>Asks.</summary>
    /// <param name="control">Where, and with how much patience.</param>
    /// <param name="secret">What is shared with it.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="stop">Stops the wait.</param>
    public static async Task<CoaAnswer> AskAsync(SessionControl control, RadiusSecret secret, CoaRequest request, CancellationToken stop)
    {
        var identifier = (byte)RandomNumberGenerator.GetInt32(256);
        var packet = request.ToPacket(identifier, secret);
        // Connected: what others send does not come in, and nobody guesses the port.
        using var socket = new Socket(control.At.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(control.At, stop);
        }
        catch (SocketException)
        {
            return new CoaAnswer.Silence();
        }

        var buffer = new byte[RadiusPacket.LengthMax];
        foreach (var patience in control.Patience)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
            waiting.CancelAfter(patience);
            if (await TryAsync(socket, packet, buffer, secret, waiting.Token) is { } answer)
                return answer;
            stop.ThrowIfCancellationRequested();
        }

        return new CoaAnswer.Silence();
    }

    private static async Task<CoaAnswer?> TryAsync(Socket socket, byte[] packet, byte[] buffer, RadiusSecret secret, CancellationToken waiting)
    {
        var isSent = false;
        while (true)
        {
            try
            {
                if (!isSent)
                    await socket.SendAsync(packet, waiting);
                isSent = true;
                var length = await socket.ReceiveAsync(buffer, waiting);
                if (Read(buffer.AsMemory(0, length), packet, secret) is { } answer)
                    return answer;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (SocketException)
            {
                // Nobody listens there just now. It may be starting, so its time is waited for.
                await Task.Delay(Timeout.Infinite, waiting).ContinueWith(static _ => { }, TaskScheduler.Default);
                return null;
            }
        }
    }

    // Null for what is not an answer to this request, made with the secret.
    private static CoaAnswer? Read(ReadOnlyMemory<byte> datagram, byte[] request, RadiusSecret secret)
    {
        var authenticator = request.AsSpan(4, 16);
        if (!RadiusPacket.TryRead(datagram, out var answer) || answer.Identifier != request[1] || !secret.IsGenuineAnswer(answer, authenticator)
            || secret.Check(answer, authenticator) == MessageAuthenticity.Forged)
            return null;
        var asked = (RadiusCode)request[0];
        if (answer.Code == (asked == RadiusCode.CoaRequest ? RadiusCode.CoaAck : RadiusCode.DisconnectAck))
            return new CoaAnswer.Acknowledged();
        return answer.Code == (asked == RadiusCode.CoaRequest ? RadiusCode.CoaNak : RadiusCode.DisconnectNak)
            ? new CoaAnswer.Refused(ErrorCause.Words(answer.FindNumber(RadiusType.ErrorCause)))
            : null;
    }
}
