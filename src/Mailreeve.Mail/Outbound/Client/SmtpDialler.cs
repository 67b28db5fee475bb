using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>Calls hosts and greets them.</summary>
/// <param name="ownName">The name that we give ourselves in EHLO.</param>
/// <param name="times">How long is waited.</param>
/// <param name="ticks">What waits are measured with.</param>
/// <param name="roots">Authorities that are trusted; <see langword="null"/> for those of the machine.</param>
public sealed class SmtpDialler(string ownName, ClientTimes times, TimeProvider ticks, X509Certificate2Collection? roots = null)
{
    // IP_BIND_ADDRESS_NO_PORT of Linux: the port is chosen when the remote side is known, so that many connections from one address
    // to different hosts can share it.
    private const int IpLevel = 0;
    private const int BindAddressNoPort = 24;

    internal string OwnName => ownName;

    internal ClientTimes Times => times;

    internal TimeProvider Ticks => ticks;

    internal X509Certificate2Collection? Roots => roots;

    /// <summary>Calls. Where TLS is only used because it is offered, and fails, the host is called a second time, in the clear (RFC 7435 §3).</summary>
    /// <returns>Never throws for what the other side, the network or <paramref name="stop"/> does.</returns>
    public async Task<Dialled> DialAsync(DialTarget target, CancellationToken stop)
    {
        if (target.Tls is TlsDecision.Refuse refused)
            return new Dialled.Failed(new DeliveryOutcome.NoContact($"454 4.7.5 {refused.Reason}"), new Tls.TlsSession(refused, null, refused.Result));

        var dialled = await TryAsync(target, plain: false, stop);
        return dialled is Dialled.Failed { HandshakeFailed: true } && target is { Tls: TlsDecision.Opportunistic, ImplicitTls: false }
            ? await TryAsync(target, plain: true, stop)
            : dialled;
    }

    private async Task<Dialled> TryAsync(DialTarget target, bool plain, CancellationToken stop)
    {
        var to = target.Address.ToIPAddress();
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var late = new CancellationTokenSource(times.Connect, ticks);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            Bind(socket, target);
            await socket.ConnectAsync(new IPEndPoint(to, target.Port), either.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            var why = e is SocketException ? e.Message : stop.IsCancellationRequested ? "The program stops" : "No answer came in time";
            return new Dialled.Failed(new DeliveryOutcome.NoContact($"451 4.4.1 No connection to {target.Host} [{target.Address}]: {why}"), Tls: null);
        }

        return await SmtpClientConnection.OpenAsync(socket, target, plain, this, stop);
    }

    private static void Bind(Socket socket, DialTarget target)
    {
        if (target.Source is not { } source)
            return;
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(IpLevel, BindAddressNoPort, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(source.ToIPAddress(), 0));
    }
}
