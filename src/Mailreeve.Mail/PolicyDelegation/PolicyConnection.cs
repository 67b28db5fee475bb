using System.Buffers;
using System.Net.Sockets;
using Mailreeve.Protocols.PolicyDelegation;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>One connection of the service: what has come and is not answered, and what is answered and not sent. Only the service's thread touches it.</summary>
internal sealed class PolicyConnection(Socket socket, long number, PolicyConversation conversation) : IDisposable
{
    private readonly ArrayBufferWriter<byte> output = new(256);
    private byte[] input = new byte[2048];
    private int filled;
    private int sent;

    /// <summary>Its number among the service's connections.</summary>
    public long Number { get; } = number;

    public Socket Socket { get; } = socket;

    /// <summary>When it last got further, in ticks.</summary>
    public long MovedAt { get; set; }

    /// <summary>The answer that has to be waited for; null when there is none.</summary>
    public Task<PolicyAction?>? Waiting { get; private set; }

    /// <summary>Whether there are answers that the other server has not taken yet.</summary>
    public bool HasOutput => sent < output.WrittenCount;

    /// <summary>Whether nothing more is to be answered.</summary>
    public bool Ends { get; private set; }

    /// <summary>Takes what has arrived.</summary>
    /// <returns><see langword="false"/> when the other server is gone.</returns>
    public bool Receive()
    {
        var got = Socket.Receive(input.AsSpan(filled), SocketFlags.None, out var error);
        filled += got;
        return error == SocketError.WouldBlock || (error == SocketError.Success && got > 0);
    }

    /// <summary>Answers what can be answered without waiting.</summary>
    public void AnswerAll()
    {
        var at = 0;
        var status = PolicyFramer.Next(input.AsSpan(0, filled), out var length);
        while (status == PolicyFrameStatus.Request && Waiting is null && !Ends)
        {
            var answering = conversation.AnswerAsync(input.AsSpan(at, length));
            at += length + 1;
            if (answering.IsCompleted)
                Put(answering.Result);
            else
                Waiting = answering.AsTask();
            status = PolicyFramer.Next(input.AsSpan(at, filled - at), out length);
        }

        if (status == PolicyFrameStatus.TooLong)
            Ends = true;
        filled -= at;
        if (at > 0)
            input.AsSpan(at, filled).CopyTo(input);
        if (filled == input.Length && !Ends)
            Array.Resize(ref input, Math.Min(input.Length * 2, PolicyRequest.BytesMax));
    }

    /// <summary>Goes on, the answer being there.</summary>
    public void GoOn()
    {
        Put(Waiting!.Result);
        Waiting = null;
        AnswerAll();
    }

    /// <summary>Sends what is answered, as far as it goes.</summary>
    /// <returns><see langword="false"/> when the other server is gone.</returns>
    public bool Send()
    {
        while (HasOutput)
        {
            var went = Socket.Send(output.WrittenSpan[sent..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success)
                return false;
            sent += went;
        }

        output.ResetWrittenCount();
        sent = 0;
        return true;
    }

    public void Dispose() => Socket.Dispose();

    private void Put(PolicyAction? action)
    {
        if (action is null)
            Ends = true;
        else
            action.WriteTo(output);
    }
}
