using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mailreeve.Mail.Wire;

/// <summary>Kestrel's sockets for some of its listeners, with the work done on the thread that has read the socket.</summary>
/// <remarks>
/// Kestrel hands what it has read to another thread, and what is to be sent to a third. Where an answer comes from memory, the changes of
/// threads cost more than the answer. It must not be used where a command may hash a password or wait for the disk.
/// </remarks>
/// <param name="endPoints">Where it is used.</param>
/// <param name="logs">For Kestrel's own lines.</param>
public sealed class InlineTransport(IReadOnlyCollection<EndPoint> endPoints, ILoggerFactory logs) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory sockets = new(
        Options.Create(new SocketTransportOptions
        {
            UnsafePreferInlineScheduling = true,
            // A server of ours keeps few connections and asks often: a buffer that waits with each saves a call to the kernel for each question.
            WaitForDataBeforeAllocatingBuffer = false,
            CreateBoundListenSocket = Bind,
        }),
        logs);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endPoints.Contains(endpoint);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        sockets.BindAsync(endpoint, cancellationToken);

    private static Socket Bind(EndPoint endPoint)
    {
        if (endPoint is not UnixDomainSocketEndPoint)
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        var path = $"{endPoint}";
        RemoveAbandoned(endPoint, path);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        // The other server runs as another user. Who gets there is decided by its folder, as with the sockets of Postfix itself.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return socket;
    }

    // A process that was killed leaves its socket behind, at which nobody listens.
    private static void RemoveAbandoned(EndPoint endPoint, string path)
    {
        if (!File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }
}
