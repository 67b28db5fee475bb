using System.Net;
using System.Net.Sockets;
using Mailreeve.Network.Enforcement.Bgp;
using Mailreeve.Protocols.Bgp;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;

namespace Mailreeve.Network.Tests.Enforcement.Bgp;

/// <summary>A router that does what a test wants of it.</summary>
internal sealed class FakeRouter : IDisposable
{
    private readonly Socket listener;
    private readonly List<Session> sessions = [];

    public FakeRouter(IPAddress? at = null)
    {
        at ??= IPAddress.Loopback;
        listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(at, 0));
        listener.Listen();
    }

    /// <summary>What it says of itself.</summary>
    public BgpOpen Open { get; set; } = new()
    {
        As = 64500, HoldSeconds = 90, RouterId = 0xC000_0201, Families = Enum.GetValues<BgpFamily>(), RestartSeconds = 120,
    };

    /// <summary>As the configuration would describe it.</summary>
    public BgpPeer Peer => new()
    {
        EndPoint = (IPEndPoint)listener.LocalEndPoint!,
        RemoteAs = 64500,
        LocalAs = 64500,
        RouterId = Address.Parse("192.0.2.10"),
        TakesBlackholes = true,
        TakesFlows = true,
        NextHop = Address.Parse("192.0.2.254"),
        NextHopIPv6 = Address.Parse("2001:db8::dead"),
    };

    /// <summary>Answers the next call, and comes to terms with the caller.</summary>
    public async Task<Session> AnswerAsync(CancellationToken stop)
    {
        var session = new Session(await listener.AcceptAsync(stop), Open);
        sessions.Add(session);
        await session.AgreeAsync();
        return session;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Dispose();
        sessions.ForEach(s => s.Dispose());
    }

    /// <summary>One call.</summary>
    public sealed class Session(Socket socket, BgpOpen open) : IDisposable
    {
        private static readonly byte[] KeepAlive = BgpHeader.Write(BgpMessage.KeepAlive, []);

        private readonly Lock hearing = new();
        private readonly HashSet<BgpRoute> routes = [];
        private readonly List<BgpUpdate> updates = [];
        private volatile bool isMute;
        private volatile bool isOver;
        private volatile BgpNotification? reason;

        /// <summary>What the caller said of itself.</summary>
        public BgpOpen Theirs { get; private set; } = null!;

        /// <summary>Whether the caller has hung up.</summary>
        public bool IsOver => isOver;

        /// <summary>Why, if the caller said so.</summary>
        public BgpNotification? Reason => reason;

        /// <summary>What it has been told and not been told to forget.</summary>
        public IReadOnlySet<BgpRoute> Routes => Locked(() => routes.ToHashSet());

        /// <summary>All that it has been told.</summary>
        public IReadOnlyList<BgpUpdate> Updates => Locked(() => updates.ToList());

        /// <summary>Says nothing more.</summary>
        public void BeMute() => isMute = true;

        /// <summary>Says something.</summary>
        public void Say(ReadOnlySpan<byte> octets) => socket.Send(octets);

        public async Task AgreeAsync()
        {
            var first = await ReceiveAsync();
            if (first is not { Header.Message: BgpMessage.Open } || !BgpOpen.TryRead(first.Value.Octets.AsSpan(BgpHeader.Length), out var theirs, out _))
                throw new InvalidOperationException("Not an OPEN.");
            Theirs = theirs;
            // In one piece: who does not like the first may hang up before the second.
            Say([.. open.Write(), .. KeepAlive]);
            _ = HearAsync();
        }

        /// <inheritdoc/>
        public void Dispose() => socket.Dispose();

        private async Task HearAsync()
        {
            try
            {
                while (await ReceiveAsync() is var (header, octets))
                {
                    if (header.Message == BgpMessage.Notification)
                        reason = BgpNotification.Read(octets.AsSpan(BgpHeader.Length));
                    else if (header.Message == BgpMessage.Update)
                        Take(BgpReader.Update(octets));
                    else if (header.Message == BgpMessage.KeepAlive && !isMute)
                        Say(KeepAlive);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The caller, or the test, has hung up.
            }

            isOver = true;
        }

        private void Take(BgpUpdate update) => Locked(() =>
        {
            updates.Add(update);
            routes.ExceptWith(update.Withdrawn);
            routes.UnionWith(update.Announced);
            return true;
        });

        private async Task<(BgpHeader Header, byte[] Octets)?> ReceiveAsync()
        {
            if (await FillAsync(BgpHeader.Length) is not { } head)
                return null;
            Assert.True(BgpHeader.TryRead(head, out var header, out var wrong), wrong.ToString());
            return await FillAsync(header.BodyLength) is { } body ? (header, [.. head, .. body]) : null;
        }

        private async Task<byte[]?> FillAsync(int length)
        {
            var octets = new byte[length];
            for (var at = 0; at < length;)
            {
                var some = await socket.ReceiveAsync(octets.AsMemory(at));
                if (some == 0)
                    return null;
                at += some;
            }

            return octets;
        }

        private T Locked<T>(Func<T> act)
        {
            lock (hearing)
                return act();
        }
    }
}
