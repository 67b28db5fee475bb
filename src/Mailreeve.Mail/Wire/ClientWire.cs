using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using Mailreeve.Protocols.Smtp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Mailreeve.Mail.Wire;

/// <summary>The octets of one connection, plain or under TLS, each wait with its deadline.</summary>
/// <remarks>
/// <para>Deadlines are looked at by Kestrel's heartbeat, once a second; there is no timer or cancellation source for each command.</para>
/// <para>
/// <c>ConnectionClosed</c> is never used as a read token: it fires on the client's FIN and would throw away commands that have
/// arrived. The end is seen in <see cref="ReadResult.IsCompleted"/>, after everything before it.
/// </para>
/// </remarks>
internal sealed class ClientWire : IAsyncDisposable
{
    // Replies are sent when no whole command is left; a flood of commands in one buffer must not pile them up.
    private const long UnflushedBytesMax = 16 << 10;

    private readonly ConnectionContext connection;
    private readonly TimeProvider ticks;
    private readonly TimeSpan writeTimeout;
    private readonly CancellationTokenRegistration closeRequested;
    private volatile PipeReader input;
    private PipeWriter output;
    private SslStream? tls;
    private long readDue = long.MaxValue;
    private long abortDue = long.MaxValue;

    public ClientWire(ConnectionContext connection, TimeProvider ticks, TimeSpan writeTimeout)
    {
        this.connection = connection;
        this.ticks = ticks;
        this.writeTimeout = writeTimeout;
        input = connection.Transport.Input;
        output = connection.Transport.Output;
        connection.Features.GetRequiredFeature<IConnectionHeartbeatFeature>().OnHeartbeat(static wire => ((ClientWire)wire).Heartbeat(), this);
        closeRequested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .Register(static wire => ((ClientWire)wire!).input.CancelPendingRead(), this) ?? default;
    }

    /// <summary>Whether the server is going down.</summary>
    public bool Stopping =>
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.IsCancellationRequested == true;

    /// <summary>Whether the last wait was ended by its deadline.</summary>
    public bool Overdue { get; private set; }

    /// <summary>TLS version and cipher; <see langword="null"/> when the connection is plain.</summary>
    public string? Tls { get; private set; }

    /// <summary>Gives what is there, or sends the replies and waits.</summary>
    /// <remarks>The result is cancelled when the wait was overdue or the server is going down; the caller looks which.</remarks>
    public async ValueTask<ReadResult> ReadAsync(TimeSpan within)
    {
        Overdue = false;
        if (input.TryRead(out var result))
        {
            if (output.UnflushedBytes > UnflushedBytesMax)
                await FlushAsync();
            return result;
        }

        await FlushAsync();
        var due = Due(within);
        Volatile.Write(ref readDue, due);
        result = await input.ReadAsync();
        Volatile.Write(ref readDue, long.MaxValue);
        Overdue = result.IsCanceled && ticks.GetTimestamp() >= due;
        return result;
    }

    /// <summary>Waits for a line. It is copied, so that the pipe has its memory back before the command is carried out.</summary>
    /// <param name="framer">Finds it.</param>
    /// <param name="into">Takes it, without its CRLF; as long as the framer lets a line be.</param>
    /// <param name="within">Longest wait.</param>
    /// <returns>What came, and how long the line is.</returns>
    public async ValueTask<(WaitedFor Waited, int Length)> NextLineAsync(LineFramer framer, byte[] into, TimeSpan within)
    {
        while (true)
        {
            var result = await ReadAsync(within);
            var buffer = result.Buffer;
            var status = framer.Next(ref buffer, out var found);
            var length = (int)found.Length;
            found.CopyTo(into);
            if (status == LineStatus.NeedMore)
                AdvanceTo(buffer.Start, buffer.End);
            else
                AdvanceTo(buffer.Start);

            switch (status)
            {
                case LineStatus.Line:
                    // A client that is never at a loss for a command would hold up the stop (RFC 5321 §3.8).
                    return (Stopping ? WaitedFor.Stopping : WaitedFor.Line, length);
                case LineStatus.TooLong:
                    return (WaitedFor.TooLong, 0);
                case LineStatus.BareLineFeed:
                    return (WaitedFor.Malformed, 0);
                case var _ when result.IsCompleted:
                    return (WaitedFor.HungUp, 0);
                case var _ when Stopping:
                    return (WaitedFor.Stopping, 0);
                case var _ when Overdue:
                    return (WaitedFor.Overdue, 0);
            }
        }
    }

    public void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    /// <summary>Where replies are written; sent when the next command is waited for, or with <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => output;

    public void Write(Reply reply) => reply.WriteTo(output);

    /// <summary>Sends the replies.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public async ValueTask FlushAsync()
    {
        Volatile.Write(ref abortDue, Due(writeTimeout));
        var result = await output.FlushAsync();
        Volatile.Write(ref abortDue, long.MaxValue);
        if (result.IsCompleted)
            throw new IOException("The client does not read any more.");
    }

    /// <summary>Sends the replies, then lets the client wait for the next one, without a thread; not when it is gone or the server is going down.</summary>
    public async Task PauseAsync(TimeSpan pause)
    {
        await FlushAsync();
        var requested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, requested);
        await Task.Delay(pause, ticks, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends a wait for the client early: there is something to tell it. May be called from any thread.</summary>
    public void Wake() => input.CancelPendingRead();

    /// <summary>Whether something that is no TLS record lies in the buffer already.</summary>
    /// <remarks>
    /// Commands behind STARTTLS in the same packet were put there to be read as if they had come under TLS (CVE-2011-0411). A
    /// ClientHello that came early begins with 0x16 and stays where the handshake will read it.
    /// </remarks>
    public bool HasInjected()
    {
        if (!input.TryRead(out var result))
            return false;
        var injected = new SequenceReader<byte>(result.Buffer).TryPeek(out var first) && first != 0x16;
        input.AdvanceTo(result.Buffer.Start);
        return injected;
    }

    /// <summary>Does the TLS handshake; from then on everything is read and written under TLS.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed.</exception>
    public async Task SecureAsync(ServerTls server, TimeSpan within)
    {
        await FlushAsync();
        tls = new SslStream(new DuplexPipeStream(connection.Transport), leaveInnerStreamOpen: true);
        Volatile.Write(ref abortDue, Due(within));
        await server.AuthenticateAsync(tls);
        Volatile.Write(ref abortDue, long.MaxValue);
        input = PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        output = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
        Tls = $"{tls.SslProtocol} {tls.NegotiatedCipherSuite}";
    }

    /// <summary>Sends what is left and, under TLS, that nothing more comes: without close_notify a client must think it was cut off.</summary>
    public async ValueTask CloseAsync()
    {
        await FlushAsync();
        if (tls is null)
            return;
        Volatile.Write(ref abortDue, Due(writeTimeout));
        await tls.ShutdownAsync();
        Volatile.Write(ref abortDue, long.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        await closeRequested.DisposeAsync();
        Volatile.Write(ref readDue, long.MaxValue);
        Volatile.Write(ref abortDue, long.MaxValue);
        if (tls is not null)
            await tls.DisposeAsync();
    }

    // A client that does not read is cut off; one that does not write is told why.
    private void Heartbeat()
    {
        var now = ticks.GetTimestamp();
        if (now >= Volatile.Read(ref abortDue))
            connection.Abort(new ConnectionAbortedException("The client did not read, or did not finish the handshake, in time."));
        else if (now >= Volatile.Read(ref readDue))
            input.CancelPendingRead();
    }

    private long Due(TimeSpan within) => ticks.GetTimestamp() + (long)(within.TotalSeconds * ticks.TimestampFrequency);
}
