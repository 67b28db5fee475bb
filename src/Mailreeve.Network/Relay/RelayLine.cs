using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Network.Relay;

/// <summary>A connection to a host that is tested: lines of ours, replies of theirs, and a transcript of both.</summary>
/// <remarks>Commands are written as they are, right or wrong: that is what tests are for. None has a line end in it.</remarks>
internal sealed class RelayLine : IAsyncDisposable
{
    /// <summary>Most characters of a transcript between two times that it is taken.</summary>
    public const int TranscriptMax = 4000;

    private readonly Socket socket;
    private readonly TimeSpan within;
    private readonly ReplyReader replies = new();
    private readonly StringBuilder transcript = new();
    private readonly byte[] input = new byte[4096];
    private Stream stream;
    private int start;
    private int end;

    private RelayLine(Socket socket, TimeSpan within) =>
        (this.socket, this.within, stream) = (socket, within, new NetworkStream(socket, ownsSocket: true));

    /// <summary>Whether the server has said that it closes the connection, or has.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Begins on a connected socket, which is then its own; at port 465 under TLS.</summary>
    /// <exception cref="IOException">TLS does not come about.</exception>
    public static async Task<RelayLine> BeginAsync(Socket socket, bool underTls, TimeSpan within, CancellationToken stop)
    {
        var line = new RelayLine(socket, within);
        if (!underTls)
            return line;
        try
        {
#pragma warning disable CA5359, CA2000 // Whose certificate it is does not matter: what is tested is what it does, and nothing secret is said. The line owns the stream.
            var tls = new SslStream(line.stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359, CA2000
            line.stream = tls;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(within);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "" }, limit.Token);
            return line;
        }
        catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            await line.DisposeAsync();
            stop.ThrowIfCancellationRequested();
            throw new IOException("TLS did not come about", e);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says a line, and waits for the reply.</summary>
    /// <returns><see langword="null"/> when the server hung up, said something that is no reply, or said nothing in time.</returns>
    public async Task<RemoteReply?> SayAsync(string line, CancellationToken stop)
    {
        Note('>', line);
        return await SendAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop) ? await ReplyAsync(stop) : null;
    }

    /// <summary>Sends a message after 354, and waits for the reply.</summary>
    public async Task<RemoteReply?> SendMessageAsync(byte[] message, CancellationToken stop)
    {
        Note('>', $"(message of {message.Length} octets)");
        var stuffed = new ArrayBufferWriter<byte>(message.Length + 16);
        var stuffer = new DotStuffer();
        stuffer.Write(message, stuffed);
        stuffer.End(stuffed);
        return await SendAsync(stuffed.WrittenMemory, stop) ? await ReplyAsync(stop) : null;
    }

    /// <summary>Waits for a reply that needs no command: the greeting.</summary>
    public async Task<RemoteReply?> ReplyAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(within);
        try
        {
            while (true)
            {
                var status = replies.Read(input.AsSpan(start, end - start), out var consumed, out var reply);
                start += consumed;
                if (status == ReplyStatus.Reply)
                {
                    Note('<', $"{reply}");
                    IsClosed |= reply!.Closes;
                    return reply;
                }

                if (status == ReplyStatus.Malformed)
                    return Lost("(what came is no reply)");
                input.AsSpan(start, end - start).CopyTo(input);
                (start, end) = (0, end - start);
                var count = await stream.ReadAsync(input.AsMemory(end), limit.Token);
                if (count == 0)
                    return Lost("(hung up)");
                end += count;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Lost("(no reply in time)");
        }
        catch (IOException e)
        {
            return Lost($"(connection lost: {e.Message})");
        }
    }

    /// <summary>What was said since this was last asked for.</summary>
    public string TakeTranscript()
    {
        var text = transcript.ToString();
        transcript.Clear();
        return text;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private async Task<bool> SendAsync(ReadOnlyMemory<byte> octets, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(within);
        try
        {
            await stream.WriteAsync(octets, limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Lost("(not read in time)");
            return false;
        }
        catch (IOException e)
        {
            Lost($"(connection lost: {e.Message})");
            return false;
        }
    }

    private RemoteReply? Lost(string why)
    {
        Note('<', why);
        IsClosed = true;
        return null;
    }

    private void Note(char who, string text)
    {
        if (transcript.Length < TranscriptMax)
            transcript.Append(who).Append(' ').Append(text.AsSpan(0, Math.Min(text.Length, 500))).Append('\n');
    }
}
