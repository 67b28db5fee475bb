using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Mail.Tests.OwnMta;

/// <summary>A mail server, or who says that it is one, on a connection to the milter. Text is bytes: one character for each (Latin-1).</summary>
internal sealed class MilterPeer : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private NetworkStream? stream;

    private NetworkStream Stream => stream!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<MilterPeer> ConnectAsync(int port)
    {
        var peer = new MilterPeer();
        await peer.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Stop);
        peer.stream = new NetworkStream(peer.socket, ownsSocket: false);
        return peer;
    }

    /// <summary>A packet: its length, the command, its data.</summary>
    public static byte[] Packet(char command, string data = "")
    {
        var packet = new byte[5 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, 1 + data.Length);
        packet[4] = (byte)command;
        Encoding.Latin1.GetBytes(data, packet.AsSpan(5));
        return packet;
    }

    /// <summary>What is offered at the beginning: version 6, all actions, and that fields need no answer.</summary>
    public static string Offer => "\0\0\0\u0006\0\0\0\u003f\0\0\0\u0080";

    public async Task SendAsync(char command, string data = "") => await SendAsync(Packet(command, data));

    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await Stream.WriteAsync(octets, Stop);

    /// <summary>Says that it sends no more, and listens on.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a packet, and reads one.</summary>
    public async Task<string> AskAsync(char command, string data = "")
    {
        await SendAsync(command, data);
        return await AnswerAsync() ?? throw new EndOfStreamException("The milter hung up.");
    }

    /// <summary>The next packet without its length; null when the milter has hung up.</summary>
    public async Task<string?> AnswerAsync()
    {
        try
        {
            var head = new byte[4];
            if (await Stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, Stop) < 4)
                return null;
            var data = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
            await Stream.ReadExactlyAsync(data, Stop);
            return Encoding.Latin1.GetString(data);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads until the milter hangs up.</summary>
    /// <returns>The answers, first octet of each.</returns>
    public async Task<string> RestAsync()
    {
        var codes = new StringBuilder();
        while (await AnswerAsync() is { } answer)
            codes.Append(answer[0]);
        return $"{codes}";
    }

    /// <summary>Begins as a mail server does, up to MAIL.</summary>
    public async Task BeginAsync()
    {
        Assert.StartsWith("O", await AskAsync('O', Offer), StringComparison.Ordinal);
        Assert.Equal("c", await AskAsync('C', "client.example\0" + "4\u0012\u0034198.51.100.9\0"));
        Assert.Equal("c", await AskAsync('H', "client.example\0"));
        Assert.Equal("c", await AskAsync('M', "<kim@elsewhere.example>\0"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream?.Dispose();
        socket.Dispose();
    }
}
