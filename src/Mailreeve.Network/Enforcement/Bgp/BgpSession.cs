using System.Net;
using System.Net.Sockets;
using Mailreeve.Protocols.Bgp;

namespace Mailreeve.Network.Enforcement.Bgp;

/// <summary>
/// One connection with a router over which BGP is spoken (RFC 4271 §8), from the call to its end. We call and are never called, tell routes and
/// keep none: what the peer announces is not looked at.
/// </summary>
/// <remarks>
/// Nothing waits for ever: a peer that does not answer the call, that falls silent for longer than the hold time, or that takes nothing for 30
/// seconds ends the session. Whatever ends it is said in words by <see cref="Ended"/>. To look: <c>ss -tipn dport = 179</c>.
/// </remarks>
internal sealed class BgpSession : IDisposable
{
    private static readonly TimeSpan PatienceToOpen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceToSend = TimeSpan.FromSeconds(30);

    private static readonly byte[] KeepAlive = BgpHeader.Write(BgpMessage.KeepAlive, []);

    private readonly BgpPeer peer;
    private readonly Socket socket;
    private readonly CancellationTokenSource ending = new();
    private readonly Lock sending = new();
    private readonly byte[] buffer = new byte[BgpHeader.MessageLengthMax];
    private Task ended = Task.CompletedTask;

    private BgpSession(BgpPeer peer, Socket socket) => (this.peer, this.socket) = (peer, socket);

    /// <summary>What both sides can be told and take.</summary>
    public IReadOnlyList<BgpFamily> Families { get; private set; } = [];

    /// <summary>What the peer said of itself.</summary>
    public BgpOpen Theirs { get; private set; } = null!;

    /// <summary>Ends with the session, by an <see cref="EnforcementException"/> that says why.</summary>
    public Task Ended => ended;

    /// <summary>Calls the peer and comes to terms with it.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="refresh">Is called when the peer wants all routes of a family again.</param>
    /// <param name="stop">Stops the wait.</param>
    /// <exception cref="EnforcementException">It does not answer, or not as it should.</exception>
    public static async Task<BgpSession> OpenAsync(BgpPeer peer, Action<BgpFamily> refresh, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(PatienceToOpen);
        var session = new BgpSession(peer, new Socket(peer.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await session.CallAsync(patience.Token);
            await session.AgreeAsync(patience.Token);
            session.ended = session.ListenAsync(refresh);
            return session;
        }
        catch (Exception e)
        {
            session.Dispose();
            if (e is SocketException or IOException)
                throw new EnforcementException($"{peer.EndPoint} cannot be reached: {e.Message}", e);
            if (e is OperationCanceledException && !stop.IsCancellationRequested)
                throw new EnforcementException($"{peer.EndPoint} did not answer within {PatienceToOpen.TotalSeconds:0} seconds.", e);
            throw;
        }
    }

    /// <summary>Sends messages in their order.</summary>
    /// <exception cref="EnforcementException">The connection has broken, or the peer takes nothing.</exception>
    public void Send(IEnumerable<byte[]> messages)
    {
        try
        {
            lock (sending)
            {
                foreach (var message in messages)
                {
                    for (var sent = 0; sent < message.Length;)
                        sent += socket.Send(message.AsSpan(sent));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new EnforcementException($"{peer.EndPoint} takes nothing more: {e.Message}", e);
        }
    }

    /// <summary>
    /// Hangs up. A peer that has agreed to keep what it was told is told nothing, since a word would end that (RFC 4724 §4); every other one is told that we shut down.
    /// </summary>
    public void Dispose()
    {
        if (!ended.IsCompleted && (Theirs.RestartSeconds is null || peer.RestartSeconds == 0))
            TryTell(BgpNotification.Shutdown);
        ending.Cancel();
        socket.Dispose();
        ended.ContinueWith(
            static (task, ending) =>
            {
                // Looked at, so that nobody is told of a failure that nobody waits for.
                _ = task.Exception;
                ((CancellationTokenSource)ending!).Dispose();
            },
            ending, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task CallAsync(CancellationToken stop)
    {
        socket.NoDelay = true;
        socket.SendTimeout = (int)PatienceToSend.TotalMilliseconds;
        // Peers that let nothing in that was routed want the most (RFC 5082 §3); to all others it does not matter.
        socket.Ttl = byte.MaxValue;
        if (peer.Password is { } password)
            TcpSignature.Require(socket, peer.EndPoint.Address, password);
        if (peer.LocalAddress is { } local)
            socket.Bind(new IPEndPoint(local.ToIPAddress(), 0));
        await socket.ConnectAsync(peer.EndPoint, stop);
    }

    private async Task AgreeAsync(CancellationToken stop)
    {
        Send([new BgpOpen
        {
            As = peer.LocalAs,
            HoldSeconds = (ushort)peer.HoldSeconds,
            RouterId = (uint)peer.RouterId.Bits,
            Families = peer.Families,
            RestartSeconds = peer.RestartSeconds == 0 ? null : (ushort)peer.RestartSeconds,
        }.Write()]);
        var (message, body) = await ReceiveAsync(stop);
        if (message != BgpMessage.Open)
            throw EndWith(OutOfTurn(1));
        if (!BgpOpen.TryRead(body.Span, out var theirs, out var wrong))
            throw EndWith(wrong);
        if (theirs.As != peer.RemoteAs)
            throw EndWith(new BgpNotification(BgpError.Open, 2), $"{peer.EndPoint} is AS {theirs.As}, and remote-as says {peer.RemoteAs}.");
        // A number that does not fit would be announced as that of nobody.
        if (!theirs.HasLongAs && peer.LocalAs > ushort.MaxValue)
            throw EndWith(new BgpNotification(BgpError.Open, 7), $"{peer.EndPoint} knows no autonomous systems beyond 65535 (RFC 6793).");
        Theirs = theirs;
        Families = [.. peer.Families.Intersect(theirs.Families)];
        if (Families.Count == 0)
            throw EndWith(new BgpNotification(BgpError.Open, 7), $"{peer.EndPoint} takes none of {string.Join(", ", peer.Families)}.");

        Send([KeepAlive]);
        (message, _) = await ReceiveAsync(stop);
        if (message != BgpMessage.KeepAlive)
            throw EndWith(OutOfTurn(2));
    }

    // Until the peer falls silent, hangs up or says why it ends.
    private async Task ListenAsync(Action<BgpFamily> refresh)
    {
        await Task.Yield();
        var seconds = Math.Min(peer.HoldSeconds, (int)Theirs.HoldSeconds);
        // 0: neither side says that it is there (RFC 4271 §4.4).
        using var keepAlive = seconds == 0 ? null : new Timer(static s => ((BgpSession)s!).TrySend(KeepAlive), this, TimeSpan.FromSeconds(seconds / 3.0), TimeSpan.FromSeconds(seconds / 3.0));
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        try
        {
            while (true)
            {
                silence.CancelAfter(seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds));
                var (message, body) = await ReceiveAsync(silence.Token);
                if (message == BgpMessage.Open)
                    throw EndWith(OutOfTurn(3));
                if (message == BgpMessage.RouteRefresh)
                    Refresh(body.Span, refresh);
            }
        }
        catch (OperationCanceledException e) when (ending.IsCancellationRequested)
        {
            throw new EnforcementException($"The session with {peer.EndPoint} was ended.", e);
        }
        catch (OperationCanceledException)
        {
            throw EndWith(new BgpNotification(BgpError.HoldTimer, 0), $"{peer.EndPoint} said nothing for {seconds} seconds.");
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            throw new EnforcementException($"The connection with {peer.EndPoint} has broken: {e.Message}", e);
        }
    }

    private void Refresh(ReadOnlySpan<byte> body, Action<BgpFamily> refresh)
    {
        // Address family, kind, subsequent family (RFC 2918 §3). Other kinds than 0 mark the beginning and the end of an answer (RFC 7313 §3.2).
        var family = (BgpFamily)((body[0] << 16) | (body[1] << 8) | body[3]);
        if (body[2] == 0 && Families.Contains(family))
            refresh(family);
    }

    private async Task<(BgpMessage Message, ReadOnlyMemory<byte> Body)> ReceiveAsync(CancellationToken stop)
    {
        await FillAsync(buffer.AsMemory(0, BgpHeader.Length), stop);
        if (!BgpHeader.TryRead(buffer.AsSpan(0, BgpHeader.Length), out var header, out var wrong))
            throw EndWith(wrong);
        var body = buffer.AsMemory(BgpHeader.Length, header.BodyLength);
        await FillAsync(body, stop);
        if (header.Message == BgpMessage.Notification)
            throw new EnforcementException($"{peer.EndPoint} has ended the session: {BgpNotification.Read(body.Span)}.");
        return (header.Message, body);
    }

    private async Task FillAsync(Memory<byte> into, CancellationToken stop)
    {
        while (into.Length > 0)
        {
            var octets = await socket.ReceiveAsync(into, stop);
            if (octets == 0)
                throw new EnforcementException($"{peer.EndPoint} has hung up.");
            into = into[octets..];
        }
    }

    // RFC 6608 §3: 1 in OpenSent, 2 in OpenConfirm, 3 in Established.
    private static BgpNotification OutOfTurn(byte state) => new(BgpError.StateMachine, state);

    private EnforcementException EndWith(BgpNotification notification, string? why = null)
    {
        TryTell(notification);
        return new EnforcementException(why ?? $"{peer.EndPoint} does not speak BGP as it should: {notification}.");
    }

    private void TryTell(BgpNotification notification) => TrySend(notification.Write());

    // What cannot be sent will be noticed by who waits for an answer.
    private void TrySend(byte[] message)
    {
        try
        {
            Send([message]);
        }
        catch (EnforcementException)
        {
        }
    }
}
