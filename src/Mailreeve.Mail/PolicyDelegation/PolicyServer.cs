using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Mail.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>
/// Tells a Postfix of ours what our policy says about a client, a recipient or a message.
/// Standards: Postfix's SMTP access policy delegation protocol, as its SMTPD_POLICY_README has it. Limits: <see cref="PolicyServiceLimits"/>,
/// and those of <see cref="Protocols.PolicyDelegation.PolicyRequest"/>. Diagnostics: log category of this class, each line with the
/// connection's number.
/// </summary>
/// <remarks>
/// <para>
/// One thread waits for all connections, reads, looks up, answers and sends. An answer takes a microsecond; with Kestrel, what it takes to
/// hand a question from thread to thread was five times the processor time of all else, and on a busy machine most of the delay. What does have to
/// wait, for the owner of a mailbox or the count of a sender, is waited for elsewhere, and only its own connection with it.
/// </para>
/// <para>
/// Whoever can connect can ask who has a mailbox here, and have messages counted: it is for the loopback, a Unix socket or a network of
/// one's own.
/// </para>
/// </remarks>
public sealed class PolicyServer : IHostedService, IDisposable
{
    private const int Backlog = 512;

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<EndPoint> endPoints;
    private readonly PolicyServiceParts parts;
    private readonly ILogger<PolicyServer> log;
    private readonly Epoll epoll = new();
    private readonly List<Socket> listeners = [];
    private readonly Dictionary<long, PolicyConnection> connections = [];
    private readonly ConcurrentQueue<PolicyConnection> answered = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;
    private long lastNumber;
    private long sweptAt;

    /// <summary>The service, not listening yet.</summary>
    /// <param name="endPoints">Where it will listen: addresses (port 0 for any), and paths of Unix sockets.</param>
    /// <param name="parts">What it is made of.</param>
    /// <param name="log">For what happens.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names each.</exception>
    public PolicyServer(IReadOnlyList<EndPoint> endPoints, PolicyServiceParts parts, ILogger<PolicyServer> log)
    {
        var wrong = string.Join(' ', parts.Limits.Problems().Select(p => $"{p.Key}: {p.Reason}"));
        if (wrong.Length > 0)
            throw new ArgumentException(wrong, nameof(parts));
        (this.endPoints, this.parts, this.log) = (endPoints, parts, log);
    }

    /// <summary>Where it listens, once it does.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. listeners.Select(l => l.LocalEndPoint!)];

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">An address or path cannot be had.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var endPoint in endPoints)
        {
            var listener = LocalSocket.Bound(endPoint);
            listener.Listen(Backlog);
            listener.Blocking = false;
            epoll.Add(listener.SafeHandle, lastNumber++, Epoll.Interest.Read);
            listeners.Add(listener);
        }

        new Thread(Run) { IsBackground = true, Name = "policy delegation" }.Start();
        return Task.CompletedTask;
    }

    /// <summary>Answers what has come, and ends.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        stopping = true;
        epoll.Wake();
        return listeners.Count == 0 ? Task.CompletedTask : ended.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listeners.ForEach(l => l.Dispose());
        epoll.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!stopping)
            {
                var ready = epoll.Wait(BetweenSweeps);
                var now = parts.Ticks.GetTimestamp();
                for (var i = 0; i < ready; i++)
                    Serve(epoll.Id(i), now);
                if (parts.Ticks.GetElapsedTime(sweptAt, now) >= BetweenSweeps)
                    Sweep(now);
            }
        }
        catch (Exception e)
        {
            log.PolicyServiceEnded(e);
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
            foreach (var connection in connections.Values)
                connection.Dispose();
            ended.SetResult();
        }
    }

    private void Serve(long id, long now)
    {
        if (id == Epoll.Woken)
        {
            while (answered.TryDequeue(out var connection))
                With(connection, now, GoOn);
        }
        else if (id < listeners.Count)
        {
            Accept(listeners[(int)id], now);
        }
        else if (connections.TryGetValue(id, out var connection))
        {
            With(connection, now, Continue);
        }
    }

    // Whatever goes wrong with one connection is no reason to leave the others.
    private void With(PolicyConnection connection, long now, Func<PolicyConnection, bool> act)
    {
        connection.MovedAt = now;
        try
        {
            if (!act(connection))
                Close(connection);
        }
        catch (Exception e)
        {
            log.PolicyConnectionFailed(e, connection.Number);
            Close(connection);
        }
    }

    private void Accept(Socket listener, long now)
    {
        Socket socket;
        try
        {
            socket = listener.Accept();
        }
        catch (SocketException e)
        {
            // It has hung up meanwhile, or there are no more descriptors.
            log.PolicyNotAccepted(e.SocketErrorCode);
            return;
        }

        // There are no words for it in the protocol. Postfix takes it for a service that is down, and does what it is told to do then.
        if (connections.Count >= parts.Limits.ConnectionsMax)
        {
            log.PolicyTurnedAway(parts.Limits.ConnectionsMax);
            socket.Dispose();
            return;
        }

        socket.Blocking = false;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        var number = lastNumber++;
        var conversation = new PolicyConversation(parts, number.ToString(CultureInfo.InvariantCulture), log);
        connections.Add(number, new PolicyConnection(socket, number, conversation) { MovedAt = now });
        epoll.Add(socket.SafeHandle, number, Epoll.Interest.Read);
    }

    private bool Continue(PolicyConnection connection)
    {
        if (connection.HasOutput)
            return SendRest(connection);
        if (!connection.Receive())
            return false;
        connection.AnswerAll();
        return Settle(connection);
    }

    private bool SendRest(PolicyConnection connection)
    {
        if (!connection.Send())
            return false;
        if (!connection.HasOutput)
            epoll.Change(connection.Socket.SafeHandle, connection.Number, Epoll.Interest.Read);
        return connection.HasOutput || !connection.Ends;
    }

    private bool GoOn(PolicyConnection connection)
    {
        if (!connections.ContainsKey(connection.Number))
            return true;
        epoll.Add(connection.Socket.SafeHandle, connection.Number, Epoll.Interest.Read);
        connection.GoOn();
        return Settle(connection);
    }

    // All that could be answered goes out at once. Whoever does not read, or has to wait, is not read from meanwhile.
    private bool Settle(PolicyConnection connection)
    {
        if (!connection.Send())
            return false;
        if (connection.Waiting is { } answering)
        {
            epoll.Remove(connection.Socket.SafeHandle);
            answering.ContinueWith(
                (_, state) =>
                {
                    answered.Enqueue((PolicyConnection)state!);
                    epoll.Wake();
                },
                connection, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return true;
        }

        if (connection.HasOutput)
            epoll.Change(connection.Socket.SafeHandle, connection.Number, Epoll.Interest.Write);
        return connection.HasOutput || !connection.Ends;
    }

    private void Sweep(long now)
    {
        sweptAt = now;
        foreach (var connection in connections.Values)
        {
            var longest = connection.HasOutput ? parts.Limits.WriteTimeout : parts.Limits.IdleTimeout;
            if (connection.Waiting is null && parts.Ticks.GetElapsedTime(connection.MovedAt, now) >= longest)
                Close(connection);
        }
    }

    private void Close(PolicyConnection connection)
    {
        connections.Remove(connection.Number);
        connection.Dispose();
    }
}
