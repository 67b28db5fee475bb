using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsClient;
using Mailreeve.Mail.Outbound;

namespace Mailreeve.Mail.Tests.Outbound;

/// <summary>A name server that knows a few names; of all others it says that they do not exist.</summary>
internal sealed class NamePeer : IAsyncDisposable
{
    private const ushort A = 1;
    private const ushort Mx = 15;
    private const ushort Txt = 16;
    private const ushort Tlsa = 52;

    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, List<(ushort Type, byte[] Data)>> names = [];
    private readonly HashSet<string> broken = [];
    private readonly HashSet<string> signed = [];
    private readonly Task serving;

    public NamePeer() => serving = ServeAsync();

    public LookupClient Resolver => MxLookup.Resolver((IPEndPoint)socket.Client.LocalEndPoint!);

    /// <summary>A resolver whose word about what is signed is asked for.</summary>
    public LookupClient Validating => MxLookup.Resolver((IPEndPoint)socket.Client.LocalEndPoint!, validates: true);

    public NamePeer Address(string name, string address) => Add(name, A, IPAddress.Parse(address).GetAddressBytes());

    public NamePeer Exchanger(string name, int preference, string host) => Add(name, Mx, [(byte)(preference >> 8), (byte)preference, .. Name(host)]);

    public NamePeer Text(string name, string text) =>
        Add(name, Txt, [.. Encoding.ASCII.GetBytes(text).Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part])]);

    public NamePeer Certificate(string name, byte usage, byte selector, byte matching, byte[] data) => Add(name, Tlsa, [usage, selector, matching, .. data]);

    /// <summary>Takes all records of a name away.</summary>
    public NamePeer Forget(string name)
    {
        names.Remove(name);
        return this;
    }

    /// <summary>Says of what it answers about these names that it has validated it.</summary>
    public NamePeer Signed(params string[] validated)
    {
        signed.UnionWith(validated);
        return this;
    }

    public NamePeer Broken(string name)
    {
        broken.Add(name);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        socket.Dispose();
        stop.Dispose();
    }

    private NamePeer Add(string name, ushort type, byte[] data)
    {
        if (!names.TryGetValue(name, out var records))
            names[name] = records = [];
        records.Add((type, data));
        return this;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var query = await socket.ReceiveAsync(stop.Token);
                await socket.SendAsync(Answer(query.Buffer), query.RemoteEndPoint, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private byte[] Answer(byte[] query)
    {
        var name = new List<string>();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1)
            name.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1));
        var question = query[12..(at + 5)];
        var asked = string.Join('.', name);
        var known = names.TryGetValue(asked, out var records);
        var answers = (records ?? []).Where(r => r.Type == type).ToList();
        var code = broken.Contains(asked) ? 2 : known ? 0 : 3;

        List<byte> reply = [query[0], query[1], 0x84, (byte)(code | (signed.Contains(asked) ? 0x20 : 0)), 0, 1, 0, (byte)answers.Count, 0, 0, 0, 0, .. question];
        foreach (var (_, data) in answers)
            reply.AddRange([0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        return [.. reply];
    }

    private static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];
}
