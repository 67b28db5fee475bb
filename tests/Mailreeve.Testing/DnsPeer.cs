using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Testing;

/// <summary>A name server on loopback, UDP and TCP, that knows what it is told; of all other names it says that they do not exist.</summary>
/// <remarks>What it knows can be changed while it runs. Names are compared without regard to case, and written without the last dot.</remarks>
public sealed class DnsPeer : IAsyncDisposable
{
    private const ushort A = 1;
    private const ushort Cname = 5;
    private const ushort Ptr = 12;
    private const ushort Mx = 15;
    private const ushort Txt = 16;
    private const ushort Aaaa = 28;
    private const ushort Opt = 41;

    private const int PlainUdpBytesMax = 512;

    private readonly UdpClient socket;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, Held[]> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Held> wildcards = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Trouble> troubles = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> asked = new();
    private readonly Task[] serving;

    /// <summary>Starts it on a free port.</summary>
    public DnsPeer()
    {
        (socket, listener) = Bind();
        serving = [ServeUdpAsync(), ServeTcpAsync()];
    }

    private enum Trouble
    {
        ServerFailure,
        Silence,
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    /// <summary>Seconds that its answers may be kept for; 60 unless it is changed.</summary>
    public uint TtlSeconds { get; set; } = 60;

    /// <summary>What it was asked, in order, as in <c>MX sender.example</c>.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>The name has this address, IPv4 or IPv6.</summary>
    public DnsPeer Address(string name, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return Add(name, bytes.Length == 4 ? A : Aaaa, bytes);
    }

    /// <summary>The mail of the domain goes to this host.</summary>
    public DnsPeer Exchanger(string name, int preference, string host) => Add(name, Mx, [(byte)(preference >> 8), (byte)preference, .. Encode(host)]);

    /// <summary>A TXT record; a text over 255 octets is cut into strings of 255, as zones do.</summary>
    public DnsPeer Text(string name, string text) => Add(name, Txt, [.. Encoding.Latin1.GetBytes(text).Chunk(255).SelectMany(c => (byte[])[(byte)c.Length, .. c])]);

    /// <summary>The name of an address, under <c>in-addr.arpa</c> or <c>ip6.arpa</c>.</summary>
    public DnsPeer Pointer(string address, string host) => Add(ReverseName(address), Ptr, Encode(host));

    /// <summary>The name is another name for that one.</summary>
    public DnsPeer Alias(string name, string target) => Add(name, Cname, Encode(target));

    /// <summary>Any record.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type by number, as in 52 for TLSA.</param>
    /// <param name="data">Its data as it goes over the wire.</param>
    public DnsPeer Record(string name, int type, byte[] data) => Add(name, (ushort)type, data);

    /// <summary>The name exists, without records.</summary>
    public DnsPeer Empty(string name)
    {
        names.TryAdd(name, []);
        return this;
    }

    /// <summary>Every name below that one which is not known otherwise has this IPv4 address.</summary>
    public DnsPeer EverythingBelow(string zone, string address)
    {
        wildcards[zone] = new Held(A, IPAddress.Parse(address).GetAddressBytes());
        return this;
    }

    /// <summary>Questions about the name, and names below it, are answered with SERVFAIL.</summary>
    public DnsPeer Broken(string name) => In(name, Trouble.ServerFailure);

    /// <summary>Questions about the name, and names below it, are not answered.</summary>
    public DnsPeer Silent(string name) => In(name, Trouble.Silence);

    /// <summary>The name, and what is below it, works again.</summary>
    public DnsPeer Mended(string name)
    {
        troubles.TryRemove(name, out _);
        return this;
    }

    /// <summary>Forgets the name, and everything below it.</summary>
    public DnsPeer Forget(string name)
    {
        foreach (var known in names.Keys.Where(k => IsWithin(k, name)))
            names.TryRemove(known, out _);
        wildcards.TryRemove(name, out _);
        return this;
    }

    /// <summary>Under what name the name of an address stands.</summary>
    public static string ReverseName(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return bytes.Length == 4
            ? $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa"
            : string.Join('.', Convert.ToHexStringLower(bytes).Reverse()) + ".ip6.arpa";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await Task.WhenAll(serving);
        socket.Dispose();
        listener.Dispose();
        stop.Dispose();
    }

    private static (UdpClient, TcpListener) Bind()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            try
            {
                return (new UdpClient((IPEndPoint)listener.LocalEndpoint), listener);
            }
            catch (SocketException)
            {
                // The same port is taken for UDP.
                listener.Dispose();
            }
        }
    }

    private DnsPeer Add(string name, ushort type, byte[] data)
    {
        var record = new Held(type, data);
        names.AddOrUpdate(name, [record], (_, records) => [.. records, record]);
        return this;
    }

    private DnsPeer In(string name, Trouble trouble)
    {
        troubles[name] = trouble;
        return this;
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var query = await socket.ReceiveAsync(stop.Token);
                if (Answer(query.Buffer, overUdp: true) is { } answer)
                    await socket.SendAsync(answer, query.RemoteEndPoint, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private async Task ServeTcpAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeClientAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeClientAsync(TcpClient client)
    {
        using var mine = client;
        try
        {
            var stream = client.GetStream();
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length, stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, stop.Token);
                if (Answer(query, overUdp: false) is { } answer)
                    await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return;
        }
    }

    private byte[]? Answer(byte[] query, bool overUdp)
    {
        var labels = new List<string>();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1)
            labels.Add(Encoding.Latin1.GetString(query, at + 1, query[at]));
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1));
        var name = string.Join('.', labels);
        asked.Enqueue($"{TypeName(type)} {name}");
        var trouble = troubles.FirstOrDefault(t => IsWithin(name, t.Key));
        if (trouble is { Key: not null, Value: Trouble.Silence })
            return null;

        var answers = new List<byte>();
        var count = 0;
        var code = trouble.Key is null ? Resolve(name, type, answers, ref count) : 2;
        var question = query[12..(at + 5)];
        byte[] reply = [query[0], query[1], 0x85, (byte)(0x80 | code), 0, 1, (byte)(count >> 8), (byte)count, 0, 0, 0, 0, .. question, .. answers];
        if (!overUdp || reply.Length <= UdpBytesMax(query, at + 5))
            return reply;
        return [query[0], query[1], 0x87, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, .. question];
    }

    // An alias is followed here, as a resolver would.
    private int Resolve(string name, ushort type, List<byte> answers, ref int count)
    {
        for (var hops = 0; hops < 8; hops++)
        {
            if (!names.TryGetValue(name, out var records))
            {
                if (wildcards.FirstOrDefault(w => IsWithin(name, w.Key) && name.Length > w.Key.Length) is not { Key: not null, Value: var wild })
                    return 3;
                records = [wild];
            }

            var alias = type == Cname ? null : records.FirstOrDefault(r => r.Type == Cname);
            foreach (var record in alias is null ? records.Where(r => r.Type == type) : [alias])
            {
                answers.AddRange([.. Encode(name), 0, (byte)record.Type, 0, 1, .. BigEndian(TtlSeconds), (byte)(record.Data.Length >> 8), (byte)record.Data.Length, .. record.Data]);
                count++;
            }

            if (alias is null)
                return 0;
            name = Decode(alias.Data);
        }

        return 2;
    }

    private static int UdpBytesMax(byte[] query, int at) =>
        query[11] > 0 && query.Length >= at + 5 && query[at] == 0 && BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1)) == Opt
            ? Math.Max(PlainUdpBytesMax, (int)BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 3)))
            : PlainUdpBytesMax;

    private static bool IsWithin(string name, string zone) =>
        name.EndsWith(zone, StringComparison.OrdinalIgnoreCase)
        && (name.Length == zone.Length || name[name.Length - zone.Length - 1] == '.');

    private static byte[] BigEndian(uint number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

    private static string TypeName(ushort type) => type switch
    {
        A => nameof(A),
        Cname => "CNAME",
        Ptr => "PTR",
        Mx => "MX",
        Txt => "TXT",
        Aaaa => "AAAA",
        _ => $"TYPE{type}",
    };

    private static byte[] Encode(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.Latin1.GetBytes(l)]), 0];

    private static string Decode(byte[] name)
    {
        var labels = new List<string>();
        for (var at = 0; name[at] != 0; at += name[at] + 1)
            labels.Add(Encoding.Latin1.GetString(name, at + 1, name[at]));
        return string.Join('.', labels);
    }

    private sealed record Held(ushort Type, byte[] Data);
}
