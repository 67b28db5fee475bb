using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>The octets of one connection to a remote server, plain or under TLS, each wait with its deadline.</summary>
/// <remarks>
/// What is written waits until it is flushed, so that a phase of the dialogue is one packet. Between two messages the buffers go back to
/// the pool, and an idle connection is a socket and little more. When a deadline has passed the connection is dead.
/// </remarks>
internal sealed class ServerWire : IBufferWriter<byte>, IAsyncDisposable
{
    // Room for the longest line of a reply, and the replies of a batch behind it.
    private const int InputBytes = 8 << 10;

    private readonly Socket socket;
    private readonly CancellationTokenSource deadline;
    private Stream stream;
    private SslStream? tls;
    private ReplyReader replies = new();
    private byte[] input = [];
    private int start;
    private int end;
    private byte[] output = [];
    private volatile bool stopping;

    public ServerWire(Socket socket, TimeProvider ticks)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true);
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, ticks);
    }

    /// <summary>TLS version and cipher; <see langword="null"/> when the connection is plain.</summary>
    public string? Tls { get; private set; }

    /// <summary>Octets that are written and not flushed.</summary>
    public int Pending { get; private set; }

    /// <summary>Whether the server said more than was read of it.</summary>
    public bool HasMore => start < end;

    /// <summary>Whether something came, or the server hung up, while nothing was asked of it.</summary>
    public bool HasStirred => HasMore || socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Ends whatever is waited for when the token is cancelled, and with it the connection.</summary>
    public CancellationTokenRegistration StopWith(CancellationToken stop) =>
        stop.UnsafeRegister(static wire => ((ServerWire)wire!).Stop(), this);

    public void Advance(int count) => Pending += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return output.AsMemory(Pending);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return output.AsSpan(Pending);
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="IOException">The server does not take any more; what it said before may still be read.</exception>
    /// <exception cref="TimeoutException">It did not take it in time.</exception>
    /// <exception cref="OperationCanceledException">The program stops.</exception>
    public async ValueTask FlushAsync(TimeSpan within)
    {
        var length = Pending;
        Pending = 0;
        if (length == 0)
            return;
        deadline.CancelAfter(within);
        try
        {
            await stream.WriteAsync(output.AsMemory(0, length), deadline.Token);
        }
        catch (OperationCanceledException) when (!stopping)
        {
            throw new TimeoutException("The server did not read in time");
        }
        finally
        {
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits for the next reply.</summary>
    /// <exception cref="EndOfStreamException">The server hung up before its reply was whole.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">What came is no reply.</exception>
    /// <exception cref="TimeoutException">The reply was not whole in time.</exception>
    /// <exception cref="OperationCanceledException">The program stops.</exception>
    public async ValueTask<RemoteReply> ReplyAsync(TimeSpan within)
    {
        if (TryTake(out var there))
            return there;
        deadline.CancelAfter(within);
        try
        {
            while (true)
            {
                if (input.Length == 0)
                    input = ArrayPool<byte>.Shared.Rent(InputBytes);
                input.AsSpan(start, end - start).CopyTo(input);
                (start, end) = (0, end - start);
                var count = await stream.ReadAsync(input.AsMemory(end), deadline.Token);
                if (count == 0)
                    throw new EndOfStreamException("The server hung up");
                end += count;
                if (TryTake(out var reply))
                    return reply;
            }
        }
        catch (OperationCanceledException) when (!stopping)
        {
            throw new TimeoutException("No answer came in time");
        }
        finally
        {
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Does the TLS handshake; from then on everything is read and written under TLS.</summary>
    /// <exception cref="InvalidDataException">
    /// Something lay in the buffer already. It was not said under TLS and must not be taken for something that was (CVE-2011-0411, the
    /// other way round).
    /// </exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed, or the certificate will not do.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">The handshake took too long.</exception>
    public async Task SecureAsync(SslClientAuthenticationOptions options, TimeSpan within)
    {
        if (HasMore || replies.IsInside)
            throw new InvalidDataException("Something came between the reply to STARTTLS and the handshake");
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = secured;
        deadline.CancelAfter(within);
        try
        {
            await secured.AuthenticateAsClientAsync(options, deadline.Token);
        }
        catch (OperationCanceledException) when (!stopping)
        {
            throw new TimeoutException("The TLS handshake took too long");
        }
        finally
        {
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        tls = secured;
        replies = new ReplyReader();
        Tls = $"{secured.SslProtocol} {secured.NegotiatedCipherSuite}";
    }

    /// <summary>Gives the buffers back, as far as they are empty.</summary>
    public void Rest()
    {
        if (!HasMore && input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(input);
            (input, start, end) = ([], 0, 0);
        }

        if (Pending == 0 && output.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(output);
            output = [];
        }
    }

    /// <summary>Says under TLS that nothing more comes; without it a server must think that it was cut off.</summary>
    public ValueTask ShutDownAsync() => tls is null ? default : new ValueTask(tls.ShutdownAsync());

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        (start, end, Pending) = (0, 0, 0);
        Rest();
        deadline.Dispose();
    }

    private bool TryTake(out RemoteReply reply)
    {
        var status = replies.Read(input.AsSpan(start, end - start), out var consumed, out var found);
        start += consumed;
        reply = found!;
        return status switch
        {
            ReplyStatus.Reply => true,
            ReplyStatus.NeedMore => false,
            _ => throw new InvalidDataException("The server sent something that is no reply"),
        };
    }

    private void Stop()
    {
        stopping = true;
        deadline.Cancel();
    }

    private void MakeRoom(int sizeHint)
    {
        var needed = Pending + Math.Max(sizeHint, 1);
        if (needed <= output.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(2048, output.Length * 2)));
        output.AsSpan(0, Pending).CopyTo(larger);
        if (output.Length > 0)
            ArrayPool<byte>.Shared.Return(output);
        output = larger;
    }
}
